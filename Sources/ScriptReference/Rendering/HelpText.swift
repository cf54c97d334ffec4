/// The reference as plain text: what `decart-lua help NAME` and the prompt's `help(x)` print.
public struct HelpText: Sendable {
    private let reference: ScriptReference

    public init(_ reference: ScriptReference) {
        self.reference = reference
    }

    /// All there is, a line for each function.
    public var overview: String {
        var text = ""
        for group in reference.groups {
            text += text.isEmpty ? "" : "\n"
            text += group.path.isEmpty ? "Globals\n" : "\(group.path): \(group.summary)\n"
            text += Self.columns(
                group.fields.map { (group.spelled($0.name), $0.summary) }
                    + group.functions.map { (group.spelled($0.name), $0.summary) })
        }
        return text + "\nhelp NAME tells more of one of these; help Job and the like of a table.\n"
    }

    /// What there is to say of a name; nil if nothing goes by it.
    public func text(for name: String) -> String? {
        let entries = reference.entries(named: name)
        return entries.isEmpty ? nil : entries.map(text).joined(separator: "\n")
    }

    /// What to say where nothing goes by a name.
    public func complaint(about name: String) -> String {
        let near = reference.names(like: name)
        return "nothing goes by the name \"\(name.prefix(80))\""
            + (near.isEmpty ? "; help without a name lists all there is" : "; did you mean \(near.listed(with: "or"))?")
    }

    private func text(of entry: ScriptReference.Entry) -> String {
        switch entry {
        case .group(let group):
            "\(group.path): \(group.summary)\n"
                + Self.columns(
                    group.fields.map { (group.spelled($0.name), $0.summary) }
                        + group.functions.map { (group.spelled($0.name), $0.summary) })
        case .function(let function, let group): text(of: function, in: group)
        case .field(let field, let group):
            "\(group.spelled(field.name)): \(field.type.shortName)\(field.isOptional ? " or nil" : "")\n"
                + Self.paragraph(field.summary)
        case .record(let record):
            "\(record.name): \(record.summary)\n"
                + Self.columns(
                    record.fields.map {
                        ($0.name, "\($0.type.shortName)\($0.isOptional ? " or nil" : ""). \($0.summary)")
                    })
        }
    }

    private func text(of function: FunctionDescription, in group: GroupDescription) -> String {
        var text = function.signature(in: group) + "\n" + Self.paragraph(function.summary)
        if !function.details.isEmpty { text += Self.paragraph(function.details) }
        if function.waits { text += Self.paragraph("The calling task waits; others go on.") }
        let parameters = function.parameters.filter { $0.name != "..." || !$0.summary.isEmpty }
        if !parameters.isEmpty {
            text += "\n" + Self.columns(parameters.map { ($0.name, "\($0.type.shortName). \($0.summary)") })
        }
        for parameter in function.parameters {
            guard case .options(let options) = parameter.type, !options.isEmpty else { continue }
            text +=
                "\n  Options\n"
                + Self.columns(
                    options.map { option in
                        let standard = option.standard.map { " Unless given: \($0)." } ?? ""
                        return (option.name, "\(option.type.shortName). \(option.summary)\(standard)")
                    })
        }
        for result in function.results where !result.summary.isEmpty {
            text += "\n" + Self.paragraph("Returns: \(result.summary)")
        }
        return text
    }

    // MARK: Layout

    private static let width = 100

    static func paragraph(_ text: String, indent: Int = 2) -> String {
        wrapped(text, width: width - indent).map { String(repeating: " ", count: indent) + $0 + "\n" }.joined()
    }

    static func columns(_ rows: [(String, String)]) -> String {
        let left = min(30, rows.map(\.0.count).max() ?? 0)
        return rows.map { name, summary in
            let lines = wrapped(summary, width: width - left - 4)
            var text = "  " + name
            if name.count > left {
                text += "\n" + String(repeating: " ", count: left + 4)
            } else {
                text += String(repeating: " ", count: left - name.count + 2)
            }
            text += lines.joined(separator: "\n" + String(repeating: " ", count: left + 4))
            while text.hasSuffix(" ") { text.removeLast() }
            return text + "\n"
        }.joined()
    }

    private static func wrapped(_ text: String, width: Int) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            let last = lines[lines.count - 1]
            if last.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if last.count + 1 + word.count <= width {
                lines[lines.count - 1] += " \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
