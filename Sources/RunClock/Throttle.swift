/// Holds something that is wanted at any time to a pace: it happens at once after a quiet moment, and then at most once
/// in each interval. It decides when; waking up is its user's.
public struct Throttle: Sendable {
    /// From one time to the next, at least.
    public let interval: Duration

    private var last: RunInstant?
    /// The next time that was asked for.
    private var due: RunInstant?

    public init(interval: Duration) {
        self.interval = interval
    }

    /// It is wanted at `instant`, or as soon after it as the pace allows.
    /// - Returns: when it is to happen; nil if it is to happen by then anyway.
    public mutating func want(at instant: RunInstant) -> RunInstant? {
        let next = max(instant, last.map { $0 + interval } ?? instant)
        if let due, due <= next { return nil }
        due = next
        return next
    }

    /// It happens now.
    public mutating func happened(at instant: RunInstant) {
        last = instant
        due = nil
    }
}
