/// The type of a value that scripts give or get, as editors and the reference know it.
public indirect enum ScriptType: Hashable, Sendable {
    case any
    case boolean
    /// `false`, where it stands for "none".
    case no
    case string
    /// Within bounds, where there are any.
    case number(atLeast: Double? = nil, atMost: Double? = nil, unit: ScriptUnit? = nil)
    case integer(atLeast: Double? = nil, atMost: Double? = nil, unit: ScriptUnit? = nil)
    /// One of these words.
    case choice([String])
    /// Called by the host.
    case function([ParameterDescription] = [], returns: [ResultDescription] = [])
    /// A table of 1 to n.
    case list(ScriptType)
    /// A table of whatever.
    case table
    /// One table whose fields are all named and known.
    case options([OptionDescription])
    /// A kind of object or table that has a name of its own: "Blob", "Job".
    case named(String)
    case either([ScriptType])

    public static let number = ScriptType.number()
    public static let integer = ScriptType.integer()
    public static let function = ScriptType.function()
    /// From 0 up.
    public static let milliseconds = ScriptType.number(atLeast: 0, unit: .milliseconds)
    /// A signal as an `abortController` has one.
    public static let signal = ScriptType.named("Signal")
}

/// What a number counts.
public enum ScriptUnit: String, Hashable, Sendable {
    case milliseconds, seconds, bytes, pixels, dollars
}

extension ScriptType {
    /// What an argument is to be, after "must be": "a number from 0 up", "one of none and full".
    public var phrase: String {
        switch self {
        case .any: "a value"
        case .boolean: "true or false"
        case .no: "false"
        case .string: "a string"
        case .number(let least, let most, let unit): Self.number("a number", unit, least, most)
        case .integer(let least, let most, let unit): Self.number("a whole number", unit, least, most)
        case .choice(let words): words.count == 1 ? "\"\(words[0])\"" : "one of \(words.listed)"
        case .function: "a function"
        case .list: "a list"
        case .table, .options: "a table"
        case .named("Signal"): "the signal of an abortController"
        case .named(let name): "a \(name)"
        case .either(let types): types.map(\.phrase).listed(with: "or")
        }
    }

    private static func number(_ what: String, _ unit: ScriptUnit?, _ least: Double?, _ most: Double?) -> String {
        let what = unit.map { "\(what) of \($0.rawValue)" } ?? what
        return switch (least, most) {
        case (let least?, let most?): "\(what) from \(plain(least)) to \(plain(most))"
        case (let least?, nil): "\(what) from \(plain(least)) up"
        case (nil, let most?): "\(what) up to \(plain(most))"
        case (nil, nil): what
        }
    }

    static func plain(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? "\(number)"
    }
}

extension [String] {
    /// "a, b and c"
    public var listed: String { listed(with: "and") }

    func listed(with word: String) -> String {
        guard count > 1, let last else { return first ?? "" }
        return dropLast().joined(separator: ", ") + " \(word) \(last)"
    }
}
