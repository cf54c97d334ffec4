import ArgumentParser
import JobFleet

/// The options of `jobs add`: one order, or what the orders of a file have in common.
struct OrderOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "For add: jobs from a file: CSV with a header, or a JSON object a line (.jsonl).", valueName: "file"))
    var from: String?
    @Option(help: ArgumentHelp("For add: the model.", valueName: "name"))
    var model: String?
    @Option(help: ArgumentHelp("For add: the prompt.", valueName: "text"))
    var prompt: String?
    @Option(help: ArgumentHelp("For add: the input video or picture.", valueName: "file"))
    var data: String?
    @Option(help: ArgumentHelp("For add: any other input; may be repeated.", valueName: "name=value"))
    var input: [String] = []
    @Option(help: ArgumentHelp("For add: the job's key; a key is paid for once.", valueName: "key"))
    var key: String?
    @Option(help: ArgumentHelp("For add: jobs with a higher one are taken first.", valueName: "n"))
    var priority: Int?
    @Option(help: ArgumentHelp("For add: refuse the job if its estimate is more.", valueName: "dollars"))
    var maxCost: String?
    @Option(
        help: ArgumentHelp("For add: the most its result can last, where its inputs do not tell.", valueName: "seconds")
    )
    var maxSeconds: String?

    func validate() throws {
        for pair in input where !pair.contains("=") || pair.hasPrefix("=") {
            throw ValidationError("--input takes name=value, not '\(pair)'")
        }
    }

    /// The first of these options that was given.
    var firstGiven: String? {
        let given: [(String, Bool)] = [
            ("from", from != nil), ("model", model != nil), ("prompt", prompt != nil), ("data", data != nil),
            ("input", !input.isEmpty), ("key", key != nil), ("priority", priority != nil), ("max-cost", maxCost != nil),
            ("max-seconds", maxSeconds != nil),
        ]
        return given.first { $0.1 }.map { "--\($0.0)" }
    }

    func fields(label: String?) -> OrderFields {
        var fields = OrderFields()
        let texts = [
            "model": model, "prompt": prompt, "data": data, "key": key, "label": label,
            "priority": priority.map(String.init), "maxCost": maxCost, "maxSeconds": maxSeconds,
        ]
        for case (let name, let text?) in texts { fields[name] = .text(Array(text.utf8)) }
        for pair in input {
            guard let equals = pair.firstIndex(of: "=") else { continue }
            fields[String(pair[..<equals])] = .text(Array(pair[pair.index(after: equals)...].utf8))
        }
        return fields
    }
}
