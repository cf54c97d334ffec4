public import DecartAPI
public import RunClock

/// The wait for a job as a state machine: events go in, what to do next comes out. It has no clock, network or
/// callbacks; its driver has them.
///
///     var wait = JobWait(for: id, at: clock.now)
///     var action = wait.next(.start, at: clock.now)
///     // do what `action` says, and give the event it leads to to `next`, until it is `.end`
///
/// | event                               | leads to                                                              |
/// |-------------------------------------|-----------------------------------------------------------------------|
/// | `.start`, no submit's reply known   | `.poll`                                                               |
/// | `.start` after a submit             | `.report` of the submit's reply                                       |
/// | `.reply`                            | `.report`                                                             |
/// | `.reported`, the job is finished    | `.end`: `.completed` or `.failed`                                     |
/// | `.reported`, it is not              | `.askPolicy`; past the deadline `.end`: `.gaveUp`                     |
/// | `.failure` that says what will stay | `.end`: `.stopped`                                                    |
/// | any other `.failure`                | a missed poll: `.askPolicy`; past the deadline `.end`: `.gaveUp`      |
/// | `.delay`                            | `.sleep`, from now on, though not beyond the deadline                 |
/// | `.delay(nil)`                       | `.end`: `.gaveUp`                                                     |
/// | `.woke`                             | `.poll`                                                               |
///
/// The rules of every wait:
/// - A 404 and other refusals end it, but 408 and 429, which pass; so does a cancellation. Any other failure is a
///   missed poll, which says nothing of the job. A status word that nobody knows is a job that is not finished.
/// - A delay counts from the policy's answer. A missed poll's `Retry-After` is its floor.
/// - The deadline cuts a sleep short, for one last poll. No poll may take longer than what is left, or 5 s where that
///   is more. After a submit the deadline counts from before the submit, and there is at least one poll all the same.
/// - `.report` is for each reply to a poll, and for the submit's; it says whether the status is another than before.
public struct JobWait: Sendable {
    /// The least time that a poll gets, however little of the wait is left.
    public static let shortestPollLimit: Duration = .seconds(5)
    /// A policy that answers 0 polls a thousand times a second: without any time between polls, virtual time would stand
    /// still.
    public static let shortestDelay: Duration = .milliseconds(1)

    public let job: JobID
    /// The model's name, if it is known.
    public let model: String?
    let timeout: Duration?
    /// When the wait is to be over; nil: never.
    public let deadline: RunInstant?
    private let started: RunInstant
    private let submitted: RunInstant?
    private let submitReply: JobReply?

    /// Polls begun so far.
    public private(set) var polls = 0
    /// As last seen; nil before the first reply.
    public private(set) var status: JobStatus?
    /// The last poll's error; nil if it succeeded.
    public private(set) var lastError: DecartError?
    public private(set) var sightings = Sightings()

    private var reply: JobReply?
    private var reportedStatus: JobStatus?
    private var pollBegan: RunInstant
    private var age: Duration?

    /// A wait for a job of which only the id is known. It polls at once.
    ///
    /// - Parameters:
    ///   - submitted: when the job was submitted, if that is known.
    ///   - timeout: for the whole wait, from `now` on; nil waits as long as it takes.
    public init(
        for job: JobID, model: String? = nil, submitted: RunInstant? = nil, timeout: Duration? = nil, at now: RunInstant
    ) {
        self.job = job
        self.model = model
        self.timeout = timeout
        self.submitted = submitted
        deadline = timeout.map { now + $0 }
        started = now
        pollBegan = now
        submitReply = nil
    }

    /// A wait for a job that has just been submitted. It asks the policy before the first poll.
    ///
    /// - Parameters:
    ///   - reply: the submit's.
    ///   - timeout: for the submit and the wait together, from `begun` on; nil waits as long as it takes.
    ///   - begun: when the submit began.
    public init(
        after reply: JobReply, model: String? = nil, timeout: Duration? = nil, from begun: RunInstant,
        at now: RunInstant
    ) {
        job = reply.id
        self.model = model
        self.timeout = timeout
        submitted = now
        deadline = timeout.map { begun + $0 }
        started = now
        pollBegan = now
        submitReply = reply
    }

    /// Takes in what has happened.
    ///
    /// - Parameter now: after it has happened.
    public mutating func next(_ event: Event, at now: RunInstant) -> Action {
        switch event {
        case .start:
            guard let submitReply else { return poll(at: now) }
            return report(submitReply, isOfPoll: false)
        case .reply(let reply):
            lastError = nil
            sight(reply.status, at: now)
            return report(reply, isOfPoll: true)
        case .failure(let error):
            if Self.endsWait(error) { return .end(.stopped(about(error))) }
            lastError = error
            return goOn(at: now)
        case .reported:
            return reply.flatMap(Self.end).map { .end($0) } ?? goOn(at: now)
        case .delay(nil):
            return .end(.gaveUp(gaveUp("the policy gave up after \(polls) \(polls == 1 ? "poll" : "polls")")))
        case .delay(let delay?):
            guard delay >= .zero else { return .end(.stopped(invalidDelay(delay))) }
            let instant = now + max(delay, lastError?.retryAfter ?? .zero, Self.shortestDelay)
            return .sleep(until: deadline.map { min($0, instant) } ?? instant)
        case .woke:
            return poll(at: now)
        }
    }

    private mutating func poll(at now: RunInstant) -> Action {
        polls += 1
        pollBegan = now
        return .poll(within: deadline.map { max($0 - now, Self.shortestPollLimit) })
    }

    private mutating func report(_ reply: JobReply, isOfPoll: Bool) -> Action {
        self.reply = reply
        status = reply.status
        defer { reportedStatus = reply.status }
        return .report(reply, isOfPoll: isOfPoll, isChange: reply.status != reportedStatus)
    }

    private mutating func goOn(at now: RunInstant) -> Action {
        guard let deadline, let timeout, now >= deadline else {
            return .askPolicy(
                PollQuestion(
                    job: job, model: model, attempt: polls, status: status, elapsed: now - started, age: age,
                    lastError: lastError))
        }
        // A submit may use up the whole timeout. Its job is still polled once.
        if polls == 0 { return poll(at: now) }
        return .end(.gaveUp(gaveUp("it took longer than \(Self.milliseconds(timeout)) ms")))
    }

    private mutating func sight(_ status: JobStatus, at now: RunInstant) {
        guard let submitted else { return }
        age = now - submitted
        if !status.isFinished {
            sightings.unfinished = pollBegan - submitted
        } else if status == .completed {
            sightings.unfinished = sightings.unfinished ?? .zero
            sightings.completed = age
        }
    }

    private static func end(of reply: JobReply) -> End? {
        switch reply.status {
        case .completed: .completed(reply)
        case .failed: .failed(reply, reason: reply.failureReason)
        default: nil
        }
    }
}
