public import DecartAPI

/// How a job ended.
public enum JobOutcome: Sendable {
    case completed(JobReply, Blob)
    /// The server's reason if it gave one, else "Job failed".
    case failed(JobReply, reason: String)
}
