internal import DecartAPI
internal import LuaVM
internal import ScriptReference
internal import ScriptRuntime

/// `decart.json`: the codec of the client itself.
enum JSONBinding {
    static func group() -> ScriptGroup {
        ScriptGroup(
            GroupDescription(
                "decart.json", type: "JSON", "JSON, read and written.",
                fields: [FieldDescription("null", .any, "What JSON's null is read as, and written as null.")]),
            [encodeFunction(), decodeFunction(), arrayRow])
    }

    private static func encodeFunction() -> ScriptFunction {
        let value = Parameter<LuaValue>(
            "value", .any, "A table with 1 to n is an array, one with names an object, an empty one `{}`."
        ) { call, position, _ throws(LuaError) in
            call.value(position, within: JSONComposer.bounds)
        }
        return ScriptFunction(
            "encode", "Writes a value as JSON, members sorted by name.", value,
            Argument.options([
                OptionDescription(
                    "pretty", .boolean, unlessGiven: "false", "On several lines, indented by two spaces.")
            ]),
            gives: [ResultDescription(.string)],
            details: "What JSON cannot say, such as a function, nan or a table in itself, is `INVALID_JSON`."
        ) { call, value, options throws(LuaError) in
            let bytes = try raising { () throws(DecartError) in
                try JSONComposer.compose(value, isPretty: options["pretty"].isTrue)
            }
            call.push(.string(bytes))
            return .returns
        }
    }

    private static func decodeFunction() -> ScriptFunction {
        ScriptFunction(
            "decode", "Reads a JSON text.", Argument.bytes("text", "The whole of it."),
            gives: [ResultDescription(.any, "null is `decart.json.null`, and integers stay integers.")],
            details: "For what is not JSON, `INVALID_JSON` says at which line and column."
        ) { call, text throws(LuaError) in
            let json: JSONValue
            do throws(JSONError) {
                json = try JSONValue(parsing: text)
            } catch {
                throw LuaError(DecartError(error, in: text))
            }
            call.push(value(of: json))
            return .returns
        }
    }

    private static var arrayRow: ScriptFunction {
        .inLua(
            "array", "Marks a table as an array, which is written `[]` while it is empty.",
            [ParameterDescription("list", .table, isOptional: true, "A new one unless given.")],
            gives: [ResultDescription(.table, "That table.")])
    }

    /// JSON as `decode` gives it: nothing is left out, and an empty array stays one.
    private static func value(of json: JSONValue) -> LuaValue {
        switch json {
        case .null: .object(LuaObject(kind: JSONComposer.null, id: 0))
        case .array(let values): .table(LuaTable(sequence: values.map(value), metatable: JSONComposer.array))
        case .object(let members): .table(LuaTable(fields: members.map { ($0.key, value(of: $0.value)) }))
        case .bool, .integer, .number, .string: LuaValue(json)
        }
    }
}

extension DecartError {
    /// `INVALID_JSON` for what a parser could not read.
    fileprivate init(_ error: JSONError, in text: [UInt8]) {
        let before = text.prefix(error.offset)
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let column = before.count - (before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0) + 1
        let start = text.isEmpty ? "The text is empty" : "The text is not JSON"
        self.init(
            .invalidJSON, "\(start): \(error.reason), at line \(line), column \(column).",
            data: [
                "line": .integer(Int64(line)), "column": .integer(Int64(column)),
                "position": .integer(Int64(error.offset + 1)),
            ])
    }
}
