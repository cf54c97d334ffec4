internal import PlainErrors

/// The models that this program knows. A model is one row of `ModelCatalog+rows.swift`.
///
/// The rows are not built until somebody first asks.
public enum ModelCatalog {
    /// The model of that name.
    ///
    /// - Throws: `MODEL_NOT_FOUND` with the nearest names, also as `data.nearest`.
    public static func find(name: String, kind: ModelDefinition.Kind) throws(DecartError) -> ModelDefinition {
        if let model = byKind[kind]?[name] { return model }
        throw notFound(name: name, kind: kind)
    }

    /// The model of that name that takes jobs. Video models are what the queue is for; an image model's name will do too.
    ///
    /// - Throws: as `find(name:kind:)`.
    public static func find(jobsOf name: String) throws(DecartError) -> ModelDefinition {
        if let image = byKind[.image]?[name] { return image }
        return try find(name: name, kind: .video)
    }

    /// All models, or those of one kind, in the catalogue's order.
    ///
    /// - Parameter canonicalOnly: only those whose state is `current`: no aliases, nothing deprecated or retired.
    public static func list(kind: ModelDefinition.Kind? = nil, canonicalOnly: Bool = false) -> [ModelDefinition] {
        rows.filter { (kind == nil || $0.kind == kind) && (!canonicalOnly || $0.state == .current) }
    }

    private static let byKind = Dictionary(grouping: rows, by: \.kind).mapValues { models in
        Dictionary(models.map { ($0.name, $0) }) { first, _ in first }
    }

    private static func notFound(name: String, kind: ModelDefinition.Kind) -> DecartError {
        let nearest = Spelling.nearest(to: name, among: list(kind: kind).map(\.name))
        let shown = Excerpt.quoted(name)
        var sentences = ["There is no \(kind.rawValue) model \(shown)."]
        if let other = ModelDefinition.Kind.allCases.first(where: { byKind[$0]?[name] != nil }) {
            sentences.append("There is \(article(other)) model of that name: use models.\(other.rawValue).")
        }
        sentences.append("The nearest names are \(nearest.map { "\"\($0)\"" }.joined(separator: ", ")).")
        sentences.append(
            "For a model that this program does not know yet, pass a table such as { name = \"my-model\", "
                + "queueUrlPath = \"/v1/jobs/my-model\", urlPath = \"/v1/generate/my-model\" } in place of the name.")
        return DecartError(
            .modelNotFound, sentences.joined(separator: " "),
            data: ["nearest": .array(nearest.map { .string($0) })])
    }

    private static func article(_ kind: ModelDefinition.Kind) -> String {
        kind == .image ? "an image" : "a \(kind.rawValue)"
    }
}
