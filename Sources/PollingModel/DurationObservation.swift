/// What a wait learned of one job's duration, in milliseconds since it was submitted.
///
/// A completed job's duration lies in an interval: it was still running when the last poll before the end was sent,
/// and was done when the poll that saw the end was answered. Of a job that nobody saw the end of only the first is
/// known (its duration is right-censored).
public struct DurationObservation: Sendable, Hashable {
    /// The job was not finished then.
    public var after: Double
    /// The job was finished then; nil where nobody polled long enough.
    public var before: Double?

    /// Returns nil for impossible values: numbers that are negative or not finite, an end before the beginning.
    public init?(after: Double, before: Double?) {
        guard after >= 0, after.isFinite else { return nil }
        if let before {
            guard before >= after, before > 0, before.isFinite else { return nil }
        } else {
            // Nothing at all is known about it.
            guard after > 0 else { return nil }
        }
        self.after = after
        self.before = before
    }

    /// The middle of the interval.
    public var middle: Double { before.map { (after + $0) / 2 } ?? after }
}
