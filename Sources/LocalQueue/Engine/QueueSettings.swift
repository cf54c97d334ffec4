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
    /// Decides ids and failures: two queues of one seed that get the same submits answer the same. Nil: a new one.
    public var seed: UInt64?
    /// Misbehaves on purpose: a result's body breaks off after so many bytes, whatever its length says, and its reader
    /// has to go on from there by `Range`. Nil: every body is whole.
    public var cutAfter: Int?
    /// Decides what becomes of each job in place of the times and the fail rate above; nil: nothing does.
    public var planner: JobPlanner?

    /// The defaults let a script that looks every 2 s see `pending`, `processing` and `completed`.
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
