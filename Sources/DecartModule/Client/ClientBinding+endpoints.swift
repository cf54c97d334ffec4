internal import DecartAPI
internal import DecartClient
internal import JournaledClient
internal import LuaVM
internal import PlainErrors
internal import ScriptReference
internal import ScriptRuntime

// What the API has beside the queue.
extension ClientBinding {
    func clientGroup() -> ScriptGroup {
        ScriptGroup(
            GroupDescription(
                "client", type: "Client", "What `decart.createDecartClient` returns.",
                fields: [
                    FieldDescription("queue", .named("Queue"), "Jobs: submit, poll, fetch."),
                    FieldDescription("files", .named("Files"), "Files that the service keeps for a while."),
                    FieldDescription("tokens", .named("Tokens"), "Short-lived keys for others."),
                    FieldDescription("models", .named("ClientModels"), "What the service says of its models."),
                ]),
            [processFunction()])
    }

    private func processFunction() -> ScriptFunction {
        ScriptFunction(
            "process", "Makes a picture and waits for it; for image models.", receiver, inputs.parameter,
            gives: [ResultDescription(.named("Blob"))], waits: true, signalAt: 1
        ) { [self] _, held, given throws(LuaError) in
            let client = held.paid
            return .call { () async throws(DecartError) in
                try await client.process(given.submission, given.terms)
            } conclude: { [self] outcome in
                outcome.result { blobs.keep($0.blob, source: $0.origin.map { BlobSource(client: client, origin: $0) }) }
            }
        }
    }

    func filesGroup() -> ScriptGroup {
        ScriptGroup(
            GroupDescription("client.files", type: "Files", "Files that the service keeps for a while."),
            [uploadFunction(), getFunction(), deleteFunction()])
    }

    private func uploadFunction() -> ScriptFunction {
        let file = Parameter<FileInput>(
            "file", SubmissionInputs.fileType, "What is uploaded; what stands behind a URL is fetched first."
        ) { [inputs] call, position, _ throws(LuaError) in
            let value = call.value(position)
            guard let file = inputs.file(value) else {
                throw LuaError(
                    DecartError(
                        .invalidInput,
                        "upload takes a path, a URL, decart.file(path) or a Blob, not a \(value.typeName.rawValue)."))
            }
            return try raising { () throws(DecartError) in try inputs.permitted(file) }
        }
        return ScriptFunction(
            "upload", "Uploads a file, streamed from disk whatever its size.", receiver, file,
            Argument.options([
                OptionDescription(
                    "ttlSeconds", .either([.integer(unit: .seconds), .choice([FileLifetime.persistentWord])]),
                    unlessGiven: "as long as the service likes, which is a day", "How long it is kept: 60 to 2592000."),
                OptionDescription("signal", .signal, "Cancels the call."),
            ]), gives: [ResultDescription(.named("StoredFile"))], waits: true
        ) { _, held, file, options throws(LuaError) in
            let files = held.client.files
            let seconds = options.integer("ttlSeconds").map { FileLifetime.seconds(Int64($0)) }
            let lifetime = options.text("ttlSeconds") == nil ? seconds : .persistent
            return .call { () async throws(DecartError) in
                try await files.upload(file, ttlSeconds: lifetime)
            } conclude: {
                $0.result { LuaValue(.object($0.members)) }
            }
        }
    }

    private static var fileID: Parameter<FileID> {
        Argument.id("id", "The file's id, as `upload` gave it.", make: FileID.init)
    }

    private func getFunction() -> ScriptFunction {
        ScriptFunction(
            "get", "What the service knows of a file.", receiver, Self.fileID,
            gives: [ResultDescription(.named("StoredFile"))], waits: true
        ) { _, held, id throws(LuaError) in
            let files = held.client.files
            return .call { () async throws(DecartError) in
                try await files.get(id)
            } conclude: {
                $0.result { LuaValue(.object($0.members)) }
            }
        }
    }

    private func deleteFunction() -> ScriptFunction {
        ScriptFunction("delete", "Has the service forget a file.", receiver, Self.fileID, waits: true) {
            _, held, id throws(LuaError) in
            let files = held.client.files
            return .call { () async throws(DecartError) in
                try await files.delete(id)
            } conclude: {
                $0.result
            }
        }
    }

    func tokensGroup() -> ScriptGroup {
        let options = Parameter<[String: JSONValue]>("options", .options(Self.tokenOptions), isOptional: true) {
            call, position, _ throws(LuaError) in try Self.tokenOptions(call.value(position))
        }
        return ScriptGroup(
            GroupDescription("client.tokens", type: "Tokens", "Short-lived keys, for programs one does not trust."),
            [
                ScriptFunction(
                    "create", "Has a token issued.", receiver, options,
                    gives: [ResultDescription(.named("Token"))], waits: true
                ) { _, held, options throws(LuaError) in
                    let tokens = held.client.tokens
                    return .call { () async throws(DecartError) in
                        try await tokens.create(options)
                    } conclude: {
                        $0.result { LuaValue(.object($0.members)) }
                    }
                }
            ])
    }

    private static let tokenOptions = [
        OptionDescription("expiresIn", .integer(atLeast: 1, atMost: 3600, unit: .seconds), "How long it is good for."),
        OptionDescription("allowedModels", .list(.string), "Only these models; at most 20."),
        OptionDescription("allowedOrigins", .list(.string), "Only from these origins; at most 20."),
        OptionDescription("metadata", .table, "Kept with it."),
        OptionDescription("constraints", .table, "As the service documents them."),
    ]

    /// The rules of a token are checked with all their problems in one error, further on.
    private static func tokenOptions(_ value: LuaValue) throws(LuaError) -> [String: JSONValue] {
        guard case .table(let table) = value else {
            if value == .nil { return [:] }
            throw .invalidOptions("create takes a table of options, not a \(value.typeName.rawValue).")
        }
        var members: [String: JSONValue] = [:]
        for entry in table.entries {
            guard let name = entry.key.text else { continue }
            do throws(DecartError) {
                members[name] = try JSONValue(entry.value)
            } catch {
                throw .invalidOptions("\(name) of create \(error.message).")
            }
        }
        return members
    }

    func modelsGroup() -> ScriptGroup {
        ScriptGroup(
            GroupDescription("client.models", type: "ClientModels", "What the service says of its models."),
            [
                ScriptFunction(
                    "resolve", "The model that a name means right now: an alias such as \"lucy-latest\" moves.",
                    receiver, Argument.string("name", "Any name."), gives: [ResultDescription(.string)], waits: true
                ) { _, held, name throws(LuaError) in
                    let models = held.client.models
                    return .call { () async throws(DecartError) in
                        try await models.resolve(name)
                    } conclude: {
                        $0.result { .text($0) }
                    }
                }
            ])
    }

    static let fileRecord = RecordDescription(
        "StoredFile", "A file that the service keeps; the server's other members are there too.",
        fields: [
            FieldDescription("id", .string, "Such as \"file_…\"."), FieldDescription("filename", .string, "Its name."),
            FieldDescription("mime_type", .string, "Its media type."),
            FieldDescription("size_bytes", .integer(unit: .bytes), "How many bytes."),
            FieldDescription("created_at", .string, "When it was uploaded."),
            FieldDescription("expires_at", .string, isOptional: true, "When the service forgets it."),
        ])

    static let tokenRecord = RecordDescription(
        "Token", "A short-lived key. It is a secret.",
        fields: [
            FieldDescription("apiKey", .string, "The key itself, \"ek_…\"."),
            FieldDescription("expiresAt", .string, isOptional: true, "When it ends."),
            FieldDescription("permissions", .table, isOptional: true, "What it may do."),
            FieldDescription("constraints", .table, isOptional: true, "What it was issued with."),
        ])
}
