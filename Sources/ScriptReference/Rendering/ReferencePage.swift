/// The reference as a page of Markdown.
public struct ReferencePage: Sendable {
    private let reference: ScriptReference

    public init(_ reference: ScriptReference) {
        self.reference = reference
    }

    public var text: String {
        var text = """
            # What a script sees

            `decart-lua help` prints this page in short, `decart-lua help NAME` one entry of it, and `decart-lua types` the \
            types that an editor reads. A function marked ⧗ waits: other tasks go on meanwhile.

            """
        for group in reference.groups { text += "\n" + section(group) }
        text += "\n## Tables\n"
        for record in reference.records {
            text += "\n### \(record.name)\n\n\(record.summary)\n\n" + table(record.fields)
        }
        return text
    }

    private func section(_ group: GroupDescription) -> String {
        var text = "## \(group.path.isEmpty ? "Globals" : "`\(group.path)`")\n\n\(group.summary)\n"
        if group.module != "decart", group.path == group.module { text += "\nIt is `require(\"\(group.module)\")`.\n" }
        if !group.fields.isEmpty { text += "\n" + table(group.fields) }
        for function in group.functions { text += "\n" + entry(function, in: group) }
        return text
    }

    private func entry(_ function: FunctionDescription, in group: GroupDescription) -> String {
        var text = "### `\(function.signature(in: group))`\(function.waits ? " ⧗" : "")\n\n\(function.summary)"
        text += function.details.isEmpty ? "\n" : " \(function.details)\n"
        let parameters = function.parameters.filter { !$0.summary.isEmpty }
        if !parameters.isEmpty {
            text += "\n" + parameters.map { "* `\($0.name)` (\(Self.type($0.type))): \($0.summary)\n" }.joined()
        }
        for result in function.results where !result.summary.isEmpty {
            text += parameters.isEmpty ? "\n" : ""
            text += "* returns \(Self.type(result.type)): \(result.summary)\n"
        }
        for parameter in function.parameters {
            guard case .options(let options) = parameter.type, !options.isEmpty else { continue }
            text += "\n| option | type | unless given | |\n|---|---|---|---|\n"
            text += options.map { option in
                Self.row([
                    "`\(option.name)`", Self.type(option.type), option.standard ?? "", option.summary,
                ])
            }.joined()
        }
        return text
    }

    private func table(_ fields: [FieldDescription]) -> String {
        "| field | type | |\n|---|---|---|\n"
            + fields.map { field in
                Self.row([
                    "`\(field.name)`", Self.type(field.type) + (field.isOptional ? " or nil" : ""), field.summary,
                ])
            }.joined()
    }

    private static func row(_ cells: [String]) -> String {
        "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
    }

    private static func type(_ type: ScriptType) -> String { type.shortName }
}
