import DecartAPI
import JobJournal
import RunClock
import SQLJournal
import SQLiteJournal
import Synchronization
import TestSupport

/// The evening of 2026-08-01 by UTC, in seconds since 1970.
let evening = 1_785_619_800.0

func session(_ id: String, run: String = "run", ownsRun: Bool = false) -> JournalSession {
    JournalSession(
        id: id, host: "host", pid: 1, boot: nil, run: run, ownsRun: ownsRun, program: "test", startedAt: 0)
}

/// What a journal had to say.
final class Warnings: Sendable {
    private let kept = Mutex<[String]>([])
    var all: [String] { kept.withLock { $0 } }
    func add(_ words: String) { kept.withLock { $0.append(words) } }
}

func store(
    _ folder: ScratchFolder, _ id: String = "s1", run: String = "run", ownsRun: Bool = false,
    clock: any RunClock = VirtualClock(epoch: evening), warnings: Warnings = Warnings()
) -> SQLStore {
    SQLiteJournal.store(
        at: folder.file("jobs.sqlite"), isDefault: false, session: session(id, run: run, ownsRun: ownsRun), clock: clock
    ) { warnings.add($0) }
}

/// A submit that is about to be made.
func intent(
    _ submission: String, key: String? = nil, content: String = "content", account: String = "account",
    run: String = "run", label: String? = nil, ordinal: Int? = nil, reuses: Bool = false, twice: Bool = false,
    cost: Money? = Money(micros: 100), caps: [Cap] = [], day: String = "2026-08-01", at time: Int64 = 1000
) -> JobIntent {
    var row = JobRow(
        id: "id-\(submission)", submission: submission, content: content, server: "https://server", account: account,
        model: "lucy-2.5", inputs: ["prompt": "x"], files: [], state: .sending, period: day, charge: cost ?? .zero,
        createdAt: time)
    row.key = key
    row.run = run
    row.label = label
    row.ordinal = ordinal
    row.estimate = cost
    return JobIntent(
        row: row, reusesRun: reuses, paysTwice: twice, caps: caps,
        estimate: cost.map { .known($0) } ?? .unknown("Nobody knows."))
}

func change(_ submission: String, _ event: JobEvent?, jobID: String? = nil, at time: Int64 = 2000) -> JobChange {
    var change = JobChange(.submission(submission), event, at: time)
    change.jobID = jobID
    return change
}

/// The open jobs of the account that the intents have.
func open(limit: Int? = nil, label: String? = nil) -> JobQuery {
    var query = JobQuery(label: label)
    query.server = "https://server"
    query.account = "account"
    query.limit = limit
    return query
}

/// A job that is to wait for a worker.
func wanted(
    _ submission: String, key: String? = nil, content: String = "content", label: String? = nil, priority: Int = 0,
    cost: Money? = Money(micros: 100), at time: Int64 = 1000
) -> JobRow {
    var row = intent(submission, key: key, content: content, label: label, cost: cost, at: time).row
    row.state = .wanted
    row.charge = .zero
    row.priority = priority
    return row
}

func request(_ count: Int, label: String? = nil, run: String = "run", caps: [Cap] = []) -> ClaimRequest {
    var request = ClaimRequest(
        server: "https://server", account: "account", label: label, count: count, run: run, at: 1_785_619_800_000)
    request.caps = caps
    return request
}

func report(slots: Int = 4, busy: Int = 0, wanted: Double = 0) -> WorkReport {
    WorkReport(server: "https://server", account: "account", slots: slots, busy: busy, wanted: wanted)
}
