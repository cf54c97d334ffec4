/// What a wait learned of one job's duration, in milliseconds since it was submitted.
///
/// A completed job's duration lies in an interval: it was still running when the last look before the end was sent,
/// and was done when the look that saw the end was answered. Of a job that nobody saw the end of only the first is
/// known (its duration is right-censored).
public struct DurationObservation: Sendable, Hashable {
    /// The job was not finished then.
    public var after: Double
    /// The job was finished then; nil where nobody looked long enough.
    public var before: Double?

    /// Answers nil for what cannot be: numbers that are negative or not finite, an end before the beginning.
    public init?(after: Double, before: Double?) {
        guard after >= 0, after.isFinite else { return nil }
        if let before {
            guard before >= after, before > 0, before.isFinite else { return nil }
        } else {
            // Nothing is known of it at all.
            guard after > 0 else { return nil }
        }
        self.after = after
        self.before = before
    }

    /// The middle of what is known.
    var middle: Double { before.map { (after + $0) / 2 } ?? after }
}
