import Glibc

/// How long jobs take, as estimated from observations without assuming a shape.
///
/// The probability of each bin of a time grid is found by self-consistency (Turnbull's estimate, for intervals and
/// right-censored durations alike), smoothed after every step by a kernel that is as wide as it takes to hold a fixed
/// share of the jobs around it: narrow at a peak, wide where jobs are few. A small part of the probability, 1 in n + 1,
/// is spread widely: n jobs say nothing about what only one in more than n does. It keeps a policy looking before the
/// earliest and after the latest duration seen.
public struct DurationEstimate: Sendable {
    let grid: TimeGrid
    /// Probability of each bin.
    let mass: [Double]
    /// Probability of lasting to the start of each bin; one more at the end, for what lies beyond.
    let survival: [Double]
    let median: Double
    /// How many completed jobs are behind it.
    public let count: Int
    /// The mean duration if jobs are exponential: the time that all were watched for, by those that completed. What is
    /// still running counts for as long as it has run.
    let mean: Double

    /// The wide part is log-logistic: its survival is 1 / (1 + (t / median)^shape).
    static let tailShape = 2.0
    /// An estimate from n jobs that seems to gain no more than this by √n may have seen nothing but chance.
    static let doubtfulGain = 0.6

    /// Returns nil if no job was seen to complete.
    public init?(_ observations: [DurationObservation]) {
        let completed = observations.filter { $0.before != nil }.map(\.middle).sorted()
        guard !completed.isEmpty else { return nil }
        let median = completed[completed.count / 2]
        let latest = observations.map { $0.before ?? $0.after }.max() ?? median
        let grid = TimeGrid(typical: median, last: 4 * latest)
        var fit = MassFit(observations, on: grid)
        fit.run()
        let doubt = 1 / Double(completed.count + 1)
        var mass: [Double] = []
        var survival = [1.0]
        mass.reserveCapacity(TimeGrid.bins)
        survival.reserveCapacity(TimeGrid.bins + 1)
        var held = 1.0
        var wide = 1.0
        for bin in 0..<TimeGrid.bins {
            let next = Self.wideSurvival(grid.time(at: Double(bin + 1)), median)
            mass.append((1 - doubt) * fit.mass[bin] + doubt * (wide - next))
            wide = next
            held -= fit.mass[bin]
            survival.append(max(0, (1 - doubt) * held) + doubt * wide)
        }
        self.grid = grid
        self.mass = mass
        self.survival = survival
        self.median = median
        count = completed.count
        mean = observations.reduce(0) { $0 + $1.middle } / Double(completed.count)
    }

    private static func wideSurvival(_ time: Double, _ median: Double) -> Double {
        1 / (1 + pow(time / median, tailShape))
    }

    /// The chance of a job to last longer than `time`.
    public func survival(at time: Double) -> Double {
        let position = grid.position(of: time)
        guard position < Double(TimeGrid.bins) else {
            return Self.wideSurvival(time, median) / Double(count + 1)
        }
        let bin = Int(position)
        return survival[bin] - mass[bin] * (position - Double(bin))
    }

    /// The duration that this share of jobs does not exceed.
    public func quantile(_ share: Double) -> Double {
        let left = 1 - share
        var low = 0
        var high = TimeGrid.bins
        while low < high {
            let middle = (low + high) / 2
            if survival[middle + 1] > left { low = middle + 1 } else { high = middle }
        }
        guard low < TimeGrid.bins else { return grid.time(at: Double(TimeGrid.bins)) }
        let part = mass[low] > 0 ? (survival[low] - left) / mass[low] : 0
        return grid.time(at: Double(low) + min(1, max(0, part)))
    }

    /// The hazard at `time`, the density of ending then among the jobs that last so long, per millisecond.
    public func hazard(at time: Double) -> Double {
        let position = grid.position(of: time)
        guard position < Double(TimeGrid.bins) else { return Self.tailShape / time }
        return hazard(in: Int(position))
    }

    func hazard(in bin: Int) -> Double {
        let width = grid.time(at: Double(bin + 1)) - grid.time(at: Double(bin))
        let lasting = (survival[bin] + survival[bin + 1]) / 2
        return lasting > 0 ? mass[bin] / (lasting * width) : Self.tailShape / grid.time(at: Double(bin + 1))
    }

    /// ∫√(f·S)dt in √ms: the fewer polls it takes to see the end soon, the smaller it is. See `PollBound`.
    public var spread: Double {
        var sum = 0.0
        for bin in 0..<TimeGrid.bins {
            let width = grid.time(at: Double(bin + 1)) - grid.time(at: Double(bin))
            sum += (mass[bin] * width * (survival[bin] + survival[bin + 1]) / 2).squareRoot()
        }
        return sum
    }

    /// ∫S dt: the mean duration as the estimate has it.
    private var expectation: Double {
        var sum = 0.0
        for bin in 0..<TimeGrid.bins {
            let width = grid.time(at: Double(bin + 1)) - grid.time(at: Double(bin))
            sum += width * (survival[bin] + survival[bin + 1]) / 2
        }
        return sum
    }

    /// How far to go by the shape of the estimate, 0 to 1; the rest of the way jobs count as exponential ones, of which
    /// the past says nothing about the rest.
    ///
    /// Of n exponential durations an estimate seems to be worth more than a fixed interval, by about 0.25/√n, though
    /// nothing is to be gained; following it costs up to a tenth. Other shapes seem worth more than that by far:
    ///
    ///   what it seems to gain over a fixed interval, middle of 60 tries, and where the confidence is 0 and 1
    ///   n      exponential    lognormal, σ = 0.8    uniform from 0    σ = 0.5    0       1
    ///   20     0.06           0.14                  0.19              0.34       0.13    0.27
    ///   80     0.03           0.12                  0.14              0.36       0.07    0.13
    ///   320    0.02           0.10                  0.14              0.34       0.03    0.07
    public var confidence: Double {
        let doubtful = Self.doubtfulGain / Double(count).squareRoot()
        return min(1, max(0, (expectation / (spread * spread) - 1) / doubtful - 1))
    }
}
