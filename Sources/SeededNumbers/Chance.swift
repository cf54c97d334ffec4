import Synchronization

/// A generator that many tasks share: what spreads a client's waits, and what its policies leave to chance. Seeded, it
/// gives the same numbers in every run.
public final class Chance: Sendable {
    private let numbers: Mutex<SplitMix64>

    public init(seed: UInt64) {
        numbers = Mutex(SplitMix64(seed: seed))
    }

    public convenience init() {
        self.init(seed: .random(in: .min ... .max))
    }

    /// From 0 up to, but not including, 1.
    public func unit() -> Double {
        numbers.withLock { $0.unit() }
    }

    /// Any number.
    public func bits() -> UInt64 {
        numbers.withLock { $0.next() }
    }
}
