internal import CSVCodec
internal import DecartAPI
internal import LuaVM
internal import ScriptReference
internal import ScriptRuntime

/// `decart.csv`: comma-separated values by RFC 4180.
enum CSVBinding {
    static func group() -> ScriptGroup {
        ScriptGroup(
            GroupDescription("decart.csv", type: "CSV", "Comma-separated values by RFC 4180, read and written."),
            [decodeFunction(), encodeFunction()])
    }

    private static let separator = OptionDescription(
        "separator", .string, unlessGiven: "a comma", "What stands between fields: one character, such as \";\".")

    private static func decodeFunction() -> ScriptFunction {
        ScriptFunction(
            "decode", "Reads rows of strings.", Argument.bytes("text", "The whole of it."),
            Argument.options([
                OptionDescription(
                    "header", .boolean, unlessGiven: "false",
                    "The first row names the columns, and the others are tables by those names."), separator,
            ]),
            gives: [
                ResultDescription(.list(.table), "The rows, in order."),
                ResultDescription(.list(.string), isOptional: true, "With `header`, the names in their order."),
            ],
            details:
                "Empty lines are skipped, and a row that is short leaves its last columns out. For what is not CSV, `INVALID_CSV` says at which line."
        ) { call, text, options throws(LuaError) in
            let format = try format(options, "decode")
            do throws(CSVError) {
                if options["header"].isTrue {
                    let table = try CSVTable(decoding: text, format)
                    call.push(.table(LuaTable(sequence: table.records.map { row($0, named: table.names) })))
                    call.push(.table(LuaTable(sequence: table.names.map { .string($0) })))
                } else {
                    let rows = try format.decode(text).map { record in
                        LuaValue.table(LuaTable(sequence: record.fields.map { .string($0) }))
                    }
                    call.push(.table(LuaTable(sequence: rows)))
                }
            } catch {
                throw LuaError(
                    DecartError(
                        .invalidCSV, "The text is not CSV. Line \(error.line): \(error.reason).",
                        data: ["line": .integer(Int64(error.line))]))
            }
            return .returns
        }
    }

    private static func row(_ record: CSVRecord, named names: [[UInt8]]) -> LuaValue {
        var row = LuaTable()
        row.entries = zip(names, record.fields).map { .init(key: .string($0), value: .string($1)) }
        return .table(row)
    }

    private static func encodeFunction() -> ScriptFunction {
        let rows = Parameter<LuaTable>(
            "rows", .list(.table), "Lists of values, or with `header` tables by name; a value that is nil is empty."
        ) { call, position, _ throws(LuaError) in
            guard case .table(let rows) = call.value(position, within: CSVRows.bounds) else {
                throw call.badArgument(position, "table expected, got \(call.type(position).rawValue)")
            }
            return rows
        }
        return ScriptFunction(
            "encode", "Writes rows, each with CR LF behind it.", rows,
            Argument.options([
                OptionDescription(
                    "header", .list(.string), "The names of the columns, which are written first."), separator,
            ]),
            gives: [ResultDescription(.string)],
            details: "A value that is no string, number or boolean is `INVALID_CSV`, and so is one without a column."
        ) { call, rows, options throws(LuaError) in
            let format = try format(options, "encode")
            var header: [[UInt8]]?
            if case .table(let names) = options["header"] { header = names.sequence.compactMap(\.bytes) }
            let records = try raising { () throws(DecartError) in try CSVRows.records(rows, header) }
            call.push(.string(format.encode(records)))
            return .returns
        }
    }

    private static func format(_ options: GivenOptions, _ function: String) throws(LuaError) -> CSVFormat {
        guard let separator = options["separator"].bytes else { return .comma }
        guard separator.count == 1, let format = CSVFormat(separator: separator[0]) else {
            throw .invalidOptions(
                "separator of \(function) must be one character of ASCII that is no quote and no line end, such as "
                    + "\";\" or \"\\t\".")
        }
        return format
    }
}
