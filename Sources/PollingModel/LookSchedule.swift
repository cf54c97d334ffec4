#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a look and a wait are worth, and the bounds of a delay.
public struct LookCosts: Sendable, Hashable {
    /// The cost of a look.
    public var look: Double
    /// The cost of a second that a finished job is not known to be finished, in the same unit.
    public var delay: Double
    /// The least and the most milliseconds between two looks.
    public var least: Double
    public var most: Double

    public init(look: Double = 0.01, delay: Double = 1, least: Double = 250, most: Double = 30000) {
        self.look = look
        self.delay = delay
        self.least = least
        self.most = most
    }

    /// The delay δ = √(2·look / (delay·hazard)) at which one more look costs as much as it saves, in milliseconds and
    /// within the bounds.
    ///
    ///   hazard per second    1/300   1/60    1/10    1
    ///   look 0.01, delay 1   2449    1095    447     250 (141 unbounded)
    ///   look 1, delay 1      24495   10954   4472    1414
    public func interval(hazard: Double) -> Double {
        min(most, max(least, (2 * look * 1000 / (delay * hazard)).squareRoot()))
    }
}

/// When to look at a job whose duration is distributed as estimated: at the times at which the integral of 1/δ, the
/// rate of looks, has grown by one. As far as the estimate's shape is not to be relied on, that rate is a fixed
/// interval's, which follows from the mean.
public struct LookSchedule: Sendable {
    public let estimate: DurationEstimate
    let costs: LookCosts
    /// Looks due by the start of each bin; one more for the end of the last.
    private let looks: [Double]

    public init(_ estimate: DurationEstimate, costs: LookCosts) {
        self.estimate = estimate
        self.costs = costs
        let confidence = estimate.confidence
        let even = costs.interval(hazard: 1 / estimate.mean)
        var looks = [0.0]
        looks.reserveCapacity(TimeGrid.bins + 1)
        for bin in 0..<TimeGrid.bins {
            let width = estimate.grid.time(at: Double(bin + 1)) - estimate.grid.time(at: Double(bin))
            let shaped = costs.interval(hazard: estimate.hazard(in: bin))
            looks.append(looks[bin] + width * (confidence / shaped + (1 - confidence) / even))
        }
        self.looks = looks
    }

    /// Milliseconds from `elapsed` to the next look.
    /// - Parameter share: how much of a look is to become due until then; more than 1 makes looks rarer.
    public func delay(after elapsed: Double, share: Double = 1) -> Double {
        let position = estimate.grid.position(of: elapsed)
        let delay: Double
        if position < Double(TimeGrid.bins) {
            let bin = Int(position)
            let due = looks[bin] + (looks[bin + 1] - looks[bin]) * (position - Double(bin))
            delay = time(ofDue: due + share) - elapsed
        } else {
            delay = share * costs.interval(hazard: estimate.hazard(at: elapsed))
        }
        return min(costs.most * max(1, share), max(costs.least, delay))
    }

    private func time(ofDue target: Double) -> Double {
        guard target < looks[TimeGrid.bins] else {
            let end = estimate.grid.time(at: Double(TimeGrid.bins))
            return end + (target - looks[TimeGrid.bins]) * costs.interval(hazard: estimate.hazard(at: end))
        }
        var low = 0
        var high = TimeGrid.bins
        while low < high {
            let middle = (low + high) / 2
            if looks[middle + 1] <= target { low = middle + 1 } else { high = middle }
        }
        let part = (target - looks[low]) / (looks[low + 1] - looks[low])
        return estimate.grid.time(at: Double(low) + part)
    }
}
