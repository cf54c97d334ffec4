import Synchronization

/// Makes ids that nobody guesses, and for one seed the same ones in every run.
final class IDMint: Sendable {
    private let random: Mutex<SeededRandom>

    /// - Parameter seed: the queue's; jobs draw from streams of their own.
    init(seed: UInt64) {
        random = Mutex(SeededRandom(seed: seed, stream: .max))
    }

    /// 100 bits of chance behind `prefix`.
    func next(_ prefix: String) -> String {
        random.withLock { Self.id(prefix, &$0) }
    }

    static func id(_ prefix: String, _ random: inout SeededRandom) -> String {
        let letters = Array("0123456789abcdefghjkmnpqrstvwxyz")
        return prefix + String((0..<20).map { _ in letters[Int(random.next() >> 59)] })
    }
}
