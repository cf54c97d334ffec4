internal import DecartAPI
internal import DecartClient
internal import JobJournal
internal import LuaVM
internal import PlainErrors
internal import ScriptReference
internal import ScriptRuntime

/// What a table of inputs says.
struct GivenSubmission: Sendable {
    var submission: Submission
    var terms: SubmitTerms
    /// Of `enqueue`.
    var priority = 0
}

/// The table that `submit` and its like take: a model, a job's inputs, and what else there is to say of the job.
struct SubmissionInputs {
    let blobs: BlobBinding
    let models: ModelBinding
    let guardian: (any FileGuard)?

    static let fileType = ScriptType.either([.string, .named("File"), .named("Blob")])

    var parameter: Parameter<GivenSubmission> {
        Parameter("inputs", .named("Inputs"), "The model, and what it is given, by field.") {
            call, position, _ throws(LuaError) in
            guard case .table(let table) = call.value(position) else {
                throw call.badArgument(position, "table expected, got \(call.type(position).rawValue)")
            }
            return try raising { () throws(DecartError) in try given(table) }
        }
    }

    /// What `enqueue` takes.
    var queued: Parameter<GivenSubmission> {
        Parameter("inputs", .named("EnqueueInputs"), "The model, and what it is given, by field.") {
            call, position, function throws(LuaError) in
            guard case .table(var table) = call.value(position) else {
                throw call.badArgument(position, "table expected, got \(call.type(position).rawValue)")
            }
            for name in ["payTwice", "reuse", "row"] where table[name] != .nil {
                throw .invalidOptions("\(name) means nothing for \(function): the job is sent later, by somebody else.")
            }
            let priority = table["priority"]
            table.entries.removeAll { $0.key.text == "priority" }
            guard priority == .nil || priority.double.flatMap({ Int32(exactly: $0) }) != nil else {
                throw .invalidOptions("priority must be a whole number; higher ones are taken first.")
            }
            let rest = table
            return try raising { () throws(DecartError) in
                var given = try given(rest)
                given.priority = priority.double.map { Int($0) } ?? 0
                return given
            }
        }
    }

    private func given(_ table: LuaTable) throws(DecartError) -> GivenSubmission {
        let model = try Self.model(table["model"])
        models.warnIfOld(model)
        var inputs = try inputs(table)
        if guardian != nil {
            for (name, value) in model.normalised(inputs).sorted(by: { $0.key < $1.key }) {
                if case .file(let file) = value { inputs[name] = .file(try permitted(file)) }
            }
        }
        return GivenSubmission(submission: Submission(model: model, inputs: inputs), terms: try SubmitTerms(table))
    }

    /// The most that is read of a file which the user was asked about, in bytes.
    private static let givenLimit = 1 << 30

    /// The file, as what is in it where the user was asked about it.
    ///
    /// - Throws: `PERMISSION_DENIED` for a file that the script may not read.
    func permitted(_ file: FileInput) throws(DecartError) -> FileInput {
        guard case .path(let path) = file, let given = try guardian?.open(.read, path) else { return file }
        do throws(FileSystemError) {
            let bytes = try given.read(limit: Self.givenLimit)
            return .blob(
                Blob(bytes: bytes, type: MediaType.ofFile(named: path.description), name: path.lastComponent))
        } catch {
            throw DecartError(
                .fileError, "\(Excerpt.quoted(path.bytes, limit: 200)) cannot be read: \(error.reason).",
                cause: error.reason)
        }
    }

    private static func isOption(_ name: String?) -> Bool {
        name == "model" || SubmitTerms.options.contains { $0.name == name }
    }

    /// A model: its name, or a table with one.
    static func model(_ value: LuaValue) throws(DecartError) -> ModelDefinition {
        switch value {
        case .string(let bytes):
            return try ModelCatalog.find(jobsOf: String(decoding: bytes, as: UTF8.self))
        case .table(let table):
            guard let name = table["name"].text else {
                throw DecartError(
                    .invalidInput,
                    "model is a table without a name. Pass decart.models.video(name), or { name=, queueUrlPath=, "
                        + "urlPath= }.")
            }
            if let kind = table["kind"].text.flatMap(ModelDefinition.Kind.init(rawValue:)), table["state"] != .nil {
                return try ModelCatalog.find(name: name, kind: kind)
            }
            return ModelDefinition(
                name: name, kind: .video, jobsPath: table["queueUrlPath"].text, generatePath: table["urlPath"].text)
        case .nil:
            throw DecartError(
                .invalidInput, "No model was given. Pass model = decart.models.video(name), or a model's name.")
        case let other:
            throw DecartError(.invalidInput, "model must be a model or its name, not a \(other.typeName.rawValue).")
        }
    }

    /// A job's inputs, all but the model.
    private func inputs(_ table: LuaTable) throws(DecartError) -> [String: InputValue] {
        var inputs: [String: InputValue] = [:]
        var problems: [InputProblem] = []
        for entry in table.entries where !Self.isOption(entry.key.text) {
            guard case .string = entry.key, let name = entry.key.text else {
                problems.append(
                    InputProblem(field: "inputs", rule: "must have names as keys", given: entry.key.typeName.rawValue))
                continue
            }
            do throws(DecartError) {
                inputs[name] = try input(entry.value)
            } catch {
                problems.append(InputProblem(field: name, rule: error.message, given: entry.value.typeName.rawValue))
            }
        }
        if !table.sequence.isEmpty {
            problems.append(
                InputProblem(
                    field: "inputs", rule: "must have names as keys", given: "a list of \(table.sequence.count)"))
        }
        guard problems.isEmpty else { throw .invalidInput(problems, model: table["model"].text ?? "this model") }
        return inputs
    }

    private func input(_ value: LuaValue) throws(DecartError) -> InputValue {
        switch value {
        case .boolean(let boolean): return .boolean(boolean)
        case .integer(let integer): return .integer(integer)
        case .number(let number): return .number(number)
        case .string(let bytes): return .bytes(bytes)
        case .table(let table) where table.metatable != "file": return .json(try JSONValue(value))
        case .object, .table, .nil, .opaque:
            guard let file = file(value) else { throw DecartError(.invalidInput, "must be a value, a file or a Blob") }
            return .file(file)
        }
    }

    /// A path, a URL, a Blob or what `decart.file` made; nil for anything else.
    func file(_ value: LuaValue) -> FileInput? {
        switch value {
        case .object(let object) where object.kind == "blob": return blobs.blob(object.id).map { .blob($0) }
        case .table(let table) where table.metatable == "file":
            return table["path"].bytes.map { .path(BytePath(bytes: $0)) }
        case .string(let bytes): return FileInput(pathOrURL: bytes)
        default: return nil
        }
    }
}
