import SeededNumbers

/// Each job has its own stream, made from the queue's seed and the job's number, so that what a job gets depends
/// neither on the jobs before it nor on a restart in between.
struct SeededRandom: RandomNumberGenerator, Sendable {
    private var numbers: SplitMix64

    init(seed: UInt64, stream: UInt64 = 0) {
        var mixed = SplitMix64(seed: seed)
        numbers = SplitMix64(seed: mixed.next() &+ stream &* 0xD1B5_4A32_D192_ED03)
    }

    mutating func next() -> UInt64 { numbers.next() }

    /// From 0 up to, not including, 1.
    mutating func nextUnit() -> Double { numbers.unit() }
}
