import DecartAPI
import DecartClient
import JobJournal
import JournaledClient
import RunClock
import SandboxLink

// What costs.
extension KeeperSession {
    func checkPaid(_ linked: LinkedSubmit) throws(PermissionRefusal) {
        guard settings.paid != nil else { throw PermissionRefusal("There is no server to submit to.") }
        guard settings.mayPay else {
            throw PermissionRefusal(
                "The script may pay for nothing. --cap DOLLARS allows it to spend so much.", flag: "--cap")
        }
        let start = linked.isPicture ? "/v1/generate/" : "/v1/jobs/"
        let name = linked.path.dropFirst(start.utf8.count)
        guard linked.path.hasPrefix(start), !name.isEmpty, name != ".", name != "..",
            name.utf8.allSatisfy({ byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "-_.".utf8.contains(byte)
            })
        else {
            throw PermissionRefusal(
                "Under --sandbox jobs are posted to \(start)MODEL, and to no other path of the server.")
        }
        guard linked.terms["row"] == nil else {
            throw PermissionRefusal("Under --sandbox a script has only the jobs that it submits: leave row out.")
        }
        try FormCheck.check(linked.parts)
        // What a job costs goes by its fields: of two with one name, the server may take the other.
        guard Set(linked.parts.map(\.name)).count == linked.parts.count else {
            throw PermissionRefusal("A field of a job was given twice.")
        }
    }

    func submit(_ number: UInt32, _ linked: LinkedSubmit, _ form: MultipartForm, _ credit: CreditGate) async {
        settings.news.submitBegan()
        defer { settings.news.submitEnded() }
        do throws(DecartError) {
            guard let paid = settings.paid else { return }
            let prepared = PreparedSubmission(model: Self.model(of: linked), path: linked.path, form: form)
            let terms = SubmitTerms(linked: linked.terms)
            let hasDrawnSeed = linked.terms["hasDrawnSeed"] == true
            guard !linked.isPicture else {
                let result = try await paid.process(prepared, terms, hasDrawnSeed: hasDrawnSeed)
                if let found = result.foundIn, !isOfRun(found.run) { throw Self.foreignKey }
                return await hand(over: result.blob, number, credit)
            }
            let job = try await paid.submit(
                prepared, terms, hasDrawnSeed: hasDrawnSeed, deadline: linked.limit.map { settings.clock.now + $0 })
            let id = job.reply.id
            onLoop { session in
                let isKnown = session.rules.hasMade(job: id)
                // A key is enough to find a job, also one that a script was not to know of. What an earlier process has
                // made of a run that goes on is its own.
                if job.isReplayed, !isKnown, !session.isOfRun(job.run) {
                    return session.send(.failed(Self.foreignKey), of: number)
                }
                if !job.isFetched, !isKnown { session.settings.news.submitted(id) }
                session.rules.made(job: id)
                session.send(
                    .job(job.reply.members, isReplayed: job.isReplayed, isFetched: job.isFetched), of: number)
            }
        } catch {
            settings.news.submitFailed(error)
            // What the journal knows of the other job is not for the script.
            if error.code == .keyReused { return send(.failed(Self.foreignKey), of: number) }
            // A submit that was cancelled late has a job all the same.
            if let text = error.data["job_id"]?.text, let id = try? JobID(text) { onLoop { $0.rules.made(job: id) } }
            send(.failed(error), of: number)
        }
    }

    /// Whether that is this run, and one that may be met again: a name that was made up is not.
    private func isOfRun(_ name: String?) -> Bool {
        guard let run = settings.paid?.journal.settings.run, run.isNamed else { return false }
        return name == run.name
    }

    private static let foreignKey = DecartError(
        .keyReused,
        "The key is that of a job with other inputs, or of another run: under --sandbox a script has only the jobs of its "
            + "own. Nothing was submitted. Take another key; --run NAME and --resume-run NAME go on with a run.")

    /// The model that is posted to: by the path, which the price goes by, and the name. One that nobody knows has no
    /// price, so that no cap lets it pass.
    private static func model(of linked: LinkedSubmit) -> ModelDefinition {
        let known = ModelCatalog.list().filter {
            (linked.isPicture ? $0.generatePath : $0.jobsPath) == linked.path
        }
        return known.first { $0.name == linked.model } ?? known.first
            ?? ModelDefinition(
                name: linked.model, kind: linked.isPicture ? .image : .video,
                jobsPath: linked.isPicture ? nil : linked.path, generatePath: linked.isPicture ? linked.path : nil)
    }

    /// A server may repeat what it was sent, the key too.
    private func send(_ outcome: LinkedOutcome, of number: UInt32) {
        let payload = outcome.scrubbed(key).payload
        guard payload.count > FrameKind.outcome.limit else { return send(Frame(.outcome, number, payload)) }
        // The job is the script's, whatever else the server says of it.
        send(Frame(.outcome, number, outcome.shortened.payload))
    }

    private func hand(over blob: Blob, _ number: UInt32, _ credit: CreditGate) async {
        let type = [LinkedRequest.Header(name: "content-type", value: blob.type)]
        await sendInTurn(Frame(.head, number, LinkedHead(status: 200, headers: type).payload))
        do throws(DecartError) {
            var scrubber = KeyScrubber(key: key)
            try await blob.forEachChunk(on: settings.clock) { await send(scrubber.scrub($0), number, credit) }
            await send(scrubber.finish(), number, credit)
            send(Frame(.end, number))
        } catch {
            send(.failed(error), of: number)
        }
    }
}

extension SubmitTerms {
    fileprivate init(linked: JSONValue) {
        self.init()
        key = linked["key"]?.text
        label = linked["label"]?.text
        if case .integer(let micros)? = linked["maxCost"] { maxCost = Money(micros: max(0, micros)) }
        switch linked["maxSeconds"] {
        case .number(let seconds)?: maxSeconds = seconds
        case .integer(let seconds)?: maxSeconds = Double(seconds)
        default: break
        }
        paysTwice = linked["paysTwice"] == true
        reusesRun = linked["reusesRun"] == true
    }
}

extension LinkedOutcome {
    /// What matters of one that is too long for a frame.
    fileprivate var shortened: LinkedOutcome {
        switch self {
        case .job(let members, let isReplayed, let isFetched):
            let kept = members.filter {
                ["job_id", "status"].contains($0.key) && ($0.value.text?.utf8.count ?? 0) < 4096
            }
            return .job(kept, isReplayed: isReplayed, isFetched: isFetched)
        case .failed(let error):
            var short = DecartError(error.code, "The server said more of this than a script can be told.")
            short.isOutcomeUnknown = error.isOutcomeUnknown
            return .failed(short)
        }
    }

    fileprivate func scrubbed(_ key: [UInt8]?) -> LinkedOutcome {
        switch self {
        case .job(let members, let isReplayed, let isFetched):
            return .job(members.mapValues { $0.scrubbed(key) }, isReplayed: isReplayed, isFetched: isFetched)
        case .failed(var error):
            error.message = KeyScrubber.scrubbed(error.message, key: key)
            error.cause = error.cause.map { KeyScrubber.scrubbed($0, key: key) }
            error.data = error.data.mapValues { $0.scrubbed(key) }
            return .failed(error)
        }
    }
}

extension JSONValue {
    fileprivate func scrubbed(_ key: [UInt8]?) -> JSONValue {
        switch self {
        case .null, .bool, .integer, .number: self
        case .string(let text): .string(KeyScrubber.scrubbed(text, key: key))
        case .array(let elements): .array(elements.map { $0.scrubbed(key) })
        case .object(let members):
            .object(
                Dictionary(members.map { (KeyScrubber.scrubbed($0, key: key), $1.scrubbed(key)) }) { first, _ in first }
            )
        }
    }
}
