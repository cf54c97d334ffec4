public import DecartAPI
public import DecartClient
public import JobJournal
public import JournaledClient
public import LearnedDurations
public import SeededNumbers

extension DecartModule {
    /// What the command decided for the whole run.
    public struct Settings: Sendable {
        /// The choice of server that goes before a script's own.
        public var server: ServerOverride?
        /// Read when the first client is made: a script without one does not wait for it.
        public var environment: @Sendable () -> [String: String]
        public var chance: Chance
        /// Where `decart.policy.learned` keeps durations from run to run.
        public var durations = KeptDurations.onlyIfAsked
        /// Where paid jobs are written down; nil: nowhere, and keys and caps cannot be had.
        public var journal: Journal?
        /// Whether a file of provenance is written beside each result that is saved.
        public var writesSidecars = true
        /// Whether a script may touch a file; nil: it may touch what its user may.
        public var files: (any FileGuard)?
        /// Who submits in place of this process.
        public var paidWork: (any PaidWork)?
        /// The journal of this run in another process, if it is there.
        public var runJournal: (any RunJournal)?
        /// Why there can be no client.
        public var clientFault: DecartError?
        var isSandboxed: Bool { files != nil }

        /// Whether the queue is on this machine: then nothing is said of deprecated models.
        public var isLocal: Bool { if case .local? = server { true } else { false } }

        public init(
            server: ServerOverride? = nil, environment: @escaping @Sendable () -> [String: String],
            chance: Chance = Chance()
        ) {
            self.server = server
            self.environment = environment
            self.chance = chance
        }
    }
}
