import Synchronization

/// Where a client's chance comes from: the spread of its waits. Seeded, it is the same in every run.
public final class Chance: Sendable {
    private let state: Mutex<UInt64>

    public init(seed: UInt64) {
        state = Mutex(seed)
    }

    public convenience init() {
        self.init(seed: .random(in: .min ... .max))
    }

    /// From 0 up to, but not including, 1.
    public func unit() -> Double {
        // SplitMix64: one addition a step, mixed so that neighbouring states have nothing in common.
        let step = state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            return state
        }
        var bits = (step ^ (step >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        return Double(bits >> 11) * 0x1p-53
    }
}
