internal import DecartAPI
internal import DecartClient
internal import LuaVM
internal import RunClock
internal import ScriptRuntime

extension DecartModule {
    /// The first argument of each is the client's number; those that the script gave follow.
    func queueFunctions() -> [ModuleFunction] {
        [
            ModuleFunction("submit", mayWait: true) { [self] call throws(LuaError) in
                let queue = try client(call).queue
                let submission = try submission(call)
                let jobs = jobs
                return .waits(ModuleFunction.Operation {
                    jobs.submitBegan()
                    defer { jobs.submitEnded() }
                    return await attempt { () async throws(DecartError) in try await queue.submit(submission) }
                } conclude: { [self] outcome in
                    answer(outcome) { reply in
                        submitted(reply.id)
                        return value(of: reply)
                    }
                })
            },
            ModuleFunction("status", mayWait: true) { [self] call throws(LuaError) in
                let queue = try client(call).queue
                let id = try call.givenID(JobID.init)
                watchPace(of: id)
                return .waits(ModuleFunction.Operation(through: looks[try call.integer(1)]) {
                    await attempt { () async throws(DecartError) in try await queue.status(id) }
                } conclude: { [self] outcome in
                    answer(outcome, about: id) { value(of: $0) }
                })
            },
            ModuleFunction("result", mayWait: true) { [self] call throws(LuaError) in
                let queue = try client(call).queue
                let id = try call.givenID(JobID.init)
                let destination = try destination(call.value(3))
                let progress = progress(call.value(4))
                return .waits(ModuleFunction.Operation {
                    await attempt { () async throws(DecartError) in
                        try await queue.result(id, to: destination) { progress?.update($0, $1) }
                    }
                } conclude: { [self] outcome in
                    answer(outcome, about: id) { blob in
                        var blob = blob
                        gone(id)
                        if blob.name == nil { blob.name = "\(id).\(MediaType.fileExtension(of: blob.type) ?? "bin")" }
                        return keep(blob)
                    }
                })
            },
            // A place for `result` to write how far it has come; `progressOf` reads it, `endProgress` gives it back.
            ModuleFunction("progress") { [self] call throws(LuaError) in
                nextProgress += 1
                progresses[nextProgress] = Progress()
                call.push(.integer(Int64(nextProgress)))
                return .returns
            },
            ModuleFunction("progressOf") { [self] call throws(LuaError) in
                guard let now = progress(call.value(1))?.now else { return .returns }
                call.push(.integer(Int64(now.received)))
                call.push(now.total.map { .integer(Int64($0)) } ?? .nil)
                return .returns
            },
            ModuleFunction("endProgress") { [self] call throws(LuaError) in
                progresses[try call.integer(1)] = nil
                return .returns
            },
        ]
    }

    /// Whoever looks at one job more often than every 50 ms for a second has probably taken milliseconds for seconds.
    private func watchPace(of id: JobID) {
        guard !hasWarnedOfPace else { return }
        let now = clock.now
        guard let pace, pace.job == id, now - pace.last < .milliseconds(50) else {
            pace = (id, now, now)
            return
        }
        self.pace?.last = now
        guard now - pace.since >= .seconds(1) else { return }
        hasWarnedOfPace = true
        note(.warning("job \(id) is looked at more often than every 50 ms; decart.sleep takes milliseconds"))
    }

    private func progress(_ value: LuaValue) -> Progress? {
        if case .integer(let id) = value { progresses[Int(id)] } else { nil }
    }

    func submission(_ call: borrowing HostCall) throws(LuaError) -> Submission {
        guard case .table(let table) = call.value(2) else {
            throw .badArgument(1, of: call.name, "table expected, got \(call.type(2).rawValue)")
        }
        do throws(DecartError) {
            let model = try model(table["model"])
            warnIfOld(model)
            return Submission(model: model, inputs: try inputs(table))
        } catch {
            throw LuaError(error)
        }
    }

    private func destination(_ value: LuaValue) throws(LuaError) -> ResultDestination {
        do throws(DecartError) {
            let options = try Options(value, call: "result")
            try options.check(known: ["path", "onProgress", "signal"])
            return try options.text("path").map { .path($0) } ?? .automatic
        } catch {
            throw LuaError(error)
        }
    }

    /// A job's reply as scripts see it, and as the ledger does.
    private func value(of reply: JobReply) -> LuaValue {
        saw(reply)
        return LuaValue(.object(reply.members))
    }

    /// What a script gets of a call about a job, or of a submit; the ledger learns of it too.
    private func answer<Value>(
        _ outcome: Result<Value, DecartError>, about id: JobID? = nil, _ success: (Value) -> LuaValue
    ) -> OperationResult {
        if case .failure(let error) = outcome {
            if let id, error.code == .notFound { gone(id) }
            if error.code == .submitUnknown { jobs.submitLost() }
            // A submit that was cancelled late may have made a job all the same.
            if id == nil, let known = error.data["job_id"]?.text, let job = try? JobID(known) { submitted(job) }
        }
        return outcome.answer(success)
    }
}
