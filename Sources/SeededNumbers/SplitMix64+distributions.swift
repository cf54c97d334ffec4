import Glibc

extension SplitMix64 {
    /// From 0 up to, not including, 1, in steps of 2⁻⁵³.
    public mutating func unit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// Mean 0, deviation 1, by Box and Muller.
    public mutating func normal() -> Double {
        (-2 * log(1 - unit())).squareRoot() * cos(2 * Double.pi * unit())
    }

    public mutating func exponential(mean: Double) -> Double { -mean * log(1 - unit()) }
}
