/// How the queue treats its jobs.
public struct QueueSettings: Sendable {
    /// How long a job waits before it asks for a worker.
    public var pending: Duration
    /// How long a worker needs for a job.
    public var processing: Duration
    /// How many jobs are `processing` at a time; at least 1.
    public var concurrency: Int
    /// The share of jobs that fail, 0 to 1.
    public var failRate: Double
    /// How long after its end a job is forgotten; nil: never.
    public var expireAfter: Duration?
    /// Decides ids and failures: two queues with one seed answer the same submits alike. Nil: a random seed.
    public var seed: UInt64?
    /// Cuts every result's body after so many bytes, whatever its length says, so that its reader has to resume with
    /// `Range`. Nil: bodies are whole.
    public var cutAfter: Int?
    /// Decides what happens to each job, instead of the times and the fail rate above.
    public var planner: JobPlanner?

    /// With the defaults, a script that polls every 2 s sees `pending`, `processing` and `completed`.
    public init(
        pending: Duration = .milliseconds(1500), processing: Duration = .milliseconds(4000), concurrency: Int = 4,
        failRate: Double = 0, expireAfter: Duration? = nil, seed: UInt64? = nil, cutAfter: Int? = nil
    ) {
        self.pending = pending
        self.processing = processing
        self.concurrency = concurrency
        self.failRate = failRate
        self.expireAfter = expireAfter
        self.seed = seed
        self.cutAfter = cutAfter
    }
}
