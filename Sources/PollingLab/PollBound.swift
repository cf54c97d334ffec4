import Glibc
internal import PollingModel
import SeededNumbers

/// The most that polling at the right times can gain.
///
/// Polls δ(t) apart cost ∫S/δ polls and ∫f·δ/2 of delay; whatever δ, their product is at least (∫√(f·S))²/2, which
/// δ ∝ 1/√h reaches. A fixed interval gives E[T]/2, so the most to be gained is E[T] / (∫√(f·S))²:
///
///   lognormal, σ = 0.3    0.5     0.8     exponential    uniform from 0
///   1.97 (1.961)          1.37    1.09    1              9/8
public enum PollBound {
    /// ∫√(f·S)dt in √ms; 0 where the durations have atoms, whose ends a poll can be put on exactly.
    public static func spread(_ durations: JobDurations) -> Double {
        if durations.hasAtoms { return 0 }
        if durations.isRecorded { return spread(ofSample: durations.sampleForBound) }
        // In steps of the logarithm, from where nothing has ended to where everything has.
        let last = durations.farEnd
        let from = log(last * 1e-9)
        let steps = 20000
        let step = (log(last) - from) / Double(steps)
        var sum = 0.0
        for index in 0..<steps {
            let time = exp(from + (Double(index) + 0.5) * step)
            sum += (durations.density(time) * durations.survival(time)).squareRoot() * time * step
        }
        return sum
    }

    /// The same by way of an estimate, for durations that were only observed.
    public static func spread(ofSample times: [Double]) -> Double {
        let observations = times.compactMap { DurationObservation(after: $0, before: $0) }
        return DurationEstimate(observations)?.spread ?? 0
    }

    /// E[T] / (∫√(f·S))²; nil where there is no limit.
    public static func gain(mean: Double, spread: Double) -> Double? {
        spread > 0 ? mean / (spread * spread) : nil
    }
}

extension JobDurations {
    /// A time that practically no job reaches, and that is well beyond those that matter to √(f·S).
    fileprivate var farEnd: Double {
        switch self {
        case .fixed(let time): time
        case .lognormal(let median, let sigma): median * exp(9 * sigma)
        case .uniform(_, let to): to
        case .exponential(let mean): 40 * mean
        case .recorded(let times): times.max() ?? 1
        case .mixture(let kinds): kinds.map(\.farEnd).max() ?? 1
        }
    }

    fileprivate var sampleForBound: [Double] {
        if case .recorded(let times) = self { return times }
        var random = SplitMix64(seed: 1)
        return (0..<5000).map { _ in sample(&random) }
    }
}
