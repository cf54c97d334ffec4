/// A Lua value outside of Lua: a copy that may go to any thread.
///
/// Functions, coroutines and objects cannot be copied; they come out as `.opaque`, enough to say what was there.
public indirect enum LuaValue: Hashable, Sendable {
    case `nil`
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    /// A string's bytes, which need not be UTF-8.
    case string([UInt8])
    case table(LuaTable)
    /// An object of the host: see `LuaObject`.
    case object(LuaObject)
    case opaque(LuaTypeName)

    /// A string value of UTF-8 text.
    public static func text(_ text: String) -> LuaValue { .string(Array(text.utf8)) }

    /// A string's text, broken UTF-8 replaced; nil for other values.
    public var text: String? {
        if case .string(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil }
    }

    /// A string as it is, which need not be text; nil for other values.
    public var bytes: [UInt8]? {
        if case .string(let bytes) = self { bytes } else { nil }
    }

    /// What `type(value)` answers.
    public var typeName: LuaTypeName {
        switch self {
        case .nil: .nil
        case .boolean: .boolean
        case .integer, .number: .number
        case .string: .string
        case .table: .table
        case .object: .userdata
        case .opaque(let name): name
        }
    }

    /// A number as a double, integers converted; nil for other values.
    public var double: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }

    /// Lua's truth: all but nil and false.
    public var isTrue: Bool {
        switch self {
        case .nil, .boolean(false): false
        default: true
        }
    }
}

/// What `type` answers in Lua; raw values are those words.
public enum LuaTypeName: String, Sendable {
    case none = "no value"
    case `nil`, boolean, userdata, number, string, table, function, thread
}

/// A copy of a table: its sequence part, and the other keys in the order in which Lua gave them.
public struct LuaTable: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public var key: LuaValue
        public var value: LuaValue

        public init(key: LuaValue, value: LuaValue) {
            self.key = key
            self.value = value
        }
    }

    /// The values at 1, 2, … up to the first nil.
    public var sequence: [LuaValue]
    public var entries: [Entry]
    /// The name under which its metatable was registered; nil for none and for metatables of the script's own.
    public var metatable: String?

    public init(sequence: [LuaValue] = [], fields: [(String, LuaValue)] = [], metatable: String? = nil) {
        self.sequence = sequence
        self.entries = fields.map { Entry(key: .text($0.0), value: $0.1) }
        self.metatable = metatable
    }

    /// The value of a string key; nil where there is none.
    public subscript(_ key: String) -> LuaValue {
        get { entries.first { $0.key.text == key }?.value ?? .nil }
        set {
            if let index = entries.firstIndex(where: { $0.key.text == key }) {
                entries[index].value = newValue
            } else {
                entries.append(Entry(key: .text(key), value: newValue))
            }
        }
    }
}

/// An object of the host in a script's hands: userdata that holds nothing but this id. What it stands for is in a table
/// of the owner of that kind.
public struct LuaObject: Hashable, Sendable {
    /// The name under which the kind was registered.
    public var kind: String
    public var id: Int

    public init(kind: String, id: Int) {
        self.kind = kind
        self.id = id
    }
}
