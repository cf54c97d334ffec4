import DecartAPI

/// Checks a received form against its schema, by the same rules that the client checks before it sends.
enum FormRules {
    struct Problem: Hashable, Sendable {
        var field: String
        var message: String
        /// `missing` or `value_error`, as the service's framework calls them.
        var type: String
    }

    /// What is wrong with the form; empty if it is valid.
    static func problems(with form: ReceivedForm, schema: InputSchema) -> [Problem] {
        var values: [String: InputValue] = [:]
        for (name, value) in form.fields {
            let field = schema.fields.first { $0.name == name }
            values[name] = field?.value(ofFormText: value) ?? .bytes(value)
        }
        for file in form.files {
            values[file.field] = .file(.path(BytePath(file.fileName)))
        }
        return schema.check(values).map { problem in
            let missing = values[problem.field] == nil
            return Problem(
                field: problem.field, message: "\(problem.field) \(problem.rule)",
                type: missing ? "missing" : "value_error")
        }
    }
}
