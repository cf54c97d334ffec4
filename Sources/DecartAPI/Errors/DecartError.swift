/// A failed call: what happened (`code`), what to do about it (`message`), and what else is known.
public struct DecartError: Error, Sendable {
    public var code: DecartErrorCode
    /// One or two sentences for the person who runs the script: what went wrong, with what, and what to do.
    /// Never holds the API key.
    public var message: String
    /// The HTTP status of the refusal, if there was a reply.
    public var status: Int?
    /// `job_id` wherever one is known, `currentStatus`, the server's `detail`.
    public var data: [String: JSONValue]
    /// Whether the same call may succeed if made again: true for network errors and for 408, 429 and 5xx of reads.
    public var retryable: Bool
    /// How long the server asked to wait before the next try.
    public var retryAfter: Duration?
    /// Whether the call may have been carried out nevertheless, as when the reply to a submit was lost. Nobody can tell
    /// from here, and making it again could mean a second bill.
    public var isOutcomeUnknown = false
    /// The underlying error in its own words: a system error, a TLS alert, a parser's complaint.
    public var cause: String?

    public init(
        _ code: DecartErrorCode, _ message: String, status: Int? = nil, data: [String: JSONValue] = [:],
        retryable: Bool = false, retryAfter: Duration? = nil, cause: String? = nil
    ) {
        self.code = code
        self.message = message
        self.status = status
        self.data = data
        self.retryable = retryable
        self.retryAfter = retryAfter
        self.cause = cause
    }

    /// The same error with the job's id in `data`, so that every error that could leave a paid job behind has it.
    public func about(job id: JobID) -> DecartError {
        var error = self
        error.data["job_id"] = .string(id.text)
        return error
    }
}

extension DecartError: CustomStringConvertible {
    public var description: String { "\(code.rawValue): \(message)" }
}
