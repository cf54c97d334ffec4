/// The only source of time in the program: what time it is, and being woken later.
///
/// Everything that waits is given a clock, so that a test, or a run under virtual time, decides when an hour has
/// passed. `SystemClock` is real time, `VirtualClock` moves only when nobody has anything else to do.
public protocol RunClock: Sendable {
    /// The present, on this clock's own time line. Never goes back.
    var now: RunInstant { get }

    /// Seconds since 1970-01-01T00:00:00Z, for comparing with dates that others wrote (HTTP dates, expiry times).
    var unixTime: Double { get }

    /// Calls `body` once, when `instant` has come; at once, but not before this call has returned, if it has passed.
    /// `body` runs on a thread of the clock's choice and must be short.
    @discardableResult
    func wake(at instant: RunInstant, _ body: @escaping @Sendable () -> Void) -> WakeID

    /// After this returns, `body` of that wake is not started any more (it may be running). Unknown ids are ignored.
    func cancelWake(_ id: WakeID)

    /// Whether runs on this clock are to come out the same every time. Work that could end in any order is then done at
    /// once, one piece after the other.
    var isRepeatable: Bool { get }

    /// Work outside the clock's view (a socket, a child process) is under way: virtual time stands still meanwhile.
    func beginExternalWork()
    /// Ends what `beginExternalWork` began; the two are paired.
    func endExternalWork()

    /// The owner of the run has nothing to do until a wake fires: virtual time moves on, real time does not care.
    func ownerIsIdle()
}

extension RunClock {
    public var isRepeatable: Bool { false }
    public func beginExternalWork() {}
    public func endExternalWork() {}
    public func ownerIsIdle() {}
}

/// Names one wake of one clock.
public struct WakeID: Hashable, Sendable {
    public let raw: UInt64
    public init(raw: UInt64) { self.raw = raw }
}
