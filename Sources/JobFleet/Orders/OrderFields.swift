public import DecartAPI
internal import DecartClient
internal import JobJournal
public import JournaledClient

/// One order by its names, as it was written: in a file, or on the command line.
public struct OrderFields: Sendable {
    /// A value before it is known what it is for.
    public enum Value: Hashable, Sendable {
        /// Typed: what it means depends on the field.
        case text([UInt8])
        case json(JSONValue)
    }

    public private(set) var values: [String: Value] = [:]

    public init() {}

    public init(_ values: [String: Value]) {
        self.values = values
    }

    /// Takes what is missing here from `others`.
    public func completed(by others: OrderFields) -> OrderFields {
        OrderFields(values.merging(others.values) { own, _ in own })
    }

    public subscript(name: String) -> Value? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// The order that these fields make. Its inputs are not checked yet.
    ///
    /// - Throws: `INVALID_INPUT`, `INVALID_OPTIONS`, `MODEL_NOT_FOUND`.
    public func order() throws(DecartError) -> JobOrder {
        if let name = OrderOption.senseless.first(where: { values[$0] != nil }) {
            throw Self.invalid("\(name) means nothing for a job that is sent later.")
        }
        guard let name = try text(.model) else {
            throw DecartError(.invalidInput, "No model was given.")
        }
        let model = try ModelCatalog.find(jobsOf: name)
        var terms = SubmitTerms()
        terms.key = try text(.key)
        terms.label = try text(.label)
        if let dollars = try number(.maxCost) {
            guard let amount = Money(dollars: dollars) else {
                throw Self.invalid("maxCost must be dollars from 0 up, not \(dollars).")
            }
            terms.maxCost = amount
        }
        terms.maxSeconds = try number(.maxSeconds)
        terms.pinsSeed = try flag(.pinSeed)
        var order = JobOrder(Submission(model: model, inputs: inputs(of: model)), terms: terms)
        if let priority = try number(.priority) {
            guard let whole = Int32(exactly: priority) else {
                throw Self.invalid("priority must be a whole number, not \(priority).")
            }
            order.priority = Int(whole)
        }
        return order
    }

    private func inputs(of model: ModelDefinition) -> [String: InputValue] {
        var inputs: [String: InputValue] = [:]
        for (name, value) in values where OrderOption(rawValue: name) == nil {
            let field = model.inputs?.fields.first { $0.name == name }
            switch value {
            case .text(let bytes):
                let isFile = field?.isFile ?? true
                inputs[name] = isFile ? .bytes(bytes) : field?.value(ofFormText: bytes)
            case .json(let json): inputs[name] = json.input
            }
        }
        return inputs
    }

    // MARK: Options

    private func text(_ option: OrderOption) throws(DecartError) -> String? {
        switch values[option.rawValue] {
        case nil: return nil
        case .text(let bytes)?:
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw Self.invalid("\(option) must be text in UTF-8, not \(Excerpt.quoted(bytes)).")
            }
            return text
        case .json(.string(let text))?: return text
        case .json(let other)?: throw Self.wrong(option, "a string", other)
        }
    }

    private func number(_ option: OrderOption) throws(DecartError) -> Double? {
        let number: Double?
        switch values[option.rawValue] {
        case nil: return nil
        case .text(let bytes)?: number = Double(String(decoding: bytes, as: UTF8.self))
        case .json(.integer(let integer))?: number = Double(integer)
        case .json(.number(let given))?: number = given
        case .json(let other)?: throw Self.wrong(option, "a number", other)
        }
        guard let number, number.isFinite else {
            throw Self.invalid("\(option) must be a number, not \(try Excerpt.quoted(text(option) ?? "")).")
        }
        return number
    }

    private func flag(_ option: OrderOption) throws(DecartError) -> Bool {
        switch values[option.rawValue] {
        case nil: return false
        case .json(.bool(let flag))?: return flag
        case .text(let bytes)? where bytes.elementsEqual("true".utf8): return true
        case .text(let bytes)? where bytes.elementsEqual("false".utf8): return false
        case .text(let bytes)?: throw Self.invalid("\(option) must be true or false, not \(Excerpt.quoted(bytes)).")
        case .json(let other)?: throw Self.wrong(option, "true or false", other)
        }
    }

    private static func wrong(_ option: OrderOption, _ wanted: String, _ given: JSONValue) -> DecartError {
        invalid("\(option) must be \(wanted), not \(Excerpt.quoted(given.serialized())).")
    }

    private static func invalid(_ message: String) -> DecartError { DecartError(.invalidOptions, message) }
}

extension JSONValue {
    /// As an input of a job.
    fileprivate var input: InputValue {
        switch self {
        case .string(let text): .bytes(Array(text.utf8))
        case .bool(let flag): .boolean(flag)
        case .integer(let integer): .integer(integer)
        case .number(let number): .number(number)
        case .array, .object, .null: .json(self)
        }
    }
}
