/// What a policy is given: the state of one wait, as from `client.queue.submitAndPoll`.
public struct LabWait: Sendable {
    /// The job's number, from 0.
    public var job: Int
    /// Polls so far.
    public var attempt = 0
    public var status = "pending"
    /// Milliseconds since the submit.
    public var elapsed = 0.0
    /// Whether the last poll was not answered.
    public var missed = false
    /// The time in the lab, milliseconds.
    public var now = 0.0
}

/// The outcome of one wait.
public struct LabOutcome: Sendable {
    public var job: Int
    /// When, since the submit, the last poll was sent that found it unfinished.
    public var after: Double
    /// When the poll was answered that found it finished; nil if the policy gave up.
    public var before: Double?
    public var now: Double
}

/// What comes next in a run.
public enum LabStep: Sendable {
    /// The policy has to say when to poll; `LabRun.answer` takes the answer.
    case ask(LabWait)
    /// The policy may learn from this.
    case ended(LabOutcome)
    case over(LabResult)
}
