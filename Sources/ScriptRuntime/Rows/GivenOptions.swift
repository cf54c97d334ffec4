public import LuaVM
internal import PlainErrors
public import ScriptReference

/// The table of options of one call, checked against what its row says.
public struct GivenOptions {
    public let table: LuaTable

    /// - Throws: `INVALID_OPTIONS`, which names the option, what it got and what there is.
    public init(_ value: LuaValue, of function: String, known: [OptionDescription]) throws(LuaError) {
        switch value {
        case .nil: table = LuaTable()
        case .table(let table): self.table = table
        case let other: throw .invalidOptions("\(function) takes a table of options, not a \(other.typeName.rawValue).")
        }
        if !table.sequence.isEmpty {
            throw .invalidOptions("\(function) takes options by name; it got a list. \(Self.takes(known))")
        }
        for entry in table.entries {
            guard let name = entry.key.text, let option = known.first(where: { $0.name == name }) else {
                throw .invalidOptions(Self.unknown(entry.key, of: function, known))
            }
            guard option.type.holds(entry.value) else {
                throw .invalidOptions(
                    "\(name) of \(function) must be \(option.type.phrase), not \(Self.shown(entry.value, option.type))."
                )
            }
        }
    }

    public subscript(_ name: String) -> LuaValue { table[name] }
    public func text(_ name: String) -> String? { table[name].text }
    public func number(_ name: String) -> Double? { table[name].double }
    public func integer(_ name: String) -> Int? { table[name].double.flatMap { Int(exactly: $0) } }

    private static func unknown(_ key: LuaValue, of function: String, _ known: [OptionDescription]) -> String {
        let given = key.text ?? "a \(key.typeName.rawValue) key"
        let near = Spelling.nearest(to: given, among: known.map(\.name), limit: 1, onlyLikely: true).first
        let hint = near.map { " Did you mean \($0)?" } ?? ""
        return "\(function) knows no option \"\(given.prefix(80))\".\(hint) \(takes(known))"
    }

    private static func takes(_ known: [OptionDescription]) -> String {
        known.isEmpty ? "It takes none." : "It takes \(known.map(\.name).listed)."
    }

    /// A number as it is; of other values the type and not the value, which may be the key.
    private static func shown(_ value: LuaValue, _ wanted: ScriptType) -> String {
        switch value {
        case .integer(let integer): "\(integer)"
        case .number(let number): number.isNaN ? "nan" : "\(number)"
        case .string(let bytes):
            if case .choice = wanted { "\"\(String(decoding: bytes.prefix(80), as: UTF8.self))\"" } else { "a string" }
        default: value.typeName == .nil ? "nil" : "a \(value.typeName.rawValue)"
        }
    }
}

extension LuaError {
    /// The error object for options that cannot be used.
    public static func invalidOptions(_ message: String) -> LuaError {
        let fields: [(String, LuaValue)] = [
            ("code", .text("INVALID_OPTIONS")), ("message", .text(message)), ("retryable", .boolean(false)),
        ]
        return .value(
            .table(LuaTable(fields: fields, metatable: "error")), message: "INVALID_OPTIONS: \(message)")
    }
}

extension ScriptType {
    /// Whether a value is of that type, as far as a copy of it tells.
    func holds(_ value: LuaValue) -> Bool {
        switch (self, value) {
        case (.any, _): true
        case (.boolean, .boolean): true
        case (.string, .string): true
        case (.number(let least, let most, _), .integer), (.number(let least, let most, _), .number):
            Self.isWithin(value.double, least, most)
        case (.integer(let least, let most, _), .integer), (.integer(let least, let most, _), .number):
            Self.isWithin(value.double, least, most) && value.double.flatMap { Int64(exactly: $0) } != nil
        case (.no, .boolean(false)): true
        case (.choice(let words), .string): value.text.map(words.contains) ?? false
        case (.function, .opaque(.function)): true
        case (.list(let item), .table(let table)):
            table.entries.isEmpty && table.sequence.allSatisfy { item.holds($0) }
        case (.table, .table), (.options, .table): true
        case (.named(let name), .table(let table)): table.metatable.map { $0.lowercased() == name.lowercased() } ?? true
        case (.named(let name), .object(let object)): object.kind.lowercased() == name.lowercased()
        case (.either(let types), _): types.contains { $0.holds(value) }
        default: false
        }
    }

    private static func isWithin(_ number: Double?, _ least: Double?, _ most: Double?) -> Bool {
        // A bound that infinity keeps is no bound of what a policy or a table can do with it.
        guard let number, !number.isNaN, number.isFinite || (least == nil && most == nil) else { return false }
        return number >= least ?? -.infinity && number <= most ?? .infinity
    }
}
