/// One option of the command line, in one row. Help, the tables in the documentation and completion are rendered from
/// rows.
struct CommandOption: Hashable, Sendable {
    /// As typed, the short one first: "-v", "--version".
    var names: [String]
    /// The placeholder for its value in help: "URL". nil if it takes none.
    var value: String?
    /// Whether the value may be left out. If it is given, it comes after "=".
    var valueIsOptional = false
    /// What it does, in the imperative: "talk to this server".
    var help: String
    /// What applies if it is not given.
    var standard: String?
    /// The values it accepts; empty for any.
    var choices: [String] = []

    /// "--base-url URL"
    var spelling: String {
        let names = names.joined(separator: ", ")
        guard let value else { return names }
        return valueIsOptional ? "\(names)[=\(value)]" : "\(names) \(value)"
    }

    /// What help says about it.
    var explanation: String {
        standard.map { "\(help) (default: \($0))" } ?? help
    }
}

extension [CommandOption] {
    /// One line for each, in two columns.
    var helpLines: [String] {
        let width = 1 + (map(\.spelling.count).filter { $0 <= 18 }.max() ?? 0)
        return map { option in
            let space = String(repeating: " ", count: Swift.max(1, width - option.spelling.count))
            return "  \(option.spelling)\(space) \(option.explanation)"
        }
    }

    /// A Markdown table.
    var markdown: String {
        let rows = map { option in
            "| `\(option.spelling)` | \(option.explanation.replacing("|", with: "\\|")) |"
        }
        return (["| option | does |", "|---|---|"] + rows).joined(separator: "\n")
    }
}
