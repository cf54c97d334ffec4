import ArgumentParser
import DecartAPI
import DecartModule
import FoundationEssentials
import JobJournal
import PlainErrors

/// `decart-lua models`: the models that this program knows.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decart-lua models",
        abstract: "List the models: what they take, what they make, what they cost.",
        discussion: """
            A name lists one model with all that its jobs take. Prices are estimates; where none is shown nobody has \
            read one. Realtime models are listed, but have no jobs.
            """)

    @Argument(help: "A model, such as lucy-restyle-2; all unless given.")
    var name: String?
    @Flag(help: "Print JSON.")
    var json = false

    /// - Throws: for a name that no model has, with those most like it.
    func execute() throws -> Bool {
        let prices = PriceList.ofUser(.process) {
            Console().notice(Notice(kind: .warning, message: $0))
        }
        let models = try chosen.map { PricedModel($0, at: prices) }
        if json {
            print(JSONValue.object(["models": .array(models.map(\.listing))]).serializedText)
        } else if name == nil {
            for line in ModelTable.lines(models) { print(line) }
            print("* is required. Prices are those of \(PriceList.documentedOn), by estimate.")
        } else {
            print(models.map { ModelTable.details($0).joined(separator: "\n") }.joined(separator: "\n\n"))
        }
        return true
    }

    private var chosen: [ModelDefinition] {
        get throws {
            guard let name else { return ModelCatalog.list() }
            let models = ModelCatalog.list().filter { $0.name == name }
            guard models.isEmpty else { return models }
            let nearest = Spelling.nearest(to: name, among: Array(Set(ModelCatalog.list().map(\.name))))
            throw MessageError(
                "there is no model \(Excerpt.quoted(name)); the nearest names are \(nearest.joined(separator: ", "))")
        }
    }
}

/// Models for people.
private enum ModelTable {
    static func lines(_ models: [PricedModel]) -> [String] {
        let rows = models.map { item in
            [
                item.model.name, item.model.kind.rawValue, item.model.state.rawValue, size(item.model),
                item.price.map { "\($0)" } ?? "", inputs(item.model),
            ]
        }
        return TextTable(header: ["NAME", "KIND", "STATE", "SIZE", "PRICE", "INPUTS"], rows: rows).lines
    }

    static func details(_ item: PricedModel) -> [String] {
        let model = item.model
        let state = model.use.map { "\(model.state.rawValue); use \($0)" } ?? model.state.rawValue
        let facts: [(String, String)] = [
            ("name", model.name), ("kind", model.kind.rawValue), ("state", state),
            ("size", "\(size(model)), \(model.fps ?? 0) frames a second"),
            ("price", item.price.map { "\($0), read on \($0.readOn)" } ?? "unknown"),
        ]
        var lines = TextTable(header: [], rows: facts.map { ["\($0):", $1] }).lines
        let fields = model.inputs?.fields ?? []
        if fields.isEmpty { return lines }
        lines.append("inputs:")
        lines +=
            TextTable(
                header: [],
                rows: fields.map { field in
                    let standard = field.defaultText.map { "; \($0) unless given" } ?? ""
                    return ["  \(field.name)", field.required ? "required" : "", field.phrase + standard]
                }
            ).lines
        if let choices = model.inputs?.exactlyOneOf, !choices.isEmpty {
            lines.append("  exactly one of \(choices.joined(separator: " and "))")
        }
        return lines
    }

    private static func size(_ model: ModelDefinition) -> String {
        guard let width = model.width, let height = model.height else { return "" }
        return "\(width)×\(height)"
    }

    private static func inputs(_ model: ModelDefinition) -> String {
        (model.inputs?.fields ?? []).map { "\($0.name)\($0.required ? "*" : "")" }.joined(separator: ", ")
    }
}
