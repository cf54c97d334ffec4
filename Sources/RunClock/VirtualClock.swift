import Synchronization

/// Time that stands still until somebody moves it, so that an hour passes in no time and the same way every time.
///
/// Wakes fire in order of their instants, those of one instant in the order they were asked for. `.manual` moves by
/// `advance` alone. `.automatic` also leaps to the next wake whenever the run's owner is idle (`ownerIsIdle`) and no
/// work outside the clock's view is under way.
public final class VirtualClock: RunClock {
    public enum Mode: Sendable {
        case manual, automatic
    }

    private struct Wake {
        var instant: RunInstant
        var body: @Sendable () -> Void
    }

    private struct State {
        var now = RunInstant.start
        var wakes: [WakeID: Wake] = [:]
        var next: UInt64 = 0
        var externalWork = 0

        mutating func takeNext(until limit: RunInstant) -> Wake? {
            let due = wakes.min { ($0.value.instant, $0.key.raw) < ($1.value.instant, $1.key.raw) }
            guard let due, due.value.instant <= limit else { return nil }
            now = max(now, due.value.instant)
            return wakes.removeValue(forKey: due.key)
        }
    }

    private let mode: Mode
    private let epoch: Double
    private let state = Mutex(State())

    /// Where time that is not real starts, in seconds of Unix time: 2026-01-01T00:00:00Z.
    public static let epoch = 1_767_225_600.0

    /// - Parameter epoch: the Unix time, in seconds, at which this clock starts.
    public init(mode: Mode = .manual, epoch: Double = VirtualClock.epoch) {
        self.mode = mode
        self.epoch = epoch
    }

    public var now: RunInstant { state.withLock { $0.now } }

    public var unixTime: Double { epoch + Double(now.nanoseconds) / 1e9 }

    /// How many wakes are waiting for their time.
    public var pendingWakes: Int { state.withLock { $0.wakes.count } }

    @discardableResult
    public func wake(at instant: RunInstant, _ body: @escaping @Sendable () -> Void) -> WakeID {
        state.withLock { state in
            state.next += 1
            let id = WakeID(raw: state.next)
            state.wakes[id] = Wake(instant: instant, body: body)
            return id
        }
    }

    public func cancelWake(_ id: WakeID) {
        state.withLock { _ = $0.wakes.removeValue(forKey: id) }
    }

    /// Moves time on by `duration`, firing every wake on the way, also those that wakes ask for.
    public func advance(by duration: Duration) {
        let target = now + duration
        while let wake = state.withLock({ $0.takeNext(until: target) }) { wake.body() }
        state.withLock { $0.now = max($0.now, target) }
    }

    /// Leaps to the next wake and fires it; false if there is none or outside work holds time still.
    @discardableResult
    public func advanceToNextWake() -> Bool {
        let wake = state.withLock { state -> Wake? in
            guard state.externalWork == 0 else { return nil }
            return state.takeNext(until: RunInstant(nanoseconds: .max))
        }
        wake?.body()
        return wake != nil
    }

    public var isRepeatable: Bool { mode == .automatic }

    public func beginExternalWork() {
        state.withLock { $0.externalWork += 1 }
    }

    /// Time does not move on here: what the work led to has yet to reach the owner, who says when it is idle again.
    public func endExternalWork() {
        state.withLock { $0.externalWork -= 1 }
    }

    public func ownerIsIdle() {
        guard mode == .automatic else { return }
        advanceToNextWake()
    }
}
