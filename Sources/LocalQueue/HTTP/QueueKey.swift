import DecartAPI

/// The key that a queue's clients have to send. It stays hidden when a framework prints the server in its log.
struct QueueKey: Sendable, HiddenWhenPrinted {
    let secret: String

    /// Compares every byte, so that the time it takes reveals nothing about the key.
    func matches(_ given: String) -> Bool {
        guard given.utf8.count == secret.utf8.count else { return false }
        return zip(given.utf8, secret.utf8).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
