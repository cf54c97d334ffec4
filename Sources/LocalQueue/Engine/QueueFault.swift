/// A way in which the queue fails a request on purpose.
public enum QueueFault: Hashable, Sendable, Codable {
    /// A refusal with that HTTP status; with `retryAfter`, a `Retry-After` header of so many milliseconds, rounded
    /// up to the whole seconds that the header knows.
    case refusal(status: Int, retryAfter: Int64?)
    /// The connection ends before a reply.
    case cut
    /// No reply ever comes.
    case hang
}
