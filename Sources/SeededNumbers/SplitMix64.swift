/// Numbers that look random and are the same for the same seed, on every machine: the SplitMix64 of Steele, Lea and
/// Flood (2014). One addition a step, mixed so that neighbouring states have nothing in common.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) {
        state = seed
    }

    /// One of the many streams of a seed. They have nothing in common, so that what one of them is used for does not
    /// depend on how far the others have come.
    public init(seed: UInt64, stream: UInt64) {
        var mixed = SplitMix64(seed: seed)
        self.init(seed: mixed.next() &+ stream &* 0xD1B5_4A32_D192_ED03)
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
