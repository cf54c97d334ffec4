/// One way in which a job's inputs break the rules: which field, which rule, and what was given.
public struct InputProblem: Hashable, Sendable, CustomStringConvertible {
    public var field: String
    /// The rest of a sentence that begins with the field, such as "must be true or false".
    public var rule: String
    /// What was given, long values shortened; nil if the rule says it all.
    public var given: String?

    public init(field: String, rule: String, given: String? = nil) {
        self.field = field
        self.rule = rule
        self.given = given
    }

    public var description: String {
        "\(Self.shown(field)) \(rule)" + (given.map { " (got \($0))" } ?? "")
    }

    /// A field of a schema is a plain word; a name that the caller made up may be anything.
    private static func shown(_ field: String) -> String {
        let isWord =
            !field.isEmpty && field.utf8.count <= 40
            && field.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        return isWord ? field : Excerpt.quoted(field)
    }
}

extension DecartError {
    /// All problems of one call as one `INVALID_INPUT`: its message names them all, and `data.problems` is a list of
    /// `{field, rule, given}`.
    public static func invalidInput(_ problems: [InputProblem], model: String) -> DecartError {
        invalid(.invalidInput, "The job for \(Excerpt.quoted(model)) was not sent", problems)
    }

    /// The same under another code.
    ///
    /// - Parameter consequence: the message's first clause, such as "No token was asked for".
    public static func invalid(
        _ code: DecartErrorCode, _ consequence: String, _ problems: [InputProblem]
    ) -> DecartError {
        let list = problems.map { problem -> JSONValue in
            var members: [String: JSONValue] = ["field": .string(problem.field), "rule": .string(problem.rule)]
            members["given"] = problem.given.map { .string($0) }
            return .object(members)
        }
        let descriptions = problems.map(\.description).joined(separator: "; ")
        return DecartError(code, "\(consequence): \(descriptions).", data: ["problems": .array(list)])
    }
}
