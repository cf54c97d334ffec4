public import DecartAPI
public import DecartClient
public import JobJournal
public import RunClock
internal import SeededNumbers

extension JournaledClient {
    /// Checks a job's inputs, writes it down, submits it, and writes its id down; or finds the job that it is already.
    ///
    /// - Parameter deadline: as `QueueClient.submit` has it.
    /// - Throws: as `QueueClient.submit`, and `KEY_REUSED`, `OVER_BUDGET`, `JOURNAL_UNAVAILABLE`: nothing was sent
    ///   then; `SUBMIT_UNKNOWN` also for a key whose submit is unknown; `TIMEOUT` for one that another process does not
    ///   come to an end with.
    public func submit(
        _ submission: Submission, _ terms: SubmitTerms = SubmitTerms(), deadline: RunInstant? = nil
    ) async throws(DecartError) -> JournaledJob {
        let (submission, seed) = try pinned(submission, terms)
        let prepared = try await client.queue.prepare(submission, deadline: deadline)
        let job: JournaledJob
        if let elsewhere {
            job = try await elsewhere.submit(
                prepared, terms, hasDrawnSeed: seed != nil, limit: deadline.map { $0 - clock.now })
        } else {
            job = try await submit(prepared, terms, hasDrawnSeed: seed != nil, deadline: deadline)
        }
        // One that was found again says which seed it was made with.
        guard let seed, !job.isReplayed else { return job }
        var seeded = job
        seeded.reply.members["seed"] = .integer(seed)
        return seeded
    }

    /// The same for inputs that have been checked, and for a seed that was drawn already.
    public func submit(
        _ prepared: PreparedSubmission, _ terms: SubmitTerms, hasDrawnSeed: Bool, deadline: RunInstant? = nil
    ) async throws(DecartError) -> JournaledJob {
        switch try await ticket(prepared, terms, hasDrawnSeed: hasDrawnSeed) {
        case .unrecorded:
            return JournaledJob(
                reply: try await client.queue.submit(prepared, deadline: deadline), isReplayed: false)
        case .known(let row):
            return try replay(row)
        case .send(let sending):
            do throws(DecartError) {
                let reply = try await client.queue.submit(prepared, deadline: deadline)
                await journal.accepted(sending, reply.id)
                return JournaledJob(reply: reply, isReplayed: false)
            } catch {
                await conclude(sending, error)
                throw error
            }
        }
    }

    /// Writes down how a submit went wrong.
    func conclude(_ sending: SubmitInFlight, _ error: DecartError) async {
        // A submit that was cancelled late has a job all the same.
        if let text = error.data["job_id"]?.text, let id = try? JobID(text) {
            await journal.accepted(sending, id)
        } else if error.isOutcomeUnknown {
            await journal.lost(sending, error)
        } else {
            await journal.refused(sending, error)
        }
    }

    /// Asks the journal.
    func ticket(
        _ prepared: PreparedSubmission, _ terms: SubmitTerms, hasDrawnSeed: Bool
    ) async throws(DecartError) -> SubmitTicket {
        guard journal.looksAt(terms) else { return .unrecorded }
        let model = prepared.model
        var canonical: String?
        // Worth a question only where the answer is kept.
        if model.state == .rolling, journal.isLasting {
            canonical = await aliases.meaning(of: model.name) { [client] in
                do throws(DecartError) { return try await client.models.resolve(model.name) } catch { return nil }
            }
        }
        return try await journal.admit(
            draft(prepared, terms, hasDrawnSeed: hasDrawnSeed, canonical: canonical))
    }

    /// What the journal is told of a form.
    func draft(
        _ prepared: PreparedSubmission, _ terms: SubmitTerms, hasDrawnSeed: Bool, canonical: String?
    ) async throws(DecartError) -> JobDraft {
        let facts = try await FormFacts.of(prepared, on: clock)
        let terms = trustsLengths ? terms : try distrusted(terms, facts, prepared)
        let content = JobContent(
            server: server, account: "", model: prepared.model.name, path: prepared.path, fields: facts.fields,
            files: facts.files, hasDrawnSeed: hasDrawnSeed)
        return JobDraft(
            content: content, key: client.configuration.apiKey.map { Array($0.secret.utf8) },
            use: prepared.model.use, canonical: canonical, inputSeconds: facts.seconds, terms: terms)
    }

    /// The least that a result is taken to last whose length only the caller knows, in seconds.
    private static let unknownLength = 30.0

    /// What a caller who may lie says counts only where it makes a job dearer. What it sends has to be what the estimate
    /// goes by.
    private func distrusted(
        _ terms: SubmitTerms, _ facts: FormFacts, _ prepared: PreparedSubmission
    ) throws(DecartError) -> SubmitTerms {
        func refused(_ field: String, _ reason: String) -> DecartError {
            DecartError(.permissionDenied, "\(reason) No job was submitted.", data: ["what": .string(field)])
        }
        let inputs = prepared.model.inputs
        for part in prepared.form.parts {
            let known = inputs?.fields.first { $0.name == part.name }
            if inputs != nil, known == nil {
                throw refused(
                    part.name, "\(Excerpt.quoted(part.name)) is not an input of the model \(prepared.model.name).")
            }
            let isFile = known?.isFile ?? (part.name == "data")
            if isFile, case .text = part.content {
                throw refused(part.name, "\(Excerpt.quoted(part.name)) has to be a file, and is text.")
            }
        }
        if facts.hasVideo, facts.seconds == nil {
            throw refused(
                "data",
                "How long the video plays cannot be read off it, and so not what the job costs. Under --sandbox a "
                    + "maxSeconds does not stand in for that: send an MP4 or QuickTime file with a whole index "
                    + "('ffmpeg -i IN OUT.mp4' makes one).")
        }
        var terms = terms
        guard let claimed = terms.maxSeconds else { return terms }
        if let seconds = facts.seconds {
            guard claimed >= Double(seconds) else {
                throw DecartError(
                    .permissionDenied,
                    "maxSeconds is \(claimed), but the video that is sent plays for \(seconds) s. No job was submitted.",
                    data: ["what": "maxSeconds"])
            }
        } else {
            terms.maxSeconds = max(claimed, Self.unknownLength)
        }
        return terms
    }

    /// The submission with a seed that was drawn here, if that is wanted and none was given.
    func pinned(
        _ submission: Submission, _ terms: SubmitTerms
    ) throws(DecartError) -> (Submission, seed: Int64?) {
        guard terms.pinsSeed, submission.inputs["seed"] == nil else { return (submission, nil) }
        if let schema = submission.model.inputs, !schema.fields.contains(where: { $0.name == "seed" }) {
            throw DecartError(
                .invalidOptions,
                "pinSeed: the model \(Excerpt.quoted(submission.model.name)) takes no seed. Leave pinSeed out.")
        }
        var pinned = submission
        let seed = Int64(chance.unit() * 4_294_967_296)
        pinned.inputs["seed"] = .integer(seed)
        return (pinned, seed)
    }

    /// What a submit answers for a job that was submitted before.
    private func replay(_ row: JobRow) throws(DecartError) -> JournaledJob {
        guard let text = row.jobID else {
            throw DecartError(.notFound, "The job \(row.id) has no id at the server: it was made at once, by process.")
        }
        let id = try JobID(text)
        let status: JobStatus =
            switch row.state {
            case .running: .processing
            case .completed, .fetched, .consumed: .completed
            case .failed: .failed
            case .expired: JobStatus(rawValue: "expired")
            default: .pending
            }
        var members: [String: JSONValue] = [
            "job_id": .string(text), "status": .string(status.rawValue), "replayed": true,
        ]
        members["seed"] = row.seed.map { .integer($0) }
        if status == .failed { members["error"] = row.error.map { .string($0) } }
        return JournaledJob(
            reply: JobReply(id: id, status: status, members: members), isReplayed: true,
            isFetched: row.state == .fetched, run: row.run)
    }
}
