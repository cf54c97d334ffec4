extension Journal {
    /// Which journal a run has.
    public enum Kind: Hashable, Sendable {
        /// One that was asked for: without it nothing is submitted. The name is for messages.
        case named(String)
        /// The program's own: a run goes on without it.
        case standard(String)
        /// One that ends with the run.
        case memory
        case off
    }

    /// The run whose jobs are written down.
    public struct Run: Hashable, Sendable {
        public var name: String
        /// Whether somebody gave it its name: one that was made up is never met again.
        public var isNamed: Bool
        /// Whether every submit of it reuses the run (`--resume-run`).
        public var isResumed: Bool

        public init(name: String, isNamed: Bool, isResumed: Bool = false) {
            self.name = name
            self.isNamed = isNamed
            self.isResumed = isResumed
        }
    }

    /// What holds for a whole run.
    public struct Settings: Sendable {
        public var kind: Kind
        public var run: Run
        /// Of this run; nil: none.
        public var runCap: Money?
        /// Of all runs of a day; nil: none.
        public var dayCap: Money?
        /// Read when the first job is priced.
        public var prices: @Sendable () -> PriceList
        /// Where a price can be added, for messages.
        public var priceFile: String
        /// Where ids come from.
        public var random: @Sendable () -> UInt64

        public init(
            kind: Kind, run: Run, runCap: Money? = nil, dayCap: Money? = nil,
            prices: @escaping @Sendable () -> PriceList = { .builtIn }, priceFile: String = "prices.json",
            random: @escaping @Sendable () -> UInt64 = { .random(in: .min ... .max) }
        ) {
            self.kind = kind
            self.run = run
            self.runCap = runCap
            self.dayCap = dayCap
            self.prices = prices
            self.priceFile = priceFile
            self.random = random
        }

        var caps: [Cap] {
            [runCap.map { Cap(.run(run.name), $0) }, dayCap.map { Cap(.day, $0) }].compactMap { $0 }
        }
    }
}
