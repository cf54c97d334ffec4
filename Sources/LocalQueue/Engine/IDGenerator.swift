import SeededNumbers
import Synchronization

/// Makes ids that cannot be guessed, and the same ones in every run for one seed.
final class IDGenerator: Sendable {
    private let random: Mutex<SplitMix64>

    /// - Parameter seed: the queue's. Jobs draw from separate streams.
    init(seed: UInt64) {
        random = Mutex(SplitMix64(seed: seed, stream: .max))
    }

    /// `prefix` followed by 100 random bits.
    func next(_ prefix: String) -> String {
        random.withLock { Self.id(prefix, &$0) }
    }

    static func id(_ prefix: String, _ random: inout SplitMix64) -> String {
        let letters = Array("0123456789abcdefghjkmnpqrstvwxyz")
        return prefix + String((0..<20).map { _ in letters[Int(random.next() >> 59)] })
    }
}
