import SeededNumbers
import Synchronization

/// Where a client's chance comes from: the spread of its waits. Seeded, it is the same in every run.
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
}
