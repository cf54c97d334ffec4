/// A way the queue can fail a request on purpose.
public enum QueueFault: Hashable, Sendable, Codable {
    /// A refusal with that HTTP status. `retryAfter` (milliseconds) becomes a `Retry-After` header, rounded up to whole
    /// seconds.
    case refusal(status: Int, retryAfter: Int64?)
    /// The connection ends before a reply.
    case cut
    /// No reply ever comes.
    case hang
}
