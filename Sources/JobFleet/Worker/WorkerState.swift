public import RunClock

/// What a worker does next, as a state machine: events go in, an action comes out. It has no clock, chance, journal or
/// network; its driver has them.
///
/// | what holds                                             | action                                             |
/// |--------------------------------------------------------|----------------------------------------------------|
/// | draining, and nothing under way                        | `stop`                                             |
/// | `--once`: nothing under way, and nothing to claim      | `stop`                                             |
/// | `--once`: nothing under way, and jobs keep coming back | `stop`                                             |
/// | a slot is free, and it is time to look                 | `claim`, as many as there are free slots           |
/// | a slot is free, and it is not                          | `wait` until it is                                 |
/// | no slot is free, or the lease is lost, or it drains    | `wait` for an event                                |
///
/// It is time to look when the last claim gave all that was asked for and a job has ended since, and an interval after a
/// claim that gave less. Jobs that go wrong one after the other make longer and longer pauses: what is wrong with the
/// network, a disk or a script would otherwise use up the whole queue.
///
/// A worker that is to stop when nothing is left would never do so where every job comes back at once, as with a key
/// that is not valid. After four claims in a row that ended so it gives up.
public struct WorkerState: Sendable {
    public enum Event: Hashable, Sendable {
        /// A claim has given these.
        case claimed([String])
        case ended(String, Ending)
        case leaseLost
        case leaseRenewed
        case drain
    }

    /// How a job has ended here.
    public enum Ending: Hashable, Sendable {
        case well
        /// It has gone wrong, and is over.
        case badly
        /// It has gone wrong, and is there to be taken again.
        case backAgain
    }

    public enum Action: Hashable, Sendable {
        case claim(upTo: Int)
        /// Until then, or for the next event if that comes before.
        case wait(until: RunInstant?)
        case stop
    }

    /// How long a worker waits after a claim that gave less than it asked for.
    public static let interval: Duration = .seconds(5)
    private static let longestPause: Duration = .seconds(300)
    /// After how many claims in a row that brought nothing to an end a worker that is to stop gives up.
    static let patience = 4

    public let slots: Int
    /// Whether it stops when there is nothing left to do.
    public let isOnce: Bool

    public private(set) var underWay: Set<String> = []
    public private(set) var isDraining = false
    private var hasLease = true
    private var asked = 0
    /// When it looks next; nil: as soon as a slot is free.
    private var nextLook: RunInstant?
    private var foundNothing = false
    /// Jobs that went wrong one after the other.
    private var troubles = 0
    private var pausedUntil: RunInstant?
    /// Claims in a row from which jobs have come back, and none has ended.
    private var vainClaims = 0
    private var hasComeBack = false

    public init(slots: Int, isOnce: Bool = false) {
        self.slots = slots
        self.isOnce = isOnce
    }

    /// - Parameter jitter: from 0 up to 1, so that workers that were started together do not look together.
    public mutating func take(_ event: Event, at now: RunInstant, jitter: Double) {
        switch event {
        case .claimed(let ids):
            underWay.formUnion(ids)
            foundNothing = ids.isEmpty
            nextLook = ids.count < asked ? now + Self.interval * (0.8 + 0.4 * jitter) : nil
        case .ended(let id, let ending):
            guard underWay.remove(id) != nil else { return }
            // What has been given back, or came meanwhile, is looked at before it is said that there is nothing left.
            foundNothing = false
            if isOnce { nextLook = nil }
            if ending == .backAgain {
                if !hasComeBack { vainClaims += 1 }
                hasComeBack = true
            } else {
                vainClaims = 0
            }
            troubles = ending == .well ? 0 : troubles + 1
            // Not by the jobs of one claim, which have one and the same reason to come back.
            let row = isOnce && ending == .backAgain ? vainClaims + 1 : troubles
            pausedUntil = ending == .well ? nil : now + Self.pause(after: row) * (0.8 + 0.4 * jitter)
        case .leaseLost: hasLease = false
        case .leaseRenewed:
            if !hasLease { nextLook = nil }
            hasLease = true
        case .drain: isDraining = true
        }
    }

    /// Whether it stops although there is something left, since what it takes comes back each time. As long as other
    /// jobs are under way, they may show that it need not.
    public var hasGivenUp: Bool { isOnce && underWay.isEmpty && vainClaims >= Self.patience }

    /// What to do now. A `claim` is to be followed by `claimed`.
    public mutating func next(at now: RunInstant) -> Action {
        if hasGivenUp { return .stop }
        if underWay.isEmpty, isDraining || (isOnce && foundNothing) { return .stop }
        let free = slots - underWay.count
        guard free > 0, hasLease, !isDraining else { return .wait(until: nil) }
        let time = [nextLook, pausedUntil].compactMap { $0 }.max()
        if let time, time > now { return .wait(until: time) }
        pausedUntil = nil
        hasComeBack = false
        asked = free
        return .claim(upTo: free)
    }

    /// | jobs that went wrong in a row | 1 | 2   | 3   | 4   | … | 9    | 10  | more  |
    /// |-------------------------------|---|-----|-----|-----|---|------|-----|-------|
    /// | pause                         | 0 | 1 s | 2 s | 4 s | … | 128 s | 256 s | 300 s |
    static func pause(after troubles: Int) -> Duration {
        guard troubles > 1 else { return .zero }
        return troubles > 10 ? longestPause : .seconds(1 << (troubles - 2))
    }
}
