/// A submit that is about to be made: the row it will be, and what may stand in its way.
public struct JobIntent: Sendable {
    /// As it will be inserted, in the state `sending`.
    public var row: JobRow
    /// Whether an equal content of the same run is the same job (`reuse = "run"`).
    public var reusesRun: Bool
    /// Whether a key whose submit is unknown may be paid for a second time.
    public var paysTwice: Bool
    /// This process's own caps, and the submit's.
    public var caps: [Cap]
    public var estimate: CostEstimate

    public init(row: JobRow, reusesRun: Bool, paysTwice: Bool, caps: [Cap], estimate: CostEstimate) {
        self.row = row
        self.reusesRun = reusesRun
        self.paysTwice = paysTwice
        self.caps = caps
        self.estimate = estimate
    }
}

/// What became of an intent.
public enum Admission: Hashable, Sendable {
    /// It is written down: send it.
    case send
    /// It is this job already.
    case known(JobRow)
    /// This job is just being sent by a process that lives: ask again.
    case wait(JobRow)
    /// Its key stands for something else.
    case keyReused(JobRow, KeyConflict)
    /// Its key stands for a submit of which nobody knows what became.
    case unknown(JobRow)
    case overBudget(Cap, spent: Money)
    /// A cap is in force, and nobody knows what the job costs. The reason says what would tell.
    case unpriced(Cap, String)
}

/// Why a key cannot be used again.
public enum KeyConflict: Hashable, Sendable {
    case content
    case account
}
