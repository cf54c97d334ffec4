import Glibc

/// Shares requests a second among jobs.
///
/// Each job would by itself be polled every δᵢ ∝ 1/√hᵢ. Where that makes more than R requests a second in all, every
/// delay is stretched by Σ(1/δ)/R, which is δᵢ = Σ√h / (R·√hᵢ). A 429 halves R, or what is asked for now where no R is
/// set; after half a minute without one, R grows by a hundredth a second until it is what it was.
///
///   own delays 1 s, 1 s, 2 s: 2.5 a second    R = 5       R = 2.5     R = 1
///   delays                                    1, 1, 2 s   1, 1, 2 s   2.5, 2.5, 5 s
public struct RequestBudget: Sendable {
    /// Requests a second that were granted; nil for no limit.
    private let granted: Double?
    /// Requests a second that are allowed now; nil for no limit.
    public private(set) var allowed: Double?
    /// Requests a second that the jobs under way would make by themselves.
    public private(set) var wanted = 0.0
    private var rates: [String: Double] = [:]
    private var halvedAt = -Double.infinity
    private var raisedAt = 0.0

    /// Requests under way when one is refused are refused as well: that is one event.
    static let oneEvent = 5000.0
    static let quiet = 30000.0
    static let growth = 0.01
    /// A refusing service is still asked once in 100 s.
    static let least = 0.01

    public init(perSecond granted: Double?) {
        self.granted = granted
        allowed = granted
    }

    /// By how much to stretch the delay of a job that would by itself be polled after `own` milliseconds.
    public mutating func stretch(of job: String, own: Double, now: Double) -> Double {
        // A delay of nothing is still a request's time.
        let rate = 1000 / max(own, 1)
        wanted += rate - (rates.updateValue(rate, forKey: job) ?? 0)
        raise(now: now)
        guard let allowed else { return 1 }
        return max(1, wanted / allowed)
    }

    public mutating func ended(_ job: String) {
        wanted -= rates.removeValue(forKey: job) ?? 0
        // Sums of differences drift.
        if rates.isEmpty { wanted = 0 }
    }

    /// The service answered 429.
    public mutating func refused(now: Double) {
        guard now - halvedAt >= Self.oneEvent else { return }
        raise(now: now)
        allowed = max(Self.least, min(allowed ?? wanted, max(wanted, Self.least)) / 2)
        halvedAt = now
    }

    private mutating func raise(now: Double) {
        let from = max(raisedAt, halvedAt + Self.quiet)
        guard now > from else { return }
        raisedAt = now
        guard let low = allowed, low < granted ?? .infinity else { return }
        let higher = low * pow(1 + Self.growth, (now - from) / 1000)
        if let granted {
            allowed = min(granted, higher)
        } else {
            // A budget that is far from used up limits nothing.
            allowed = higher > 4 * wanted ? nil : higher
        }
    }
}
