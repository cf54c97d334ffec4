/// What has been spent, or may have been.
public struct SpendSummary: Hashable, Sendable {
    /// Today, by UTC.
    public var day = Money.zero
    /// In this run.
    public var run = Money.zero
    /// By submits of which nobody can tell whether they made a job; also part of the others.
    public var unknown = Money.zero
    /// How many jobs of today have a cost that nobody could tell: they are in none of the sums.
    public var unpriced = 0
    /// The caps in force.
    public var caps: [Cap] = []

    public init() {}
}

/// One line of a table of what was spent.
public struct SpendRow: Hashable, Sendable {
    /// A day, a run, a label or a model; nil for jobs without one.
    public var name: String?
    public var jobs: Int
    public var charge: Money
    /// How many of the jobs have a cost that nobody could tell.
    public var unpriced: Int

    public init(name: String?, jobs: Int, charge: Money, unpriced: Int = 0) {
        self.name = name
        self.jobs = jobs
        self.charge = charge
        self.unpriced = unpriced
    }
}

/// What such a table is by.
public enum SpendGrouping: String, Sendable, CaseIterable {
    case day, run, label, model
}
