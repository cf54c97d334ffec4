/// A compressed body that cannot be decoded.
struct ContentCodingError: Error, Hashable {
    /// What the server did, as the rest of a sentence that begins with its name: "sent a body that …".
    var reason: String
}
