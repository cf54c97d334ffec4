public import DecartAPI
public import RunClock
internal import Synchronization

/// The journal of a run: every paid job is written down before it is sent, and its id before anybody sees it.
///
/// All clients of a run share one. Nothing is opened before the first submit.
public final class Journal: Sendable {
    struct State {
        var ordinals = OrdinalCounter()
        /// Why this run has no journal any more.
        var broken: JournalError?
        var prices: PriceList?
        /// Ids of accepted jobs, and ends of submits, that the journal could not take yet.
        var owed: [JobChange] = []
        var hasWarnedOfRepeatedIDs = false
        var hasSubmitted = false
        /// The jobs that this process has taken from the queue, by id.
        var work: [String: JobRow] = [:]
        /// How far their submits are.
        var sends: [SendMark: SendMark.Progress] = [:]
        /// Whose jobs were submitted last.
        var account: String?
        /// Says now and then that this process lives.
        var heartbeat: Task<Void, Never>?
    }

    public let settings: Settings
    let clock: any RunClock
    let store: (any JournalStore)?
    let warn: @Sendable (String) -> Void
    let tracker = JobTracker()
    let state = Mutex(State())
    /// Called between any two steps.
    package let step: (@Sendable (SubmitStep) -> Void)?

    /// - Parameters:
    ///   - store: nil where there is none, whatever the settings say.
    ///   - warn: tells the person who runs the script, in a sentence without an end.
    public convenience init(
        settings: Settings, store: (any JournalStore)?, clock: any RunClock,
        warn: @escaping @Sendable (String) -> Void
    ) {
        self.init(settings: settings, store: store, clock: clock, step: nil, warn: warn)
    }

    package init(
        settings: Settings, store: (any JournalStore)?, clock: any RunClock, step: (@Sendable (SubmitStep) -> Void)?,
        warn: @escaping @Sendable (String) -> Void
    ) {
        self.settings = settings
        self.store = store
        self.clock = clock
        self.step = step
        self.warn = warn
    }

    /// What stands in for a journal where there is none.
    public static func none(clock: any RunClock) -> Journal {
        Journal(settings: Settings(kind: .off, run: Run(name: "", isNamed: false)), store: nil, clock: clock) { _ in }
    }

    /// Milliseconds since 1970.
    ///
    /// By the journal's clock, as far as it was asked: machines that share one agree on what day it is.
    public var now: Int64 { Int64(clock.unixTime * 1000) + (store?.clockOffset ?? 0) }

    /// Whether jobs are kept beyond the run.
    public var isLasting: Bool {
        switch settings.kind {
        case .named, .standard: store != nil
        case .memory, .off: false
        }
    }

    /// Whether what this run has submitted can be found again by others.
    public var isRecording: Bool { isLasting && isInUse }

    /// Whether this process has submitted anything: until then the journal is left alone.
    var isInUse: Bool { state.withLock { $0.hasSubmitted && $0.broken == nil } }

    /// From here on what is seen of jobs is written down although nothing was submitted: for what goes on with others'.
    public func use() { state.withLock { $0.hasSubmitted = true } }

    public var prices: PriceList {
        if let known = state.withLock({ $0.prices }) { return known }
        let read = settings.prices()
        return state.withLock { state in
            let prices = state.prices ?? read
            state.prices = prices
            return prices
        }
    }

    /// Raises the price of what is posted to `path`; see `PriceList.raise`.
    public func raisePrice(of path: String, to floor: Money, isPicture: Bool) {
        var prices = prices
        prices.raise(path, to: floor, isPicture: isPicture, on: UTC.day(now))
        state.withLock { $0.prices = prices }
    }

    /// Whether a submit with these terms is any business of the journal's.
    public func looksAt(_ terms: SubmitTerms) -> Bool {
        store != nil || terms != SubmitTerms() || !settings.caps.isEmpty || settings.run.isResumed
    }

    /// Tells the person who runs the script, in a sentence without an end.
    public func tell(_ words: String) { warn(words) }

    package func reached(_ moment: SubmitStep) { step?(moment) }

    /// What one job would cost.
    func estimate(_ draft: JobDraft) -> (Price?, CostEstimate) {
        let price = prices.price(of: draft.content.path, use: draft.use, canonical: draft.canonical)
        return (
            price,
            CostEstimate.of(
                model: draft.content.model, price: price, inputSeconds: draft.inputSeconds,
                maxSeconds: draft.terms.maxSeconds, resolution: draft.resolution, priceFile: settings.priceFile)
        )
    }

    /// Gives up what this process had, at the end of its run.
    ///
    /// - Parameters:
    ///   - endedWell: whether results that were only in memory have served their purpose.
    ///   - spared: jobs whose results have not yet, however the run has ended.
    public func finish(endedWell: Bool, sparing spared: [JobID] = []) async {
        await stopBeingAlive()
        guard let store, state.withLock({ $0.hasSubmitted }) else { return }
        if isInUse { await payDebts() }
        // A session that could not be given up is seen to be over by the next process.
        try? await store.finish(endedWell: endedWell, sparing: spared.map(\.text), at: now)
    }

    /// The account that a key is in this journal.
    public func account(of key: [UInt8]?) async throws(DecartError) -> String {
        guard let store else { throw unavailable(JournalError(.other, "is switched off"), isSubmit: false) }
        do throws(JournalError) {
            return Account.hash(of: key, salt: try await store.salt())
        } catch {
            throw unavailable(error, isSubmit: false)
        }
    }

    // MARK: Trouble with the store

    /// The error of a call that cannot do without the journal.
    ///
    /// - Parameter isSubmit: whether the call was to submit a job.
    func unavailable(_ error: JournalError, isSubmit: Bool = true) -> DecartError {
        if error.kind == .runInUse {
            return DecartError(
                .invalidOptions,
                "The journal \(error.reason). Wait for that one to end, or give this run another name with --run.")
        }
        let advice =
            switch error.kind {
            case .newerFormat: "Update decart-lua, or name another journal with --journal."
            case .diskFull: "Make room, or name a journal on another disk with --journal."
            case .busy: "End the process that holds it, and try again."
            case .unreachable: "See that the database is up and can be reached from here, and try again."
            case .notMigrated: "Make one with 'decart-lua journal migrate --journal ADDRESS', once for all machines."
            case .setup: "Then try again."
            default: "Name a journal that can be written, with --journal FILE."
            }
        return DecartError(
            .journalUnavailable,
            "The journal\(shownName) \(error.reason). \(advice)\(isSubmit ? " No job was submitted." : "")",
            cause: error.reason)
    }

    private var shownName: String {
        switch settings.kind {
        case .named(let name), .standard(let name): " \(name)"
        case .memory, .off: ""
        }
    }

    /// Goes on without the program's own journal, and says so once.
    func goOnWithout(_ error: JournalError) {
        let isFirst = state.withLock { state in
            defer { state.broken = error }
            return state.broken == nil
        }
        if isFirst {
            warn(
                "the journal\(shownName) \(error.reason); the run goes on without it: jobs of a run that breaks off "
                    + "are not found again")
        }
    }
}
