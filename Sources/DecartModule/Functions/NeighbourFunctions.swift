internal import DecartAPI
internal import DecartClient
internal import LuaVM
internal import ScriptRuntime

extension DecartModule {
    /// What the API has beside the queue. The first argument of each is the client's number.
    func neighbourFunctions() -> [ModuleFunction] {
        [
            ModuleFunction("process", mayWait: true) { [self] call throws(LuaError) in
                let client = try client(call)
                let submission = try submission(call)
                return .waits(ModuleFunction.Operation {
                    await attempt { () async throws(DecartError) in try await client.process(submission) }
                } conclude: { [self] outcome in
                    outcome.answer { keep($0) }
                })
            },
            ModuleFunction("upload", mayWait: true) { [self] call throws(LuaError) in
                let client = try client(call)
                let (file, lifetime) = try upload(call)
                return .waits(ModuleFunction.Operation {
                    await attempt { () async throws(DecartError) in
                        try await client.files.upload(file, ttlSeconds: lifetime)
                    }
                } conclude: { outcome in
                    outcome.answer { LuaValue(.object($0.members)) }
                })
            },
            ModuleFunction("get", mayWait: true) { [self] call throws(LuaError) in
                let client = try client(call)
                let id = try call.givenID(FileID.init)
                return .waits(ModuleFunction.Operation {
                    await attempt { () async throws(DecartError) in try await client.files.get(id) }
                } conclude: { outcome in
                    outcome.answer { LuaValue(.object($0.members)) }
                })
            },
            ModuleFunction("delete", mayWait: true) { [self] call throws(LuaError) in
                let client = try client(call)
                let id = try call.givenID(FileID.init)
                return .waits(ModuleFunction.Operation {
                    await attempt { () async throws(DecartError) in try await client.files.delete(id) }
                } conclude: { outcome in
                    outcome.answer
                })
            },
            ModuleFunction("createToken", mayWait: true) { [self] call throws(LuaError) in
                let client = try client(call)
                let options = try tokenOptions(call.value(2))
                return .waits(ModuleFunction.Operation {
                    await attempt { () async throws(DecartError) in try await client.tokens.create(options) }
                } conclude: { outcome in
                    outcome.answer { LuaValue(.object($0.members)) }
                })
            },
            ModuleFunction("resolve", mayWait: true) { [self] call throws(LuaError) in
                let client = try client(call)
                let name = try call.givenText(1)
                return .waits(ModuleFunction.Operation {
                    await attempt { () async throws(DecartError) in try await client.models.resolve(name) }
                } conclude: { outcome in
                    outcome.answer { .text($0) }
                })
            },
        ]
    }

    private func upload(_ call: borrowing HostCall) throws(LuaError) -> (FileInput, FileLifetime?) {
        do throws(DecartError) {
            guard let file = file(call.value(2)) else {
                throw DecartError(
                    .invalidInput,
                    "upload takes a path, a URL, decart.file(path) or a Blob, not a \(call.type(2).rawValue).")
            }
            let options = try Options(call.value(3), call: "upload")
            try options.check(known: ["ttlSeconds", "signal"])
            if case .string(let bytes) = options.table["ttlSeconds"] {
                let word = FileLifetime.persistentWord
                guard word.utf8.elementsEqual(bytes) else {
                    throw DecartError(
                        .invalidOptions,
                        "ttlSeconds of upload must be a number of seconds or \"\(word)\", "
                            + "not \(Excerpt.quoted(bytes)).")
                }
                return (file, .persistent)
            }
            return (file, try options.integer("ttlSeconds").map { .seconds(Int64($0)) })
        } catch {
            throw LuaError(error)
        }
    }

    private func tokenOptions(_ value: LuaValue) throws(LuaError) -> [String: JSONValue] {
        do throws(DecartError) {
            let options = try Options(value, call: "create")
            var members: [String: JSONValue] = [:]
            for entry in options.table.entries {
                guard let name = entry.key.text else { continue }
                do throws(DecartError) {
                    members[name] = try json(entry.value)
                } catch {
                    throw DecartError(.invalidOptions, "\(name) of create \(error.message).")
                }
            }
            return members
        } catch {
            throw LuaError(error)
        }
    }
}
