import LocalQueue
import LuaVM

/// One step of a timetable, read.
enum TimetableStep {
    struct Fault {
        var fault: QueueFault
        var extent: JobPlan.Extent
    }

    case status(String, lasts: Int64?, failure: String?)
    case fault(Fault)
    case expired

    /// Ten years: more is a mistake, and sums of it might not fit.
    private static let longest = 315_360_000_000.0
    /// Statuses are shown, logged and compared: a word is enough.
    private static let longestStatus = 100

    /// - Parameter name: what problems call it, such as "step 2".
    init(_ value: LuaValue, _ name: String) throws(TimetableProblem) {
        switch value {
        case .string:
            self = try Self.read(LuaTable(sequence: [value]), name)
        case .table(let table):
            self = try Self.read(table, name)
        default:
            throw TimetableProblem(
                "\(name) is \(value.shortDescription); a step is a status, or { status, milliseconds }, or a fault "
                    + "such as { error = 429 }. A timetable is a list of steps")
        }
    }

    private static func read(_ table: LuaTable, _ name: String) throws(TimetableProblem) -> TimetableStep {
        guard let word = table.sequence.first else {
            try check(table, name, known: ["error", "retryAfter", "times", "lasts"], positions: 0)
            return .fault(Fault(fault: try refusal(table, name), extent: try extent(table, name)))
        }
        guard case .string = word, let status = word.text else {
            throw TimetableProblem("\(name) begins with \(word.shortDescription), and not with a status")
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
                throw TimetableProblem("\(name): a status has 1 to \(longestStatus) bytes")
            }
            try check(table, name, known: ["error"], positions: 2)
            let lasts =
                table.sequence.count > 1
                ? try milliseconds(table.sequence[1], "\(name): the time of \"\(status)\"") : nil
            let failure = table["error"]
            guard failure == .nil || failure.text != nil, failure == .nil || status == "failed" else {
                throw TimetableProblem("\(name): error is the reason of a \"failed\", a string")
            }
            return .status(status, lasts: lasts, failure: failure.text)
        }
    }

    private static func refusal(_ table: LuaTable, _ name: String) throws(TimetableProblem) -> QueueFault {
        guard let number = table["error"].double, (400...599).contains(number), let status = Int(exactly: number) else {
            throw TimetableProblem(
                "\(name): error is the HTTP status of a refusal, 400 to 599, not \(table["error"].shortDescription)")
        }
        let after = table["retryAfter"]
        return .refusal(
            status: status, retryAfter: after == .nil ? nil : try milliseconds(after, "\(name): retryAfter"))
    }

    private static func extent(_ table: LuaTable, _ name: String) throws(TimetableProblem) -> JobPlan.Extent {
        let (times, lasts) = (table["times"], table["lasts"])
        if lasts != .nil {
            guard times == .nil else { throw TimetableProblem("\(name): a fault has times or lasts, not both") }
            return .milliseconds(try milliseconds(lasts, "\(name): lasts"))
        }
        if times == .nil { return .looks(1) }
        guard let number = times.double, (1...1e9).contains(number), let count = Int(exactly: number) else {
            throw TimetableProblem(
                "\(name): times is how many looks meet the fault, a whole number from 1 up, not "
                    + times.shortDescription
            )
        }
        return .looks(count)
    }

    private static func milliseconds(_ value: LuaValue, _ name: String) throws(TimetableProblem) -> Int64 {
        guard let number = value.double, number >= 0, number <= longest else {
            throw TimetableProblem("\(name) is milliseconds, a number from 0 up, not \(value.shortDescription)")
        }
        return Int64(number.rounded())
    }

    private static func check(
        _ table: LuaTable, _ name: String, known: [String], positions: Int
    ) throws(TimetableProblem) {
        for entry in table.entries {
            guard let key = entry.key.text, known.contains(key) else {
                let what = known.isEmpty ? "no options" : known.joined(separator: ", ")
                throw TimetableProblem(
                    "\(name) knows no option '\(entry.key.text ?? entry.key.shortDescription)'; it takes \(what)")
            }
        }
        guard table.sequence.count <= positions else {
            let surplus = table.sequence[positions].shortDescription
            throw TimetableProblem(
                "\(name) has \(surplus) too much; a step is a status, or { status, milliseconds }, or a fault such as "
                    + "{ error = 429 }"
            )
        }
    }
}

extension LuaValue {
    /// `{ "pending", 5000 }`: a step, which is no timetable.
    var isTimedStep: Bool {
        guard case .table(let table) = self, table.sequence.count == 2, case .string = table.sequence[0] else {
            return false
        }
        return table.sequence[1].double != nil
    }

    /// The steps of a list; nil for a step, as `{ "completed" }` or `{ error = 429 }`.
    var steps: [LuaValue]? {
        guard case .table(let table) = self, table.entries.isEmpty else { return nil }
        if table.sequence.count == 1, case .string = table.sequence[0] { return nil }
        return table.sequence
    }

    /// The value as a complaint shows it.
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
