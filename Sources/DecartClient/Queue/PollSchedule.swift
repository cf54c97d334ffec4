public import DecartAPI

/// When to look at a job: the first time, and then again and again.
public struct PollSchedule: Hashable, Sendable {
    public var first: Duration
    public var interval: Duration
    /// For the whole wait; nil waits as long as it takes.
    public var timeout: Duration?

    /// What every public client of the service does.
    public static let standard = PollSchedule(first: .milliseconds(500), interval: .milliseconds(1500))

    public init(first: Duration, interval: Duration, timeout: Duration? = nil) {
        self.first = first
        self.interval = interval
        self.timeout = timeout
    }

    /// Whether an error of one look ends the wait. A 404 and other refusals do; whatever may pass by itself is a missed
    /// look, and says nothing of the job.
    public static func endsWait(_ error: DecartError) -> Bool {
        switch error.code {
        case .networkError: return false
        case .queueStatusError:
            guard let status = error.status else { return false }
            return (300...499).contains(status) && status != 408 && status != 429
        default: return true
        }
    }
}

/// How a job ended.
public enum JobOutcome: Sendable {
    case completed(JobReply, Blob)
    /// The server's reason, where it gave one, else "Job failed".
    case failed(JobReply, reason: String)
}
