import Glibc

/// What a poll and a wait cost, and the bounds of a delay.
public struct PollCosts: Sendable, Hashable {
    /// The cost of a poll.
    public var poll: Double
    /// The cost of each second in which a finished job goes unnoticed, in the same unit.
    public var delay: Double
    /// The shortest and the longest time between two polls, milliseconds.
    public var least: Double
    public var most: Double

    public init(poll: Double = 0.01, delay: Double = 1, least: Double = 250, most: Double = 30000) {
        self.poll = poll
        self.delay = delay
        self.least = least
        self.most = most
    }

    /// The delay δ = √(2·poll / (delay·hazard)) at which one more poll costs as much as it saves, in milliseconds and
    /// within the bounds.
    ///
    ///   hazard per second    1/300   1/60    1/10    1
    ///   poll 0.01, delay 1   2449    1095    447     250 (141 unbounded)
    ///   poll 1, delay 1      24495   10954   4472    1414
    public func interval(hazard: Double) -> Double {
        min(most, max(least, (2 * poll * 1000 / (delay * hazard)).squareRoot()))
    }
}

/// When to poll a job whose duration is distributed as estimated: at the times at which the integral of 1/δ, the
/// rate of polls, has grown by one. As far as the estimate's shape is not to be relied on, that rate is a fixed
/// interval's, which follows from the mean.
public struct PollSchedule: Sendable {
    public let estimate: DurationEstimate
    let costs: PollCosts
    /// Polls due by the start of each bin; one more for the end of the last.
    private let polls: [Double]

    public init(_ estimate: DurationEstimate, costs: PollCosts) {
        self.estimate = estimate
        self.costs = costs
        let confidence = estimate.confidence
        let even = costs.interval(hazard: 1 / estimate.mean)
        var polls = [0.0]
        polls.reserveCapacity(TimeGrid.bins + 1)
        for bin in 0..<TimeGrid.bins {
            let width = estimate.grid.time(at: Double(bin + 1)) - estimate.grid.time(at: Double(bin))
            let shaped = costs.interval(hazard: estimate.hazard(in: bin))
            polls.append(polls[bin] + width * (confidence / shaped + (1 - confidence) / even))
        }
        self.polls = polls
    }

    /// Milliseconds from `elapsed` to the next poll.
    /// - Parameter share: how much of a poll has to become due by then; more than 1 makes polls rarer.
    public func delay(after elapsed: Double, share: Double = 1) -> Double {
        let position = estimate.grid.position(of: elapsed)
        let delay: Double
        if position < Double(TimeGrid.bins) {
            let bin = Int(position)
            let due = polls[bin] + (polls[bin + 1] - polls[bin]) * (position - Double(bin))
            delay = time(ofDue: due + share) - elapsed
        } else {
            delay = share * costs.interval(hazard: estimate.hazard(at: elapsed))
        }
        return min(costs.most * max(1, share), max(costs.least, delay))
    }

    private func time(ofDue target: Double) -> Double {
        guard target < polls[TimeGrid.bins] else {
            let end = estimate.grid.time(at: Double(TimeGrid.bins))
            return end + (target - polls[TimeGrid.bins]) * costs.interval(hazard: estimate.hazard(at: end))
        }
        var low = 0
        var high = TimeGrid.bins
        while low < high {
            let middle = (low + high) / 2
            if polls[middle + 1] <= target { low = middle + 1 } else { high = middle }
        }
        let part = (target - polls[low]) / (polls[low + 1] - polls[low])
        return estimate.grid.time(at: Double(low) + part)
    }
}
