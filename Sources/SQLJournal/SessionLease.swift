import RunClock

/// A process's place in the journal: the name under which it has jobs, and since when others know that it lives.
struct SessionLease: Sendable {
    /// A process that has not renewed its lease for so long stops by itself, before others take its jobs.
    static let patience: Duration = .seconds(40)
    /// How old a renewal may be for a transaction to rely on it.
    static let fresh: Duration = .seconds(10)

    private let base: String
    private var losses = 0
    private(set) var id: String
    /// Whether its row is in the journal.
    private(set) var isRegistered = false
    /// Whether its row may have gone meanwhile.
    private(set) var isDoubted = false
    /// Before the last renewal was asked for; nil if there was none.
    private(set) var renewedAt: RunInstant?

    init(id: String) {
        base = id
        self.id = id
    }

    mutating func registered(at instant: RunInstant) {
        isRegistered = true
        isDoubted = false
        renewedAt = instant
    }

    /// Others may have its jobs by now: it begins again under another name.
    mutating func lost() {
        losses += 1
        id = "\(base)-\(losses + 1)"
        isRegistered = false
        renewedAt = nil
    }

    /// The next transaction is not to rely on the last renewal.
    mutating func doubted() { isDoubted = true }

    mutating func ended() {
        isRegistered = false
        renewedAt = nil
    }

    func isFresh(at instant: RunInstant) -> Bool {
        !isDoubted && renewedAt.map { instant - $0 < Self.fresh } ?? false
    }

    /// Whether it stops by itself.
    func isOver(at instant: RunInstant) -> Bool { renewedAt.map { instant - $0 >= Self.patience } ?? false }
}
