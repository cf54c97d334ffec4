extension MultipartForm {
    /// The form of one job: what is sent, in which order.
    ///
    /// Fields are in the schema's order, those of a custom model by name. Files come last, in the same order among
    /// themselves. Fields that the schema gives a default (`resolution`) are sent even when the caller gave nothing.
    /// Empty strings are sent.
    ///
    /// - Parameters:
    ///   - inputs: normalised and checked.
    ///   - files: by field, the opened file of every `.file` in `inputs`.
    /// - Throws: `INVALID_INPUT` for an input file that is not among `files`: a job without its video must not leave.
    public init(
        model: ModelDefinition, inputs: [String: InputValue], files: [String: File]
    ) throws(DecartError) {
        var texts: [Part] = []
        var attachments: [Part] = []
        for field in model.inputs?.fields ?? Self.customFields(inputs) {
            switch inputs[field.name] {
            case .file(let input):
                guard let file = files[field.name] else {
                    let given = InputValue.file(input).description
                    throw .invalidInput(
                        [InputProblem(field: field.name, rule: "is a file that was not opened", given: given)],
                        model: model.name)
                }
                attachments.append(Part(name: field.name, content: .file(file)))
            case .some(let value):
                texts.append(Part(name: field.name, content: .text(value.formText)))
            case nil:
                guard let text = field.defaultText else { continue }
                texts.append(Part(name: field.name, content: .text(Array(text.utf8))))
            }
        }
        self.init(parts: texts + attachments)
    }

    private static func customFields(_ inputs: [String: InputValue]) -> [InputField] {
        inputs.keys.sorted().map { InputField($0, .text(min: 0, max: nil)) }
    }
}

extension InputValue {
    /// The value of a text part; nothing for a file, which is a part of another kind. A whole number loses its `.0`,
    /// whether it stands alone or in a table.
    public var formText: [UInt8] {
        switch self {
        case .boolean(let flag): Array((flag ? "true" : "false").utf8)
        case .integer(let integer): Array(integer.description.utf8)
        case .number(let number): Array((Int64(exactly: number)?.description ?? number.description).utf8)
        case .bytes(let bytes): bytes
        case .json(let value): value.withWholeNumbersAsIntegers.serialized()
        case .file: []
        }
    }
}

extension JSONValue {
    fileprivate var withWholeNumbersAsIntegers: JSONValue {
        switch self {
        case .number(let number): Int64(exactly: number).map { .integer($0) } ?? self
        case .array(let elements): .array(elements.map(\.withWholeNumbersAsIntegers))
        case .object(let members): .object(members.mapValues(\.withWholeNumbersAsIntegers))
        default: self
        }
    }
}
