/// A point on a run's own time line: nanoseconds since its clock was started.
///
/// Instants of two clocks have nothing to do with one another. A signed 64-bit count of nanoseconds lasts 292 years.
public struct RunInstant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the clock started.
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The instant at which every clock starts.
    public static let start = RunInstant(nanoseconds: 0)

    /// Milliseconds since the clock started, as scripts see time.
    public var milliseconds: Double { Double(nanoseconds) / 1e6 }

    public static func < (left: RunInstant, right: RunInstant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// Saturates at the ends of the time line: "in ten thousand years" is a legal, if late, deadline.
    public static func + (instant: RunInstant, duration: Duration) -> RunInstant {
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(duration.saturatingNanoseconds)
        guard overflow else { return RunInstant(nanoseconds: sum) }
        return RunInstant(nanoseconds: duration < .zero ? .min : .max)
    }

    public static func - (left: RunInstant, right: RunInstant) -> Duration {
        let (difference, overflow) = left.nanoseconds.subtractingReportingOverflow(right.nanoseconds)
        guard overflow else { return .nanoseconds(difference) }
        return .nanoseconds(left < right ? Int64.min : Int64.max)
    }
}

extension Duration {
    /// Whole nanoseconds, held at the ends of `Int64` where the duration is longer than that.
    public var saturatingNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, overflowed) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        guard !overflowed else { return seconds < 0 ? .min : .max }
        return sum
    }

    /// Milliseconds with fraction, as scripts and options state time.
    public var inMilliseconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) * 1e3 + Double(attoseconds) / 1e15
    }

    /// A duration from a script's milliseconds; held at ±292 years, and zero for a value that is not a number. Rounded up
    /// to a whole nanosecond: a wait for what is left until a deadline must not end before it.
    public static func fromMilliseconds(_ milliseconds: Double) -> Duration {
        guard !milliseconds.isNaN else { return .zero }
        let nanoseconds = milliseconds * 1e6
        if nanoseconds >= 9.2e18 { return .nanoseconds(Int64.max) }
        if nanoseconds <= -9.2e18 { return .nanoseconds(Int64.min) }
        return .nanoseconds(Int64(nanoseconds.rounded(.up)))
    }
}
