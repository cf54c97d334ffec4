import LocalQueue
import LuaVM
import PlainErrors

/// One step of a timetable.
enum TimetableStep {
    struct Fault {
        var fault: QueueFault
        var extent: JobPlan.Extent
    }

    case status(String, lasts: Int64?, failure: String?)
    case fault(Fault)
    case expired

    /// Ten years, in milliseconds. More is a mistake, and sums might overflow.
    private static let longest = 315_360_000_000.0
    /// In bytes.
    private static let longestStatus = 100

    /// - Parameter name: what messages call it, such as "step 2".
    init(_ value: LuaValue, _ name: String) throws(MessageError) {
        switch value {
        case .string:
            self = try Self.read(LuaTable(sequence: [value]), name)
        case .table(let table):
            self = try Self.read(table, name)
        default:
            throw MessageError(
                "\(name) is \(value.shortDescription); a step is a status, or { status, milliseconds }, or a fault "
                    + "such as { error = 429 }. A timetable is a list of steps")
        }
    }

    private static func read(_ table: LuaTable, _ name: String) throws(MessageError) -> TimetableStep {
        guard let word = table.sequence.first else {
            try check(table, name, known: ["error", "retryAfter", "times", "lasts"], positions: 0)
            return .fault(Fault(fault: try refusal(table, name), extent: try extent(table, name)))
        }
        guard case .string = word, let status = word.text else {
            throw MessageError("\(name) begins with \(word.shortDescription) instead of a status")
        }
        switch status {
        case "cut", "hang":
            try check(table, name, known: ["times", "lasts"], positions: 1)
            return .fault(Fault(fault: status == "cut" ? .cut : .hang, extent: try extent(table, name)))
        case "expired":
            try check(table, name, known: [], positions: 1)
            return .expired
        default:
            guard !status.isEmpty, status.utf8.count <= longestStatus else {
                throw MessageError("\(name): a status must have 1 to \(longestStatus) bytes")
            }
            try check(table, name, known: ["error"], positions: 2)
            let lasts =
                table.sequence.count > 1
                ? try milliseconds(table.sequence[1], "\(name): the time of \"\(status)\"") : nil
            let failure = table["error"]
            guard failure == .nil || failure.text != nil, failure == .nil || status == "failed" else {
                throw MessageError("\(name): error is the reason of a \"failed\", and a string")
            }
            return .status(status, lasts: lasts, failure: failure.text)
        }
    }

    private static func refusal(_ table: LuaTable, _ name: String) throws(MessageError) -> QueueFault {
        guard let number = table["error"].double, (400...599).contains(number), let status = Int(exactly: number) else {
            throw MessageError(
                "\(name): error must be the HTTP status of a refusal, 400 to 599, not \(table["error"].shortDescription)"
            )
        }
        let after = table["retryAfter"]
        return .refusal(
            status: status, retryAfter: after == .nil ? nil : try milliseconds(after, "\(name): retryAfter"))
    }

    private static func extent(_ table: LuaTable, _ name: String) throws(MessageError) -> JobPlan.Extent {
        let (times, lasts) = (table["times"], table["lasts"])
        if lasts != .nil {
            guard times == .nil else { throw MessageError("\(name): a fault takes times or lasts, not both") }
            return .milliseconds(try milliseconds(lasts, "\(name): lasts"))
        }
        if times == .nil { return .polls(1) }
        guard let number = times.double, (1...1e9).contains(number), let count = Int(exactly: number) else {
            throw MessageError(
                "\(name): times must be the number of polls that fail, a whole number from 1 up, not "
                    + times.shortDescription
            )
        }
        return .polls(count)
    }

    private static func milliseconds(_ value: LuaValue, _ name: String) throws(MessageError) -> Int64 {
        guard let number = value.double, number >= 0, number <= longest else {
            throw MessageError("\(name) must be milliseconds, a number from 0 up, not \(value.shortDescription)")
        }
        return Int64(number.rounded())
    }

    private static func check(
        _ table: LuaTable, _ name: String, known: [String], positions: Int
    ) throws(MessageError) {
        for entry in table.entries {
            guard let key = entry.key.text, known.contains(key) else {
                let what = known.isEmpty ? "no options" : known.joined(separator: ", ")
                throw MessageError(
                    "\(name) knows no option '\(entry.key.text ?? entry.key.shortDescription)'; it takes \(what)")
            }
        }
        guard table.sequence.count <= positions else {
            let surplus = table.sequence[positions].shortDescription
            throw MessageError(
                "\(name) has \(surplus) too many; a step is a status, or { status, milliseconds }, or a fault such as "
                    + "{ error = 429 }"
            )
        }
    }
}

extension LuaValue {
    /// Whether it is like `{ "pending", 5000 }`: a step, not a timetable.
    var isTimedStep: Bool {
        guard case .table(let table) = self, table.sequence.count == 2, case .string = table.sequence[0] else {
            return false
        }
        return table.sequence[1].double != nil
    }

    /// The steps of a list; nil if the value is itself a step, such as `{ "completed" }` or `{ error = 429 }`.
    var steps: [LuaValue]? {
        guard case .table(let table) = self, table.entries.isEmpty else { return nil }
        if table.sequence.count == 1, case .string = table.sequence[0] { return nil }
        return table.sequence
    }

    /// The value as shown in messages.
    var shortDescription: String {
        switch self {
        case .nil: "nothing"
        case .boolean(let boolean): "\(boolean)"
        case .integer(let integer): "\(integer)"
        case .number(let number): "\(number)"
        case .string: "\"\((text ?? "").prefix(40))\""
        case .table, .object, .opaque: "a \(typeName.rawValue)"
        }
    }
}
