import Glibc
internal import PollingModel
import SeededNumbers

/// How long jobs take in the lab, in milliseconds.
public indirect enum JobDurations: Sendable, Hashable {
    case fixed(Double)
    case lognormal(median: Double, sigma: Double)
    case uniform(from: Double, to: Double)
    case exponential(mean: Double)
    /// Each job takes one of these.
    case recorded([Double])
    /// Each job is of one of these kinds, all equally often.
    case mixture([JobDurations])

    func sample(_ random: inout SplitMix64) -> Double {
        switch self {
        case .fixed(let time): time
        case .lognormal(let median, let sigma): median * exp(sigma * random.normal())
        case .uniform(let from, let to): from + (to - from) * random.unit()
        case .exponential(let mean): random.exponential(mean: mean)
        case .recorded(let times): times[Int(random.unit() * Double(times.count))]
        case .mixture(let kinds): kinds[Int(random.unit() * Double(kinds.count))].sample(&random)
        }
    }

    /// The mean duration, E[T].
    public var mean: Double {
        switch self {
        case .fixed(let time): time
        case .lognormal(let median, let sigma): median * exp(sigma * sigma / 2)
        case .uniform(let from, let to): (from + to) / 2
        case .exponential(let mean): mean
        case .recorded(let times): times.reduce(0, +) / Double(times.count)
        case .mixture(let kinds): kinds.map(\.mean).reduce(0, +) / Double(kinds.count)
        }
    }
}

// The density and survival of those that have a formula.
extension JobDurations {
    func density(_ time: Double) -> Double {
        switch self {
        case .fixed, .recorded: return 0
        case .lognormal(let median, let sigma):
            let deviation = log(time / median) / sigma
            return exp(-deviation * deviation / 2) / (time * sigma * (2 * Double.pi).squareRoot())
        case .uniform(let from, let to): return time >= from && time < to ? 1 / (to - from) : 0
        case .exponential(let mean): return exp(-time / mean) / mean
        case .mixture(let kinds): return kinds.map { $0.density(time) }.reduce(0, +) / Double(kinds.count)
        }
    }

    func survival(_ time: Double) -> Double {
        switch self {
        case .fixed(let end): return time < end ? 1 : 0
        case .recorded(let times): return Double(times.count { $0 > time }) / Double(times.count)
        case .lognormal(let median, let sigma): return erfc(log(time / median) / (sigma * 2.0.squareRoot())) / 2
        case .uniform(let from, let to): return min(1, max(0, (to - time) / (to - from)))
        case .exponential(let mean): return exp(-time / mean)
        case .mixture(let kinds): return kinds.map { $0.survival(time) }.reduce(0, +) / Double(kinds.count)
        }
    }

    /// Whether every job takes one of a few exact times. There is no density then.
    var hasAtoms: Bool {
        switch self {
        case .fixed: true
        case .mixture(let kinds): kinds.contains(where: \.hasAtoms)
        case .lognormal, .uniform, .exponential, .recorded: false
        }
    }

    var isRecorded: Bool {
        switch self {
        case .recorded: true
        case .mixture(let kinds): kinds.contains(where: \.isRecorded)
        case .fixed, .lognormal, .uniform, .exponential: false
        }
    }
}
