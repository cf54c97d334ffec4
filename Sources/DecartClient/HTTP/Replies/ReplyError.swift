/// A reply that breaks the rules of HTTP or exceeds a limit of ours.
struct ReplyError: Error, Hashable {
    /// What the server did, as the rest of a sentence that begins with its name: "answered with status 0, which HTTP
    /// does not define".
    var reason: String
}
