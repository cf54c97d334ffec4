extension InputField {
    /// What a list of models says of it, such as
    /// `{"name": "prompt", "type": "string", "required": true, "min": 1, "max": 1000}`. `min` and `max` bound a text's
    /// characters, a number, or how many points a trajectory has.
    public var listing: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "type": .string(kind.name), "required": .bool(required),
        ]
        members["default"] = defaultText.map { .string($0) }
        switch kind {
        case .text(let min, let max):
            if min > 0 { members["min"] = .integer(Int64(min)) }
            members["max"] = max.map { .integer(Int64($0)) }
        case .integer(let range), .integerOrWord(let range, _):
            members["min"] = .integer(range.lowerBound)
            members["max"] = .integer(range.upperBound)
        case .trajectory(let count):
            members["min"] = .integer(Int64(count.lowerBound))
            members["max"] = .integer(Int64(count.upperBound))
        case .choice(let words): members["choices"] = .array(words.map { .string($0) })
        case .boolean, .imageFile, .videoFile, .anyFile: break
        }
        if case .integerOrWord(_, let word) = kind { members["choices"] = [.string(word)] }
        return .object(members)
    }

    /// The same for people: "text of 1 to 1000 characters".
    public var phrase: String {
        switch kind {
        case .text(let min, let max?): "text of \(min) to \(max) characters"
        case .text(let min, nil): min == 0 ? "text" : "text, not empty"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .integerOrWord(let range, let word):
            "a whole number from \(range.lowerBound) to \(range.upperBound), or \(word)"
        case .boolean: "true or false"
        case .choice(let words): words.joined(separator: " or ")
        case .imageFile: "a picture"
        case .videoFile: "a video"
        case .anyFile: "a file"
        case .trajectory(let count):
            "\(count.lowerBound) to \(count.upperBound) points { frame = …, x = …, y = … }, from 0 up"
        }
    }
}

extension InputField.Kind {
    /// The name of the type in a list of models.
    fileprivate var name: String {
        switch self {
        case .text, .choice: "string"
        case .integer, .integerOrWord: "integer"
        case .boolean: "boolean"
        case .imageFile: "image"
        case .videoFile: "video"
        case .anyFile: "file"
        case .trajectory: "trajectory"
        }
    }
}
