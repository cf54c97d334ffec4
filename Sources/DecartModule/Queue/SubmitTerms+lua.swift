internal import DecartAPI
internal import JobJournal
internal import LuaVM
internal import ScriptReference
internal import ScriptRuntime

extension SubmitTerms {
    /// What stands among a job's inputs and is not sent.
    static let options = [
        OptionDescription(
            "key", .string,
            "The same key with the same inputs is the same job, in later runs too: nothing is paid twice."),
        OptionDescription("label", .string, "What it is for; jobs can be listed, and capped, by it."),
        OptionDescription(
            "maxCost", .number(atLeast: 0), "Dollars: `OVER_BUDGET` if its estimate is more."),
        OptionDescription(
            "maxSeconds", .number(atLeast: 0, unit: .seconds),
            "The most its result can last, where its inputs do not tell."),
        OptionDescription(
            "payTwice", .boolean, unlessGiven: "false",
            "Sends a key again whose submit is `SUBMIT_UNKNOWN`: there may be a second bill."),
        OptionDescription(
            "pinSeed", .boolean, unlessGiven: "false", "Draws a seed, sends it and writes it down as `job.seed`."),
        OptionDescription(
            "reuse", .choice(["run"]), "In a run with a name: the same inputs, in their order, are the same jobs."),
        OptionDescription(
            "row", .string, "In a script of `decart-lua work`: the id of the job that the submit is of."),
    ]

    /// - Throws: `INVALID_OPTIONS`.
    init(_ table: LuaTable) throws(DecartError) {
        self.init()
        key = try Self.text("key", table)
        label = try Self.text("label", table)
        if let dollars = try Self.number("maxCost", table) {
            guard let amount = Money(dollars: dollars) else {
                throw Self.invalid("maxCost must be dollars from 0 up, not \(dollars).")
            }
            maxCost = amount
        }
        maxSeconds = try Self.number("maxSeconds", table)
        paysTwice = try Self.flag("payTwice", table)
        pinsSeed = try Self.flag("pinSeed", table)
        if let reuse = try Self.text("reuse", table) {
            guard reuse == "run" else {
                throw Self.invalid("reuse must be \"run\", not \(Excerpt.quoted(reuse)).")
            }
            reusesRun = true
        }
        row = try Self.text("row", table)
    }

    private static func text(_ name: String, _ table: LuaTable) throws(DecartError) -> String? {
        if table[name] == .nil { return nil }
        guard let text = table[name].text else { throw wrong(name, "a string", table) }
        return text
    }

    private static func number(_ name: String, _ table: LuaTable) throws(DecartError) -> Double? {
        if table[name] == .nil { return nil }
        guard let number = table[name].double else { throw wrong(name, "a number", table) }
        guard !number.isNaN else { throw invalid("\(name) must be a number, not nan.") }
        return number
    }

    private static func flag(_ name: String, _ table: LuaTable) throws(DecartError) -> Bool {
        switch table[name] {
        case .nil: return false
        case .boolean(let flag): return flag
        default: throw wrong(name, "true or false", table)
        }
    }

    private static func wrong(_ name: String, _ wanted: String, _ table: LuaTable) -> DecartError {
        invalid("\(name) must be \(wanted), not a \(table[name].typeName.rawValue).")
    }

    private static func invalid(_ message: String) -> DecartError { DecartError(.invalidOptions, message) }
}
