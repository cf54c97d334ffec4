internal import DecartAPI
internal import LuaVM
internal import ScriptRuntime

extension DecartModule {
    func modelFunctions() -> [ModuleFunction] {
        [
            // The kind is the host's, the name the script's.
            ModuleFunction("model") { [self] call throws(LuaError) in
                let kind = try call.string(1)
                guard call.type(2) == .string, let modelKind = ModelDefinition.Kind(rawValue: kind) else {
                    throw .badArgument(1, of: kind, "string expected, got \(call.type(2).rawValue)")
                }
                do throws(DecartError) {
                    let model = try ModelCatalog.find(name: call.value(2).text ?? "", kind: modelKind)
                    warnIfOld(model)
                    call.push(LuaValue(model))
                } catch {
                    throw LuaError(error)
                }
                return .returns
            },
            ModuleFunction("listModels") { call throws(LuaError) in
                do throws(DecartError) {
                    let options = try Options(call.value(1), call: "list")
                    try options.check(known: ["kind", "canonicalOnly"])
                    let kind = try options.text("kind")
                    if let kind, ModelDefinition.Kind(rawValue: kind) == nil {
                        let kinds = ModelDefinition.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                        throw DecartError(
                            .invalidOptions, "kind of list must be one of \(kinds), not \(Excerpt.quoted(kind)).")
                    }
                    let models = ModelCatalog.list(
                        kind: kind.flatMap(ModelDefinition.Kind.init(rawValue:)),
                        canonicalOnly: options.table["canonicalOnly"].isTrue)
                    call.push(.table(LuaTable(sequence: models.map(LuaValue.init))))
                } catch {
                    throw LuaError(error)
                }
                return .returns
            },
        ]
    }

    /// Says once a name that it is on its way out; a queue on this machine does not care.
    func warnIfOld(_ model: ModelDefinition) {
        guard !settings.isLocal, warnedModels.insert(model.name).inserted else { return }
        switch model.state {
        case .current, .rolling: break
        case .deprecated:
            let instead = model.use.map { "; use \($0) instead" } ?? ""
            note(.warning("the model \(model.name) is deprecated\(instead)"))
        case .retired:
            note(.warning("the model \(model.name) is retired, the service may refuse it; see decart.models.list()"))
        }
    }
}

extension LuaValue {
    init(_ model: ModelDefinition) {
        var fields: [(String, LuaValue)] = [
            ("name", .text(model.name)), ("kind", .text(model.kind.rawValue)), ("state", .text(model.state.rawValue)),
        ]
        if let path = model.generatePath ?? model.streamPath { fields.append(("urlPath", .text(path))) }
        if let path = model.jobsPath { fields.append(("queueUrlPath", .text(path))) }
        if let fps = model.fps { fields.append(("fps", .integer(Int64(fps)))) }
        if let width = model.width { fields.append(("width", .integer(Int64(width)))) }
        if let height = model.height { fields.append(("height", .integer(Int64(height)))) }
        if let use = model.use { fields.append(("use", .text(use))) }
        self = .table(LuaTable(fields: fields))
    }
}
