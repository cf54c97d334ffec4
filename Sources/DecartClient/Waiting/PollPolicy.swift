public import DecartAPI

/// When to poll a job next.
///
///     PollPolicy { question in question.attempt < 10 ? .seconds(1) : .seconds(5) }
public struct PollPolicy: Sendable {
    private let delay: @Sendable (PollQuestion) -> Duration?

    /// - Parameter delay: how long to wait from now on, from zero up; nil gives up, which leaves the job as it is.
    public init(_ delay: @escaping @Sendable (PollQuestion) -> Duration?) {
        self.delay = delay
    }

    func callAsFunction(_ question: PollQuestion) -> Duration? { delay(question) }

    /// What every public client of the service does: 500 ms after the submit, then every 1500 ms.
    public static let standard = PollPolicy.fixed(.milliseconds(1500), first: .milliseconds(500))

    /// - Parameter first: the delay before the first poll; `interval` unless given.
    public static func fixed(_ interval: Duration, first: Duration? = nil) -> PollPolicy {
        PollPolicy { $0.attempt == 0 ? first ?? interval : interval }
    }
}

/// What a policy is asked, after each poll that did not end the wait, and before the first one of a job that was just
/// submitted.
public struct PollQuestion: Sendable {
    public var job: JobID
    /// The model's name, if it is known.
    public var model: String?
    /// Polls made so far.
    public var attempt: Int
    /// As last seen; nil before the first reply.
    public var status: JobStatus?
    /// Since the wait began; after a submit, since its reply.
    public var elapsed: Duration
    /// The job's age at the last reply, counted from the submit; nil if that is unknown.
    public var age: Duration?
    /// The last poll's error; nil if it succeeded.
    public var lastError: DecartError?

    public init(
        job: JobID, model: String? = nil, attempt: Int, status: JobStatus? = nil, elapsed: Duration,
        age: Duration? = nil, lastError: DecartError? = nil
    ) {
        self.job = job
        self.model = model
        self.attempt = attempt
        self.status = status
        self.elapsed = elapsed
        self.age = age
        self.lastError = lastError
    }
}
