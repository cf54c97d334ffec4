import DecartAPI
import JobJournal

extension JobRow {
    /// The table that `client.queue.submit` takes to make the take again.
    var luaTable: String {
        let schema = ModelDefinition.Kind.allCases.lazy
            .compactMap { kind in ModelCatalog.list(kind: kind).first { $0.name == self.model }?.inputs }.first
        var lines = ["model = \(Self.quoted(Array(model.utf8)))"]
        if case .object(let fields) = inputs {
            for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
                let bytes = Self.bytes(value)
                let field = schema?.fields.first { $0.name == name }
                lines.append("\(Self.name(name)) = \(Self.literal(field?.value(ofFormText: bytes) ?? .bytes(bytes)))")
            }
        }
        for file in files {
            lines.append("\(Self.name(file.field)) = \(Self.quoted(Array((file.path ?? file.name).utf8)))")
        }
        return "{\n" + lines.map { "  \($0),\n" }.joined() + "}"
    }

    private static func bytes(_ value: JSONValue) -> [UInt8] {
        if let hexadecimal = value["bytes"]?.text {
            let digits = Array(hexadecimal.utf8)
            return stride(from: 0, to: digits.count - 1, by: 2).compactMap { index in
                UInt8(String(decoding: digits[index...(index + 1)], as: UTF8.self), radix: 16)
            }
        }
        return Array((value.text ?? "").utf8)
    }

    private static func literal(_ value: InputValue) -> String {
        switch value {
        case .boolean(let flag): "\(flag)"
        case .integer(let integer): "\(integer)"
        case .number(let number): "\(number)"
        case .bytes(let bytes): quoted(bytes)
        case .json(let json): literal(json)
        case .file: "nil"
        }
    }

    private static func literal(_ json: JSONValue) -> String {
        switch json {
        case .null: "nil"
        case .bool(let flag): "\(flag)"
        case .integer(let integer): "\(integer)"
        case .number(let number): "\(number)"
        case .string(let text): quoted(Array(text.utf8))
        case .array(let items): "{ \(items.map { literal($0) }.joined(separator: ", ")) }"
        case .object(let members):
            "{ \(members.sorted { $0.key < $1.key }.map { "\(name($0.key)) = \(literal($0.value))" }.joined(separator: ", ")) }"
        }
    }

    private static let keywords: Set<String> = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
        "not", "or", "repeat", "return", "then", "true", "until", "while",
    ]

    private static func name(_ text: String) -> String {
        let isName =
            text.utf8.first.map { !(0x30...0x39).contains($0) } ?? false
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == 0x5F
            } && !keywords.contains(text)
        return isName ? text : "[\(quoted(Array(text.utf8)))]"
    }

    /// Whatever the bytes are, Lua reads the same ones back, and a terminal shows nothing but text.
    private static func quoted(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = [UInt8(ascii: "\"")]
        let isText =
            String(validating: bytes, as: UTF8.self)?.unicodeScalars.allSatisfy {
                $0.value < 0x80 || $0.properties.generalCategory != .control && $0.properties.generalCategory != .format
            } ?? false
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): text += Array("\\n".utf8)
            case 0..<0x20, 0x7F,
                0x80... where byte < 0x80 || !isText:
                let digits = String(byte)
                text += Array(("\\" + String(repeating: "0", count: 3 - digits.count) + digits).utf8)
            default: text.append(byte)
            }
        }
        return String(decoding: text + [UInt8(ascii: "\"")], as: UTF8.self)
    }
}
