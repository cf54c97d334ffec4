/// What a policy is asked with: the state of one wait, as `client.queue.submitAndPoll` would give it.
public struct LabWait: Sendable {
    /// Which job, from 0.
    public var job: Int
    /// Looks so far.
    public var attempt = 0
    public var status = "pending"
    /// Milliseconds since the submit.
    public var elapsed = 0.0
    /// Whether the last look was not answered.
    public var missed = false
    /// The time in the lab, milliseconds.
    public var now = 0.0
}

/// What became of one wait.
public struct LabOutcome: Sendable {
    public var job: Int
    /// When, since the submit, the last look was sent that found it unfinished.
    public var after: Double
    /// When the look was answered that found it finished; nil if the policy gave up.
    public var before: Double?
    public var now: Double
}

/// What comes next in a run.
public enum LabStep: Sendable {
    /// The policy is to say when to look; `LabRun.answer` takes it.
    case ask(LabWait)
    /// The policy may learn from this.
    case ended(LabOutcome)
    case over(LabResult)
}
