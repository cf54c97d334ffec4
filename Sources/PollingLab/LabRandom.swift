import SeededNumbers

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the lab leaves to chance: the same for the same seed.
struct LabRandom: RandomNumberGenerator, Sendable {
    private var numbers: SplitMix64

    init(seed: UInt64) {
        numbers = SplitMix64(seed: seed)
    }

    mutating func next() -> UInt64 { numbers.next() }

    /// From 0 up to 1.
    mutating func unit() -> Double { numbers.unit() }

    /// Mean 0, deviation 1, by Box and Muller.
    mutating func normal() -> Double {
        (-2 * log(1 - unit())).squareRoot() * cos(2 * Double.pi * unit())
    }

    mutating func exponential(mean: Double) -> Double { -mean * log(1 - unit()) }
}
