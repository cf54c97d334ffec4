public import DecartAPI
public import RunClock

extension JobWait {
    /// What has happened.
    public enum Event: Sendable {
        /// The wait begins. Once, and first.
        case start
        /// A poll was answered.
        case reply(JobReply)
        /// A poll, or the wait itself, failed: a refusal, no connection, a cancellation, a poll's limit.
        case failure(DecartError)
        /// Everyone who wanted the reply has received it.
        case reported
        /// The policy's answer; nil gives up.
        case delay(Duration?)
        /// The time to sleep is over.
        case woke
    }

    /// What to do next, and which event to come back with.
    public enum Action: Sendable {
        /// Ask for the job's status: `.reply` or `.failure`. A poll that takes longer than `within` is a failure.
        case poll(within: Duration?)
        /// Report the reply: every reply to a poll, and each change. Then `.reported`.
        case report(JobReply, isOfPoll: Bool, isChange: Bool)
        /// Ask when to poll next: `.delay`.
        case askPolicy(PollQuestion)
        /// Sleep: `.woke`, or `.failure` with `CANCELLED`.
        case sleep(until: RunInstant)
        /// The wait is over.
        case end(End)
    }

    public enum End: Sendable {
        /// The result can be fetched.
        case completed(JobReply)
        /// The job has no result. The reason is the server's, else "Job failed".
        case failed(JobReply, reason: String)
        /// `TIMEOUT`: the deadline or the policy. The job goes on.
        case gaveUp(DecartError)
        /// What made waiting useless: a refusal, a cancellation. Has the job's id.
        case stopped(DecartError)
    }

    /// The ages at which a job was seen, counted from its submit, for learning how long jobs take. Unknown if the
    /// submit is, or where there was no such sighting.
    public struct Sightings: Hashable, Sendable {
        /// The last time it was seen unfinished: when that poll was sent. Zero if it never was.
        public var unfinished: Duration?
        /// The first time it was seen completed: when the reply came.
        public var completed: Duration?
    }
}
