extension FunctionDescription {
    /// "client.queue.poll(id [, options]) → JobOutcome"
    public func signature(in group: GroupDescription) -> String {
        var given = ""
        for (index, parameter) in parameters.enumerated() {
            let comma = index == 0 ? "" : ", "
            let isRest = parameter.name == "..."
            given += parameter.isOptional && !isRest ? " [\(comma)\(parameter.name)]" : comma + parameter.name
        }
        given = given.trimmingPrefix(" ").description
        let returned = results.map { ($0.type.shortName) + ($0.isOptional ? " or nil" : "") }.joined(separator: ", ")
        return "\(group.path)\(group.separator)\(name)(\(given))" + (returned.isEmpty ? "" : " → \(returned)")
    }
}

extension ScriptType {
    /// A word or two: "string", "ms", "Job".
    public var shortName: String {
        switch self {
        case .any: "any"
        case .boolean: "boolean"
        case .no: "false"
        case .string: "string"
        case .number(_, _, let unit), .integer(_, _, let unit):
            switch unit {
            case .milliseconds: "ms"
            case let unit?: unit.rawValue
            case nil: self.isInteger ? "integer" : "number"
            }
        case .choice(let words): words.map { "\"\($0)\"" }.joined(separator: " | ")
        case .function: "function"
        case .list(let item): "list of \(item.shortName)"
        case .table, .options: "table"
        case .named(let name): name
        case .either(let types): types.map(\.shortName).joined(separator: " | ")
        }
    }

    private var isInteger: Bool {
        if case .integer = self { true } else { false }
    }
}
