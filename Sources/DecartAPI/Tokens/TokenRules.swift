/// What `POST /v1/client/tokens` takes. Client and local queue both use it.
public enum TokenRules {
    /// Seconds until a token expires.
    public static let lifetime: ClosedRange<Int64> = 1...3600
    /// The most models, and the most origins, that one token may name.
    public static let listLimit = 20

    private static let names = ["metadata", "expiresIn", "allowedModels", "allowedOrigins", "constraints"]

    /// `options` as they are sent: without nulls; a script's 60.0 is 60, and its empty table a list where a list
    /// belongs.
    public static func normalised(_ options: [String: JSONValue]) -> [String: JSONValue] {
        var result = options.filter { $0.value != .null }
        if case .number(let number)? = options["expiresIn"], let whole = Int64(exactly: number) {
            result["expiresIn"] = .integer(whole)
        }
        for name in ["allowedModels", "allowedOrigins"] where options[name] == .object([:]) {
            result[name] = .array([])
        }
        for name in ["metadata", "constraints"] where options[name] == .array([]) { result[name] = .object([:]) }
        return result
    }

    /// Every problem with `options`, normalised or not; empty if they may be sent.
    public static func problems(_ options: [String: JSONValue]) -> [InputProblem] {
        let options = normalised(options)
        var problems: [InputProblem] = []
        for name in names {
            guard let value = options[name], let rule = rule(name, violatedBy: value) else { continue }
            problems.append(InputProblem(field: name, rule: rule, given: InputValue.json(value).description))
        }
        for name in options.keys.sorted() where !names.contains(name) {
            let list = names.joined(separator: ", ")
            problems.append(InputProblem(field: name, rule: "is not an option of a token, which takes \(list)"))
        }
        return problems
    }

    private static func rule(_ name: String, violatedBy value: JSONValue) -> String? {
        switch (name, value) {
        case ("expiresIn", .integer(let seconds)) where lifetime.contains(seconds): return nil
        case ("expiresIn", _):
            return "must be an integer of seconds from \(lifetime.lowerBound) to \(lifetime.upperBound)"
        case ("metadata", .object), ("constraints", .object): return nil
        case ("metadata", _), ("constraints", _): return "must be a table of named values"
        case (_, .array(let texts)) where texts.count <= listLimit && texts.allSatisfy(isUsableText): return nil
        default: return "must be a list of at most \(listLimit) texts that are not empty"
        }
    }

    private static func isUsableText(_ value: JSONValue) -> Bool {
        value.text.map { !$0.isEmpty } ?? false
    }
}
