import Glibc

/// Cuts time into bins that grow with it: as good as even near zero, as logarithms further out.
///
/// Position x stands for the time `scale` · (eˣ·ˢᵗᵉᵖ − 1): what matters of a duration is its proportion to others, and
/// a logarithm alone would spend its bins on the first millisecond.
struct TimeGrid: Sendable {
    static let bins = 320

    let scale: Double
    let step: Double

    /// - Parameters:
    ///   - typical: a duration in the middle of those to be held, milliseconds.
    ///   - last: where the last bin ends.
    init(typical: Double, last: Double) {
        scale = max(typical, 1e-3) / 20
        step = log1p(max(last, typical) / scale) / Double(Self.bins)
    }

    /// The position of `time`, 0 to `bins`; times beyond the last bin are at its end.
    func position(of time: Double) -> Double {
        min(Double(Self.bins), log1p(max(0, time) / scale) / step)
    }

    func time(at position: Double) -> Double {
        scale * expm1(position * step)
    }
}
