/// The name of a job, as the server gave it.
public struct JobID: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    /// - Throws: `INVALID_INPUT` for an empty id, or one with `/` or a control character in it: such an id was never
    ///   given out, and as a path it would name something else.
    public init(_ text: String) throws(DecartError) {
        try ServerID.check(text, what: "job id", origin: "job_id that submit returned")
        self.text = text
    }

    /// The id as one segment of a URL's path: all but RFC 3986's unreserved characters percent-encoded.
    public var pathSegment: String { ServerID.pathSegment(text) }

    public var description: String { text }
}
