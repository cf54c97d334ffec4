extension ModelDefinition {
    /// The fields that hold files in every model, and so even in one that this program does not know.
    public static let fileFields: Set<String> = ["data", "reference_image", "start", "end"]

    /// Whether an input is a file, which text stands for by its path or address.
    public func takesFile(_ field: String) -> Bool {
        guard let inputs else { return Self.fileFields.contains(field) }
        return inputs.fields.contains { $0.name == field && $0.isFile }
    }

    /// `inputs` with each value in the form in which its field is sent: see `InputField.normalised(_:)`. In a custom
    /// model only the fields that hold files in every model are changed.
    public func normalised(_ inputs: [String: InputValue]) -> [String: InputValue] {
        if let schema = self.inputs { return schema.normalised(inputs) }
        var result = inputs
        for name in Self.fileFields {
            result[name] = inputs[name].map { FileInput.read(from: $0) }
        }
        return result
    }
}

extension InputSchema {
    /// `inputs` with each value in the form in which its field is sent. Unknown fields and values that break a rule
    /// stay as they are, for `check(_:)` to find.
    public func normalised(_ inputs: [String: InputValue]) -> [String: InputValue] {
        var result = inputs
        for field in fields {
            result[field.name] = inputs[field.name].map(field.normalised)
        }
        return result
    }
}

extension InputField {
    /// A script may write 42.0 for 42, and a path or an address for a file.
    public func normalised(_ value: InputValue) -> InputValue {
        switch (kind, value) {
        case (.integer, .number(let number)), (.integerOrWord, .number(let number)):
            Int64(exactly: number).map { .integer($0) } ?? value
        case (.imageFile, _), (.videoFile, _), (.anyFile, _):
            FileInput.read(from: value)
        // An empty Lua table could be a list or an object.
        case (.trajectory, .json(.object(let members))) where members.isEmpty:
            .json(.array([]))
        default: value
        }
    }
}

extension FileInput {
    /// Bytes become an `http(s)` URL or a path; whatever is neither stays.
    fileprivate static func read(from value: InputValue) -> InputValue {
        guard case .bytes(let bytes) = value else { return value }
        return .file(FileInput(pathOrURL: bytes))
    }
}
