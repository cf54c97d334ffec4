internal import DecartAPI
internal import DecartClient
internal import JobJournal
internal import JournaledClient
internal import LuaVM
internal import PlainErrors
internal import RunClock
internal import ScriptReference
internal import ScriptRuntime

/// `client.queue`: submit, status, result, and the waits for a job that `queue.lua` runs.
final class QueueBinding {
    let clock: any RunClock
    let clients: ClientBinding
    private let files: (any FileGuard)?
    /// The jobs that this run has submitted and not seen the end of.
    let jobs: JobLedger
    private let note: @Sendable (Notice) -> Void
    private var pace = PaceWatch()
    private var progresses: [Int: Progress] = [:]
    /// What is known of jobs that this run has submitted. Only a hint, so it may be dropped when it has grown large.
    private(set) var submits: [JobID: SubmittedJob] = [:]
    var waits: [Int: HeldWait] = [:]
    private var nextID = 0

    /// A job that this run has submitted.
    struct SubmittedJob {
        var reply: JobReply
        var model: String
        /// When the submit began, and when its reply had come.
        var begun, accepted: RunInstant
    }

    init(
        clients: ClientBinding, files: (any FileGuard)?, jobs: JobLedger, clock: any RunClock,
        note: @escaping @Sendable (Notice) -> Void
    ) {
        self.clients = clients
        self.files = files
        self.jobs = jobs
        self.clock = clock
        self.note = note
    }

    func install(in runtime: isolated ScriptRuntime) throws(LuaError) {
        runtime.describe { Self.records }
        try runtime.announce(
            ScriptPart(
                "queue", source: { PackageResources.queue_lua }, provides: ["queue", "ask_policy"],
                primitives: { [self] in
                    [submitPrimitive(), resultPrimitive()] + progressPrimitives() + waitPrimitives()
                },
                groups: { [self] in
                    [
                        ScriptGroup(
                            GroupDescription("client.queue", type: "Queue", "Jobs: submit, poll, fetch."),
                            [submitFunction(), statusFunction(), enqueueFunction()] + Self.rowsInLua)
                    ]
                }))
    }

    func makeID() -> Int {
        nextID += 1
        return nextID
    }

    // MARK: Functions

    private func submitFunction() -> ScriptFunction {
        ScriptFunction(
            "submit", "Submits a job and returns as soon as the queue has given it an id.", clients.receiver,
            clients.inputs.parameter, gives: [ResultDescription(.named("Job"))], waits: true, signalAt: 1,
            details: "A lost reply is `SUBMIT_UNKNOWN`: there may be a job, and a bill. Nothing is sent a second time."
        ) { [self] _, held, given throws(LuaError) in
            submit(given, to: held.paid)
        }
    }

    /// client, inputs, milliseconds that the submit may take
    private func submitPrimitive() -> ModuleFunction {
        ModuleFunction("submit", mayWait: true, hiddenArguments: 1) { [self] call throws(LuaError) in
            let client = try clients.held(call, 1).paid
            let given = try clients.inputs.parameter.value(of: call, at: 2)
            return submit(given, to: client, within: .fromMilliseconds(try call.number(3)))
        }
    }

    private func submit(
        _ given: GivenSubmission, to client: JournaledClient, within limit: Duration? = nil
    ) -> ModuleFunction.Completion {
        var terms = given.terms
        if let limit { terms.patience = limit }
        let asked = terms
        let jobs = jobs
        let begun = clock.now
        return .call { () async throws(DecartError) in
            jobs.submitBegan()
            defer { jobs.submitEnded() }
            return try await client.submit(given.submission, asked, deadline: limit.map { begun + $0 })
        } conclude: { [self] outcome in
            conclude(outcome) { job in
                // One whose result is on disk already leaves nothing behind.
                if !job.isFetched { jobs.submitted(job.reply.id) }
                remember(job.reply, of: given.submission.model.name, begun: begun)
                return value(of: job.reply)
            }
        }
    }

    private func statusFunction() -> ScriptFunction {
        let jobID = Argument.jobID
        return ScriptFunction(
            "status", "The job's status now: one poll.", reading: [jobID.description], hidden: 1,
            gives: [ResultDescription(.named("Job"))], waits: true,
            details: "A job that the server does not know, or no more, is `NOT_FOUND`."
        ) { [self] call throws(LuaError) in
            let held = try clients.held(call, 1)
            let id = try jobID.value(of: call, at: 2)
            watchPace(of: id)
            return .poll(id, held.polls, through: held.gate) { [self] outcome in
                conclude(outcome, about: id) { value(of: $0) }
            }
        }
    }

    private func enqueueFunction() -> ScriptFunction {
        ScriptFunction(
            "enqueue", "Writes a job down for `decart-lua work` to do, on this machine or another. Nothing is sent.",
            clients.receiver, clients.inputs.queued, gives: [ResultDescription(.named("JournaledJob"))], waits: true,
            details: "Its inputs are checked now. Files must be paths, and are read again when the job is done. A job "
                + "whose key is known with the same inputs is that job, and has `replayed = true`."
        ) { _, held, given throws(LuaError) in
            let client = held.paid
            let order = JobOrder(given.submission, terms: given.terms, priority: given.priority)
            return .call { () async throws(DecartError) in
                do throws(EnqueueError) {
                    return try await client.enqueue([order])
                } catch {
                    throw error.first
                }
            } conclude: {
                $0.result { jobs in
                    guard let job = jobs.first, case .object(var members) = job.row.listed.json else { return .nil }
                    if !job.isNew { members["replayed"] = true }
                    return LuaValue(.object(members))
                }
            }
        }
    }

    /// client, id, path or nil, number of a `progress` or nil
    private func resultPrimitive() -> ModuleFunction {
        ModuleFunction("result", mayWait: true, hiddenArguments: 1) { [self] call throws(LuaError) in
            let client = try clients.held(call, 1).paid
            let id = try Argument.jobID.value(of: call, at: 2)
            let destination = call.value(3).bytes.map { ResultDestination.path(BytePath(bytes: $0)) } ?? .automatic
            if case .path(let path) = destination {
                try raising { () throws(DecartError) in try files?.check(.write, path) }
            }
            let progress = progress(call.value(4))
            return .call { () async throws(DecartError) in
                try await client.result(id, to: destination) { progress?.update($0, $1) }
            } conclude: { [self] outcome in
                conclude(outcome, about: id) { result in
                    jobs.gone(id)
                    var blob = result.blob
                    if blob.name == nil {
                        blob.name = BytePath("\(id).\(MediaType.fileExtension(of: blob.type) ?? "bin")")
                    }
                    let source = result.origin.map { BlobSource(client: client, origin: $0) }
                    return clients.blobs.keep(blob, source: source)
                }
            }
        }
    }

    /// `progress` makes a place for `result` to write how far it has come; `progressOf` reads it, `endProgress` gives it
    /// back.
    private func progressPrimitives() -> [ModuleFunction] {
        [
            ModuleFunction("progress") { [self] call throws(LuaError) in
                let id = makeID()
                progresses[id] = Progress()
                call.push(.integer(Int64(id)))
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

    private func progress(_ value: LuaValue) -> Progress? {
        if case .integer(let id) = value { progresses[Int(id)] } else { nil }
    }

    // MARK: Bookkeeping

    func watchPace(of id: JobID) {
        guard pace.polls(id, at: clock.now) else { return }
        note(.warning("job \(id) is polled more often than every 50 ms; decart.sleep takes milliseconds", about: id))
    }

    private func remember(_ reply: JobReply, of model: String, begun: RunInstant) {
        if submits.count == 10_000 { submits = [:] }
        submits[reply.id] = SubmittedJob(reply: reply, model: model, begun: begun, accepted: clock.now)
    }

    /// A job's reply as scripts see it, and as the ledger does.
    func value(of reply: JobReply) -> LuaValue {
        jobs.saw(reply)
        return LuaValue(.object(reply.members))
    }

    /// What the ledger learns of a call about a job, or of a submit, that failed.
    func noteFailure(_ error: DecartError, about id: JobID?) {
        if let id, error.code == .notFound { jobs.gone(id) }
        if error.code == .submitUnknown { jobs.submitLost() }
        // A submit that was cancelled late may have made a job all the same.
        if id == nil, let known = error.data["job_id"]?.text, let job = try? JobID(known) { jobs.submitted(job) }
    }

    private func conclude<Value>(
        _ outcome: Result<Value, DecartError>, about id: JobID? = nil, _ success: (Value) -> LuaValue
    ) -> OperationResult {
        if case .failure(let error) = outcome { noteFailure(error, about: id) }
        return outcome.result(success)
    }
}
