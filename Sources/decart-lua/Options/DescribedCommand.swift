import ArgumentParser
import FoundationEssentials

/// What ArgumentParser knows of a subcommand, read from its own description.
struct DescribedCommand {
    let options: [CommandOption]

    init(_ type: any ParsableCommand.Type) {
        let document = try? JSONDecoder().decode(Document.self, from: Data(type._dumpHelp().utf8))
        options = document?.command.arguments.filter { $0.kind != "positional" }.map(\.row) ?? []
    }

    private struct Document: Decodable {
        var command: Command
    }

    private struct Command: Decodable {
        var arguments: [Argument]
    }

    private struct Argument: Decodable {
        struct Name: Decodable {
            var kind: String
            var name: String
        }

        var kind: String
        var names: [Name]?
        var valueName: String?
        var abstract: String?
        var defaultValue: String?
        var allValues: [String]?

        var row: CommandOption {
            CommandOption(
                names: (names ?? []).map { $0.kind == "long" ? "--\($0.name)" : "-\($0.name)" },
                value: kind == "flag" ? nil : valueName?.uppercased(),
                help: (abstract ?? "").asOrder,
                standard: kind == "flag" ? nil : defaultValue?.withoutZeroFraction, choices: allValues ?? [])
        }
    }
}

extension String {
    /// "1500" of "1500.0"
    fileprivate var withoutZeroFraction: String { hasSuffix(".0") ? String(dropLast(2)) : self }

    /// A sentence as the rows have them: without a capital and a full stop, unless it is several.
    fileprivate var asOrder: String {
        guard let first, !contains(". ") else { return self }
        let isWord = dropFirst().first?.isUppercase != true
        let body = hasSuffix(".") ? String(dropLast()) : self
        return isWord ? first.lowercased() + body.dropFirst() : body
    }
}
