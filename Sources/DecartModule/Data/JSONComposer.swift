internal import DecartAPI
internal import LuaVM

/// Writes a script's value as JSON: lists are arrays, names make objects, whose members are sorted by their bytes.
struct JSONComposer {
    /// How deep arrays and objects may be nested, as in what is read; and how many there may be.
    static let bounds = LuaCopyBounds(depth: 128, tables: 1_000_000)

    /// The registered names of the metatable that marks a list, and of the value that stands for null.
    static let array = "array"
    static let null = "null"

    /// A step from a table to one of its values.
    private enum Step {
        case index(Int)
        case name([UInt8])
    }

    private var bytes: [UInt8] = []
    private let isPretty: Bool
    private var place: [Step] = []
    private var tables = 0

    private init(isPretty: Bool) {
        self.isPretty = isPretty
    }

    /// JSON in UTF-8.
    ///
    /// - Parameters:
    ///   - value: copied within `bounds`.
    ///   - isPretty: on several lines, two spaces a level; else without white space.
    /// - Throws: `INVALID_JSON`, naming what has no form in JSON and where it is.
    static func compose(_ value: LuaValue, isPretty: Bool) throws(DecartError) -> [UInt8] {
        var composer = JSONComposer(isPretty: isPretty)
        try composer.write(value)
        return composer.bytes
    }

    private mutating func write(_ value: LuaValue) throws(DecartError) {
        switch value {
        case .nil: append("null")
        case .object(let object) where object.kind == Self.null: append("null")
        case .boolean(let boolean): append(boolean ? "true" : "false")
        case .integer(let integer): append(integer.description)
        case .number(let number):
            guard number.isFinite else {
                throw fault("is \(number.isNaN ? "not a number (nan)" : "infinite")", "JSON has no such number")
            }
            append(number.description)
        case .string(let text): try write(text)
        case .table(let table): try write(table)
        case .object(let object): throw fault("is a \(object.kind)", "Write what you need of it: its text, its name")
        case .opaque(.table):
            if place.count >= Self.bounds.depth {
                throw fault("is nested deeper than \(Self.bounds.depth) tables", "Does it hold itself?")
            }
            guard tables < Self.bounds.tables else {
                throw fault("is one of more than \(Self.bounds.tables) tables", "Write them in several parts")
            }
            throw fault("is a table that it is itself in", "Leave that out")
        case .opaque(let type): throw fault("is a \(type.rawValue)", "JSON has none. Leave it out")
        }
    }

    private mutating func write(_ text: [UInt8]) throws(DecartError) {
        guard let text = String(validating: text, as: UTF8.self) else {
            throw fault("is not UTF-8", "JSON is text: encode bytes first, as hexadecimal digits for example")
        }
        JSONValue.write(text, to: &bytes)
    }

    private mutating func write(_ table: LuaTable) throws(DecartError) {
        tables += 1
        let isArray = table.metatable == Self.array || !table.sequence.isEmpty
        guard !isArray || table.entries.isEmpty else {
            let key = table.entries[0].key
            let shown = key.text.map { Excerpt.quoted($0) } ?? key.double.map { ScriptNumber.text($0) } ?? "another key"
            throw fault(
                "is a list that has \(shown) too",
                "A list has 1 to n and no holes; decart.json.null can fill one, or give everything a name")
        }
        if isArray {
            try writeItems(table.sequence)
        } else {
            try writeMembers(table.entries)
        }
    }

    private mutating func writeItems(_ items: [LuaValue]) throws(DecartError) {
        append("[")
        for (index, item) in items.enumerated() {
            separate(isFirst: index == 0)
            place.append(.index(index + 1))
            try write(item)
            place.removeLast()
        }
        close("]", wasEmpty: items.isEmpty)
    }

    private mutating func writeMembers(_ entries: [LuaTable.Entry]) throws(DecartError) {
        var members: [(name: [UInt8], value: LuaValue)] = []
        members.reserveCapacity(entries.count)
        for entry in entries {
            guard case .string(let name) = entry.key else {
                let shown = entry.key.double.map { ScriptNumber.text($0) } ?? "a \(entry.key.typeName.rawValue)"
                throw fault(
                    "has the key \(shown)", "A list has 1 to n and no holes; in any other table, keys are strings")
            }
            members.append((name, entry.value))
        }
        members.sort { $0.name.lexicographicallyPrecedes($1.name) }
        append("{")
        for (index, member) in members.enumerated() {
            separate(isFirst: index == 0)
            place.append(.name(member.name))
            try write(member.name)
            append(isPretty ? ": " : ":")
            try write(member.value)
            place.removeLast()
        }
        close("}", wasEmpty: members.isEmpty)
    }

    // MARK: Text

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func separate(isFirst: Bool) {
        if !isFirst { append(",") }
        if isPretty { newLine(depth: place.count + 1) }
    }

    private mutating func close(_ bracket: String, wasEmpty: Bool) {
        if isPretty, !wasEmpty { newLine(depth: place.count) }
        append(bracket)
    }

    private mutating func newLine(depth: Int) {
        append("\n")
        for _ in 0..<depth { append("  ") }
    }

    // MARK: Errors

    private func fault(_ what: String, _ advice: String) -> DecartError {
        var name = "value"
        for step in place {
            switch step {
            case .index(let index): name += "[\(index)]"
            case .name(let bytes):
                let text = String(decoding: bytes, as: UTF8.self)
                name += Self.isWord(bytes) ? ".\(text)" : "[\(Excerpt.quoted(text))]"
            }
            if name.utf8.count > 200 {
                name += "…"
                break
            }
        }
        return DecartError(.invalidJSON, "\(name) \(what). \(advice).", data: ["place": .string(name)])
    }

    private static func isWord(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first, bytes.count <= 60 else { return false }
        func isLetter(_ byte: UInt8) -> Bool {
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 || byte == UInt8(ascii: "_")
        }
        return isLetter(first) && bytes.allSatisfy { isLetter($0) || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    }
}
