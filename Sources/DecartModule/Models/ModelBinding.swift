internal import DecartAPI
internal import JobJournal
internal import LuaVM
internal import PlainErrors
internal import ScriptReference
internal import ScriptRuntime

/// `decart.models`: the models that this program knows, and warnings of those on their way out.
final class ModelBinding {
    private let isLocal: Bool
    private let journal: Journal
    private let note: @Sendable (Notice) -> Void
    private var warned: Set<String> = []

    /// - Parameters:
    ///   - isLocal: whether the queue is on this machine, which does not care how old a model is.
    ///   - journal: knows the prices.
    init(isLocal: Bool, journal: Journal, note: @escaping @Sendable (Notice) -> Void) {
        self.isLocal = isLocal
        self.journal = journal
        self.note = note
    }

    func install(in runtime: isolated ScriptRuntime) throws(LuaError) {
        runtime.describe { [Self.record, Self.inputRecord, Self.priceRecord] }
        let names = ModelDefinition.Kind.allCases.map(\.rawValue) + ["list"]
        try runtime.announce(
            ScriptPart("models", functions: [("decart.models", names)]) { [self] in
                [
                    group(),
                    ScriptGroup(
                        GroupDescription(
                            "decart", type: "Decart", "",
                            fields: [
                                FieldDescription("models", .named("Models"), "The models that this program knows.")
                            ]), []),
                ]
            })
    }

    private func group() -> ScriptGroup {
        ScriptGroup(
            GroupDescription("decart.models", type: "Models", "The models that this program knows."),
            ModelDefinition.Kind.allCases.map(findFunction) + [listFunction()])
    }

    private func findFunction(_ kind: ModelDefinition.Kind) -> ScriptFunction {
        ScriptFunction(
            kind.rawValue, "\(kind == .image ? "An" : "A") \(kind.rawValue) model, by its name.",
            Argument.string("name", "Its name; `decart.models.list()` has them all."),
            gives: [ResultDescription(.named("Model"))],
            details: "An unknown name is `MODEL_NOT_FOUND`, with the names most like it."
        ) { [self] call, name throws(LuaError) in
            let model = try raising { () throws(DecartError) in try ModelCatalog.find(name: name, kind: kind) }
            warnIfOld(model)
            call.push(LuaValue(PricedModel(model, at: journal.prices).listing))
            return .returns
        }
    }

    private func listFunction() -> ScriptFunction {
        ScriptFunction(
            "list", "All models, or those of a kind.",
            Argument.options([
                OptionDescription("kind", .choice(ModelDefinition.Kind.allCases.map(\.rawValue)), "Only those."),
                OptionDescription("canonicalOnly", .boolean, "Only those that are current, each under one name."),
            ]), gives: [ResultDescription(.list(.named("Model")))]
        ) { [journal] call, options throws(LuaError) in
            let models = ModelCatalog.list(
                kind: options.text("kind").flatMap(ModelDefinition.Kind.init(rawValue:)),
                canonicalOnly: options["canonicalOnly"].isTrue)
            let prices = journal.prices
            call.push(.table(LuaTable(sequence: models.map { LuaValue(PricedModel($0, at: prices).listing) })))
            return .returns
        }
    }

    /// Says once of a name that it is on its way out.
    func warnIfOld(_ model: ModelDefinition) {
        guard !isLocal, warned.insert(model.name).inserted else { return }
        switch model.state {
        case .current, .rolling: break
        case .deprecated:
            let instead = model.use.map { "; use \($0) instead" } ?? ""
            note(.warning("the model \(model.name) is deprecated\(instead)"))
        case .retired:
            note(.warning("the model \(model.name) is retired, the service may refuse it; see decart.models.list()"))
        }
    }

    private static let record = RecordDescription(
        "Model", "A model, as `decart.models` gives it.",
        fields: [
            FieldDescription("name", .string, "What it is called."),
            FieldDescription("kind", .choice(ModelDefinition.Kind.allCases.map(\.rawValue)), "What it makes."),
            FieldDescription(
                "state", .choice(["current", "rolling", "deprecated", "retired"]),
                "`rolling` is an alias that moves from model to model."),
            FieldDescription("urlPath", .string, isOptional: true, "Where it is asked for a result at once."),
            FieldDescription("queueUrlPath", .string, isOptional: true, "Where its jobs are submitted."),
            FieldDescription("fps", .integer, isOptional: true, "Frames a second."),
            FieldDescription("width", .integer(unit: .pixels), isOptional: true, "Of what it makes."),
            FieldDescription("height", .integer(unit: .pixels), isOptional: true, "Of what it makes."),
            FieldDescription("use", .string, isOptional: true, "The model that takes the place of a deprecated one."),
            FieldDescription("inputs", .list(.named("ModelInput")), "What its jobs take; empty for realtime models."),
            FieldDescription(
                "exactlyOneOf", .list(.string), isOptional: true, "Inputs of which a job takes one and no more."),
            FieldDescription(
                "price", .named("Price"), isOptional: true, "What it costs by estimate; nil if nobody knows."),
        ])

    private static let inputRecord = RecordDescription(
        "ModelInput", "An input of a model's jobs.",
        fields: [
            FieldDescription("name", .string, "What it is called."),
            FieldDescription(
                "type", .choice(["string", "integer", "boolean", "image", "video", "file", "trajectory"]),
                "`image`, `video` and `file` are files."),
            FieldDescription("required", .boolean, "Whether a job must have it."),
            FieldDescription("choices", .list(.string), isOptional: true, "What it can be."),
            FieldDescription("default", .string, isOptional: true, "What is sent unless it is given."),
            FieldDescription(
                "min", .integer, isOptional: true,
                "The least a number can be, or how many characters or points there must be."),
            FieldDescription("max", .integer, isOptional: true, "The most."),
        ])

    private static let priceRecord = RecordDescription(
        "Price", "A price in dollars: one of the first two fields.",
        fields: [
            FieldDescription("perSecond", .number, isOptional: true, "For a second of video."),
            FieldDescription(
                "perPicture", .table, isOptional: true, "For a picture, by its resolution, such as `720p`."),
            FieldDescription("read", .string, "The day on which somebody read it."),
        ])
}
