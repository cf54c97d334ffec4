import DecartAPI

/// By what a server can tell, in `If-Range`, that the rest of a thing belongs to the beginning that was received.
enum RangeValidator: Hashable, Sendable {
    /// A strong entity tag: another for every other content.
    case tag(String)
    /// A date of the last change, long enough before the reply that the content cannot have changed twice at it.
    case date(String)

    /// How much older than its reply a change has to be, in seconds: the clocks of a server's parts differ.
    private static let age: Double = 60

    /// Nil where the reply has nothing to rely on; a weak tag may stay the same though bytes change.
    init?(_ reply: TransportReply) {
        if let tag = reply.header("etag") {
            guard tag.utf8.count >= 2, tag.hasPrefix("\""), tag.hasSuffix("\"") else { return nil }
            self = .tag(tag)
            return
        }
        guard let date = reply.header("last-modified"), let changed = HTTPDate.unixTime(date),
            let sent = reply.header("date").flatMap(HTTPDate.unixTime), sent - changed >= Self.age
        else { return nil }
        self = .date(date)
    }

    /// The value of `If-Range`.
    var text: String {
        switch self {
        case .tag(let text), .date(let text): text
        }
    }

    /// Whether a part is of the same thing, as far as its reply says: a server may leave it to the status.
    func agrees(with part: TransportReply) -> Bool {
        switch self {
        case .tag(let tag): part.header("etag").map { $0 == tag } ?? true
        case .date(let date): part.header("last-modified").map { $0 == date } ?? true
        }
    }
}
