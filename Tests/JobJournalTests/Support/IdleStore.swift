import JobJournal
import Synchronization

/// A store that keeps nothing, and whose renewals take as long as a test says. It writes down what it was asked for.
final class IdleStore: JournalStore {
    private struct State {
        var asked: [String] = []
        var isFull = false
        var renewal: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// What has ended, and in which order.
    var asked: [String] { state.withLock { $0.asked } }

    /// Whether nothing can be written.
    var isFull: Bool {
        get { state.withLock { $0.isFull } }
        set { state.withLock { $0.isFull = newValue } }
    }

    var isRenewing: Bool { state.withLock { $0.renewal != nil } }

    func endRenewal() {
        let renewal = state.withLock { state in
            defer { state.renewal = nil }
            return state.renewal
        }
        renewal?.resume()
    }

    func renew(_ report: WorkReport?) async throws(JournalError) -> Renewal {
        await withCheckedContinuation { continuation in state.withLock { $0.renewal = continuation } }
        state.withLock { $0.asked.append("renew") }
        return Renewal(isKept: true)
    }

    func finish(endedWell: Bool, sparing spared: [String], at time: Int64) async throws(JournalError) {
        state.withLock { $0.asked.append("finish") }
    }

    func record(_ change: JobChange) async throws(JournalError) -> RecordedChange {
        guard !isFull else { throw JournalError(.diskFull, "is full") }
        state.withLock { $0.asked.append(change.jobID ?? "record") }
        return RecordedChange(isApplied: true)
    }

    var isLeaseOver: Bool { false }
    var ownSession: String { "session" }
    var needsRenewal: Bool { true }
    var clockOffset: Int64 { 0 }
    func salt() async throws(JournalError) -> String { "salt" }
    func admit(_ intent: JobIntent) async throws(JournalError) -> Admission { .send }
    func keepAside(_ change: JobChange) async -> String? { nil }
    func job(_ subject: JobChange.Subject) async throws(JournalError) -> JobRow? { nil }
    func jobs(_ query: JobQuery) async throws(JournalError) -> [JobRow] { [] }
    func list(_ query: JobQuery) async throws(JournalError) -> [ListedJob] { [] }
    func counts() async throws(JournalError) -> [JobState: Int] { [:] }
    func spend(
        account: String?, run: String?, today: String, caps: [Cap]
    ) async throws(JournalError) -> SpendSummary { SpendSummary() }
    func spend(by grouping: SpendGrouping) async throws(JournalError) -> [SpendRow] { [] }
    func storedCaps() async throws(JournalError) -> [Cap] { [] }
    func store(cap: Money?, for scope: CapScope) async throws(JournalError) {}
    func forget(submissions: [String], at time: Int64) async throws(JournalError) -> Int { 0 }
    func prune(before time: Int64, today: String) async throws(JournalError) -> Int { 0 }
    func check() async throws(JournalError) -> [String] { [] }
    func enqueue(_ rows: [JobRow]) async throws(JournalError) -> [Enqueued] { [] }
    func claim(_ request: ClaimRequest) async throws(JournalError) -> Claim { Claim() }
    func adopt(_ query: JobQuery, held: Set<String>) async throws(JournalError) -> [JobRow] { [] }
    func freeDead() async throws(JournalError) -> Freed { Freed() }
    func fleet() async throws(JournalError) -> [FleetMember] { [] }
    func slowDown(server: String, account: String) async throws(JournalError) {}
}
