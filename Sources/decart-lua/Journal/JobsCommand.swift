import ArgumentParser
import DecartAPI
import FoundationEssentials
import JobJournal
import PlainErrors

/// `decart-lua jobs`: what the journal knows of paid jobs.
struct JobsCommand: JournalUser {
    enum Action: String, CaseIterable, ExpressibleByArgument {
        case list, show, add, watch, wait, fetch, resolve, forget, export, prune
    }

    static let configuration = CommandConfiguration(
        commandName: "decart-lua jobs",
        abstract: "List the jobs that were paid for, and go on with them.",
        discussion: """
            jobs [list] lists the newest ones. show ID prints all of one, and the table that makes it again. add puts \
            jobs into the queue that 'decart-lua work' does: one from the options, or all of a file, whose columns are \
            the names of submit's inputs, and key, label, priority, maxCost, maxSeconds and pinSeed. watch lists them \
            live, and with --fleet who is at work on them. wait ID… waits for jobs to end, and fetch ID… saves their \
            results. resolve ID says what became of a submit whose reply was lost. forget ID… drops all but the charge \
            of a job that has ended, and takes one that waits out of the queue; prune --before T forgets all that old \
            that have ended, and export prints everything as JSON, a line a job. An ID is ours or the server's, or the \
            beginning of one, or a key. Times are such as 2h, 3d, today or 2026-08-01.
            """)

    @Argument(help: "list, show, add, watch, wait, fetch, resolve, forget, export or prune.")
    var action = Action.list
    @Argument(help: "Jobs.")
    var ids: [String] = []
    @Option(help: ArgumentHelp("Only jobs in this state.", valueName: "state"))
    var state: String?
    @Option(help: ArgumentHelp("Only jobs submitted since then.", valueName: "time"))
    var since: String?
    @Option(help: ArgumentHelp("Only jobs with this label; for add, the label of the jobs.", valueName: "label"))
    var label: String?
    @Option(help: ArgumentHelp("Only jobs of this run.", valueName: "run"))
    var run: String?
    @Flag(help: "All jobs, not only the newest 50; for wait and fetch, all that are open.")
    var all = false
    @Flag(help: "For watch: the workers, and what they have left to do.")
    var fleet = false
    @Flag(help: "Print JSON.")
    var json = false
    @Option(help: ArgumentHelp("The folder for results whose script gave no path.", valueName: "dir"))
    var to: String?
    @OptionGroup var order: OrderOptions
    @Option(help: ArgumentHelp("For resolve: the id that the lost submit got.", valueName: "id"))
    var jobID: String?
    @Flag(help: "For resolve: the lost submit made no job.")
    var noJob = false
    @Option(help: ArgumentHelp("For prune: jobs submitted before then.", valueName: "time"))
    var before: String?
    @Option(help: ArgumentHelp("The journal; DECART_JOURNAL, or the program's own, unless given.", valueName: "file"))
    var journal: String?
    @Option(help: ArgumentHelp("Talk to this server.", valueName: "url"))
    var baseURL: String?

    func validate() throws {
        if let state, JobState(rawValue: state) == nil {
            let states = JobState.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--state must be one of \(states), not '\(state)'")
        }
        for (name, time) in [("since", since), ("before", before)] {
            if let time, TimeAgo.milliseconds(time, now: 0) == nil {
                throw ValidationError("--\(name) must be such as 2h, 3d, today or 2026-08-01, not '\(time)'")
            }
        }
        switch action {
        case .show, .resolve:
            guard ids.count == 1 else { throw ValidationError("jobs \(action.rawValue) takes one job's id") }
        case .forget:
            guard !ids.isEmpty else { throw ValidationError("jobs forget takes the ids of jobs") }
        case .wait, .fetch:
            guard ids.isEmpty == all else {
                throw ValidationError("jobs \(action.rawValue) takes ids of jobs, or --all")
            }
        case .list, .add, .watch, .export, .prune:
            guard ids.isEmpty else { throw ValidationError("jobs \(action.rawValue) takes no ids, not '\(ids[0])'") }
        }
        if action != .add, let option = order.firstGiven {
            throw ValidationError("\(option) is for jobs add, not jobs \(action.rawValue)")
        }
        if action == .add, order.from == nil, order.model == nil {
            throw ValidationError("jobs add takes --model NAME and the job's inputs, or --from FILE")
        }
        if fleet, action != .watch { throw ValidationError("--fleet is for jobs watch") }
        if action == .resolve, (jobID == nil) != noJob {
            throw ValidationError("jobs resolve takes --job-id ID or --no-job")
        }
        if action == .prune, before == nil { throw ValidationError("jobs prune takes --before TIME") }
    }

    func perform() async throws -> Int32 {
        let access = try JournalAccess(given: journal, program: "jobs")
        switch action {
        case .list: return try await list(access)
        case .show: return try await show(access)
        case .add: return try await add(access)
        case .watch where fleet: return try await FleetWatch(access: access, isJSON: json).run()
        case .watch: return try await JobWatch(access: access, query: query(access)).run()
        case .export: return try await export(access)
        case .wait, .fetch:
            var rows: [JobRow] = []
            for id in ids { rows.append(try await access.job(id)) }
            return try await RecoveryRun(access: access, baseURL: baseURL, folder: to, fetches: action == .fetch)
                .run(only: all ? nil : rows)
        case .resolve: return try await resolve(access)
        case .forget:
            var rows: [JobRow] = []
            for id in ids { rows.append(try await access.job(id)) }
            let count = try await access.journal.forget(rows)
            print("\(count) of \(rows.count) forgotten\(count < rows.count ? "; the others are under way" : "")")
            return count == rows.count ? 0 : 1
        case .prune:
            guard access.exists else { return 0 }
            let time = TimeAgo.milliseconds(before ?? "", now: access.journal.now) ?? 0
            print("\(try await access.journal.prune(before: time)) forgotten")
            return 0
        }
    }

    private func query(_ access: JournalAccess) -> JobQuery {
        JobQuery(
            states: state.flatMap(JobState.init(rawValue:)).map { [$0] }, label: label, run: run,
            since: since.flatMap { TimeAgo.milliseconds($0, now: access.journal.now) })
    }

    private func list(_ access: JournalAccess) async throws -> Int32 {
        var query = query(access)
        if !all, !json { query.limit = 50 }
        let jobs = access.exists ? try await access.journal.list(query) : []
        if json {
            var text = Array(#"{"jobs":["#.utf8)
            for (index, job) in jobs.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                job.write(to: &text)
            }
            try StandardOutput.write(text + Array("]}\n".utf8))
            return 0
        }
        guard !jobs.isEmpty else {
            print(
                query == JobQuery(limit: query.limit)
                    ? "No jobs yet. Every job that a script submits is written to \(access.path)."
                    : "No such jobs.")
            return 0
        }
        try StandardOutput.write(JobTable.table(jobs, now: access.journal.now).text)
        if jobs.count == query.limit { print("These are the newest \(jobs.count); --all lists all of them.") }
        return 0
    }

    private func show(_ access: JournalAccess) async throws -> Int32 {
        let job = try await access.job(ids[0])
        if json {
            print(job.whole.serializedText)
            return 0
        }
        let facts: [(String, String?)] = [
            ("id", job.id), ("job id", job.jobID), ("state", job.state.rawValue),
            ("model", job.canonical.map { "\(job.model), which meant \($0)" } ?? job.model), ("server", job.server),
            ("run", job.run), ("label", job.label), ("key", job.key),
            ("submitted", "\(UTC.text(job.createdAt)), \(TimeAgo.text(job.createdAt, now: access.journal.now))"),
            ("accepted", job.acceptedAt.map(UTC.text)), ("ended", job.endedAt.map(UTC.text)),
            ("estimate", job.estimate.map { "\($0)" } ?? "unknown"), ("charge", "\(job.charge)"),
            ("result", job.result), ("sha256", job.resultSHA256), ("error", job.error),
        ]
        for case (let name, let value?) in facts {
            print("\(name):\(String(repeating: " ", count: 11 - name.count))\(value.onOneLine)")
        }
        print("\nsubmit \(job.luaTable)")
        return 0
    }

    private func export(_ access: JournalAccess) async throws -> Int32 {
        guard access.exists else { return 0 }
        for job in try await access.journal.jobs(query(access)) { print(job.whole.serializedText) }
        return 0
    }

    private func resolve(_ access: JournalAccess) async throws -> Int32 {
        let job = try await access.job(ids[0])
        let id = try jobID.map { try JobID($0) }
        guard try await access.journal.resolve(job, as: id) else {
            throw MessageError("the job \(job.id) is \(job.state.rawValue): only an unknown one is to be resolved")
        }
        if let id {
            print("The job \(job.id) is \(id) at the server. 'decart-lua jobs fetch \(job.id)' fetches its result.")
        } else {
            print("The job \(job.id) does not exist at the server; nothing is charged for it.")
        }
        return 0
    }
}

extension JobQuery {
    fileprivate init(limit: Int?) {
        self.init()
        self.limit = limit
    }
}
