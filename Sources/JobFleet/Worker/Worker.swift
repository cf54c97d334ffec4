public import DecartAPI
import DecartClient
public import JobJournal
public import JournaledClient
public import RunClock
public import SeededNumbers
import Synchronization

/// A process that takes jobs from a journal's queue as it has room for them, and brings each to its end.
///
/// Whoever drives it asks for the next job, does it beside the others, and says when it has ended:
///
///     while let row = try await worker.next() { Task { …; await worker.ended(row) } }
public final class Worker: Sendable {
    public struct Settings: Sendable {
        /// How many jobs it has at once.
        public var slots = 8
        /// Only jobs with this label; nil: all.
        public var label: String?
        /// Whether it stops when there is nothing left to do.
        public var isOnce = false
        /// Jobs' files must lie below this folder.
        public var inputs = "."
        /// Results go here.
        public var results = "."

        public init() {}
    }

    struct State {
        var machine: WorkerState
        /// Taken, and not yet asked for.
        var ready: [JobRow] = []
        /// Asked for, and not ended.
        var given: [String: JobRow] = [:]
        /// Requests a second that this process may make, and the jobs that it said it had when it was told so.
        var share: (allowed: Double, busy: Int)?
        var tally = WorkTally()
        var lastWords: String?
        /// Why the last job that came back did.
        var lastReturn: String?
        /// Whether the last claim left a job where it was, for want of money.
        var isHeldBack = false
        var hasWorked = false
    }

    public let client: JournaledClient
    public let settings: Settings
    let query: WorkQuery
    let clock: any RunClock
    let chance: Chance
    /// Tells the person who runs it, in a sentence without an end.
    let tell: @Sendable (String) -> Void
    /// Told of each job that has ended here, as its row is then.
    let report: @Sendable (JobRow) -> Void
    let state: Mutex<State>
    let bell = Bell()

    /// - Throws: `JOURNAL_UNAVAILABLE`.
    public init(
        _ client: JournaledClient, _ settings: Settings, clock: any RunClock, chance: Chance,
        tell: @escaping @Sendable (String) -> Void, report: @escaping @Sendable (JobRow) -> Void = { _ in }
    ) async throws(DecartError) {
        self.client = client
        self.settings = settings
        self.clock = clock
        self.chance = chance
        self.tell = tell
        self.report = report
        let key = client.client.configuration.apiKey.map { Array($0.secret.utf8) }
        query = WorkQuery(
            server: client.client.configuration.baseURL.text, account: try await client.journal.account(of: key),
            label: settings.label)
        state = Mutex(State(machine: WorkerState(slots: settings.slots, isOnce: settings.isOnce)))
    }

    var journal: Journal { client.journal }

    /// The next job, once there is room for it; nil when there is nothing more to do.
    ///
    /// - Throws: `CANCELLED`; `JOURNAL_UNAVAILABLE` where the journal cannot be used at the very start, or for a worker
    ///   that is to look once. Later it is asked again and again.
    public func next() async throws(DecartError) -> JobRow? {
        while true {
            guard !Task.isCancelled else { throw DecartError(.cancelled, "Cancelled while waiting for work.") }
            let now = clock.now
            let (row, isDraining, action) = state.withLock { state -> (JobRow?, Bool, WorkerState.Action) in
                guard state.ready.isEmpty else {
                    let row = state.ready.removeFirst()
                    state.given[row.id] = row
                    return (row, state.machine.isDraining, .stop)
                }
                return (nil, state.machine.isDraining, state.machine.next(at: now))
            }
            if let row {
                // A claim that was under way when it was told to stop has brought this.
                if isDraining { await ended(row) } else if await isFit(row) { return row }
                continue
            }
            switch action {
            case .stop:
                sayWhyItGaveUp()
                return nil
            case .wait(let until): await bell.wait(until: until, on: clock)
            case .claim(let count): try await claim(count)
            }
        }
    }

    private func sayWhyItGaveUp() {
        let (hasGivenUp, reason) = state.withLock { ($0.machine.hasGivenUp, $0.lastReturn) }
        guard hasGivenUp else { return }
        tell(
            "this worker stops, and leaves jobs where they are: all that it takes come back"
                + (reason.map { ". The last one: \($0)" } ?? ""))
    }

    /// Whether a job is this worker's still, and has its files where they may be if it has to be sent first.
    private func isFit(_ row: JobRow) async -> Bool {
        guard owns(row) else {
            await ended(row)
            return false
        }
        guard row.state == .claimed else { return true }
        do throws(DecartError) {
            try row.checkFiles(under: settings.inputs)
        } catch {
            await journal.declineWork(on: row, "\(error)")
            await ended(row)
            return false
        }
        guard !state.withLock({ $0.machine.isDraining }) else {
            await ended(row)
            return false
        }
        return true
    }

    private func claim(_ count: Int) async throws(DecartError) {
        var rows: [JobRow] = []
        var words: String?
        do throws(DecartError) {
            let taken = try await journal.takeWork(query, upTo: count)
            rows = taken.rows
            words = taken.heldBack?.message
            state.withLock { state in
                state.hasWorked = true
                state.isHeldBack = words != nil
            }
        } catch {
            guard !settings.isOnce, state.withLock({ $0.hasWorked }) else { throw error }
            words = error.message
        }
        let taken = rows
        take(.claimed(taken.map(\.id))) { $0.ready += taken }
        say(words)
    }

    /// Tells what holds the work up, once.
    func say(_ words: String?) {
        let isNews = state.withLock { state in
            defer { state.lastWords = words }
            return words != nil && words != state.lastWords
        }
        if isNews, let words { tell(words) }
    }

    /// A job that `next` gave is done with.
    ///
    /// - Returns: the row as it is now; nil where it cannot be read.
    @discardableResult
    public func ended(_ row: JobRow) async -> JobRow? {
        let now = await journal.endWork(on: row)
        let ending = now.map(ending) ?? .badly
        take(.ended(row.id, ending)) { state in
            state.given[row.id] = nil
            state.tally.count(row.id, now?.state, isBack: ending == .backAgain)
            if ending == .backAgain { state.lastReturn = "\(row.key ?? row.id)\(now?.error.map { ": \($0)" } ?? "")" }
        }
        if var told = now {
            // One that was refused has given its key free, and is known by it all the same.
            told.key = row.key
            report(told)
        }
        return now
    }

    /// - Parameter row: as it is now.
    private func ending(_ row: JobRow) -> WorkerState.Ending {
        switch row.state {
        case .wanted: .backAgain
        // It could not be fetched, or saved.
        case .accepted, .running, .completed: journal.owns(row) ? .backAgain : .badly
        case .unknown, .refused: .badly
        default: .well
        }
    }

    /// A job that `next` has given and that has not ended.
    public func row(_ id: String) -> JobRow? { state.withLock { $0.given[id] } }

    /// From now on nothing more is taken. What was taken and not begun goes back.
    public func drain() async {
        var unbegun: [JobRow] = []
        take(.drain) { state in
            unbegun = state.ready
            state.ready = []
        }
        for row in unbegun { await ended(row) }
    }

    func take(_ event: WorkerState.Event, _ change: (inout State) -> Void = { _ in }) {
        let (now, jitter) = (clock.now, chance.unit())
        state.withLock { state in
            state.machine.take(event, at: now, jitter: jitter)
            change(&state)
        }
        bell.ring()
    }

    /// How its jobs have ended so far.
    public var tally: WorkTally { state.withLock { $0.tally } }

    /// Whether everything that it met has been fetched.
    public var isAllDone: Bool { state.withLock { $0.tally.others == 0 && !$0.isHeldBack } }

    /// Whether a job is still this worker's.
    public func owns(_ row: JobRow) -> Bool {
        journal.owns(row) && state.withLock { $0.machine.underWay.contains(row.id) }
    }
}

/// How a worker's jobs have ended.
public struct WorkTally: Hashable, Sendable {
    public private(set) var fetched = 0
    private var over = 0
    private var back: Set<String> = []

    /// Failed, expired, refused or unknown; or given back, and not brought to an end since.
    public var others: Int { over + back.count }

    /// - Parameters:
    ///   - state: nil where it cannot be read.
    ///   - isBack: whether it can be taken again.
    mutating func count(_ id: String, _ state: JobState?, isBack: Bool) {
        if isBack {
            back.insert(id)
            return
        }
        back.remove(id)
        if state == .fetched { fetched += 1 } else { over += 1 }
    }
}
