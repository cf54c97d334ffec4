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
                    result(outcome) { keep($0) }
                })
            },
            ModuleFunction("upload", mayWait: true) { [self] call throws(LuaError) in
                let client = try client(call)
                let (file, lifetime) = try upload(call)
                return .waits(ModuleFunction.Operation {
                    await attempt { () async throws(DecartError) in
                        try await client.files.upload(file, ttlSeconds: lifetime)
                    }
                } conclude: { [self] outcome in
                    result(outcome) { LuaValue(.object($0.members)) }
                })
            },
            ModuleFunction("get", mayWait: true) { [self] call throws(LuaError) in
                let client = try client(call)
                let id = try fileID(call)
                return .waits(ModuleFunction.Operation {
                    await attempt { () async throws(DecartError) in try await client.files.get(id) }
                } conclude: { [self] outcome in
                    result(outcome) { LuaValue(.object($0.members)) }
                })
            },
            ModuleFunction("delete", mayWait: true) { [self] call throws(LuaError) in
                let client = try client(call)
                let id = try fileID(call)
                return .waits(ModuleFunction.Operation {
                    await attempt { () async throws(DecartError) in try await client.files.delete(id) }
                } conclude: { [self] outcome in
                    result(outcome) { _ in .nil }
                })
            },
            ModuleFunction("createToken", mayWait: true) { [self] call throws(LuaError) in
                let client = try client(call)
                let options = try tokenOptions(call.value(2))
                return .waits(ModuleFunction.Operation {
                    await attempt { () async throws(DecartError) in try await client.tokens.create(options) }
                } conclude: { [self] outcome in
                    result(outcome) { LuaValue(.object($0.members)) }
                })
            },
            ModuleFunction("resolve", mayWait: true) { [self] call throws(LuaError) in
                let client = try client(call)
                guard call.type(2) == .string else {
                    throw .badArgument(1, of: call.name, "string expected, got \(call.type(2).rawValue)")
                }
                let name = try call.string(2)
                return .waits(ModuleFunction.Operation {
                    await attempt { () async throws(DecartError) in try await client.models.resolve(name) }
                } conclude: { [self] outcome in
                    result(outcome) { .text($0) }
                })
            },
        ]
    }

    private func result<Value>(
        _ outcome: Result<Value, DecartError>, _ success: (Value) -> LuaValue
    ) -> OperationResult {
        switch outcome {
        case .success(let value): .values([success(value)])
        case .failure(let error): .error(LuaError(error))
        }
    }

    private func upload(_ call: borrowing HostCall) throws(LuaError) -> (FileInput, Int64?) {
        do throws(DecartError) {
            guard let file = file(call.value(2)) else {
                throw DecartError(
                    .invalidInput, "upload takes a path, a URL, decart.file(path) or a Blob, not a \(call.type(2).rawValue).")
            }
            let options = try Options(call.value(3), call: "upload")
            try options.check(known: ["ttlSeconds"])
            return (file, try options.integer("ttlSeconds").map(Int64.init))
        } catch {
            throw LuaError(error)
        }
    }

    private func fileID(_ call: borrowing HostCall) throws(LuaError) -> FileID {
        guard call.type(2) == .string else {
            throw .badArgument(1, of: call.name, "string expected, got \(call.type(2).rawValue)")
        }
        let text = try call.string(2)
        do throws(DecartError) {
            return try FileID(text)
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
