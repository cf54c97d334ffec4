import DecartAPI

/// How far a download has come, and how it goes on after a break: from where it was if the server allows, else from
/// its start. Decides only; `Download` does the rest.
struct DownloadState: Sendable {
    /// What to do with a reply's body.
    enum Step: Hashable, Sendable {
        /// Its bytes follow those there are.
        case append
        /// Its bytes are the whole thing, from the first one on.
        case replace
        /// It does not fit what there is: ask for the whole again. The reason is one clause.
        case askAgain(String)
        case refused
    }

    private(set) var received = 0
    /// Bytes, where the server says.
    private(set) var total: Int?
    private(set) var contentType: String?
    private var furthest = 0
    /// A strong entity tag: only by one can a server tell that the rest belongs to the beginning.
    private var tag: String?
    private var mayResume = true

    var requestHeaders: [(name: String, value: String)] {
        guard received > 0, mayResume else { return [] }
        return [(name: "range", value: "bytes=\(received)-")] + (tag.map { [(name: "if-range", value: $0)] } ?? [])
    }

    var isWhole: Bool { total.map { $0 == received } ?? true }

    mutating func begin(_ reply: TransportReply) -> Step {
        let isResuming = received > 0 && mayResume
        switch reply.status {
        case 200:
            received = 0
            mayResume = true
            total = reply.header("content-length").flatMap { Int($0) }
            contentType = reply.header("content-type")
            tag = reply.header("etag").flatMap { $0.hasPrefix("\"") ? $0 : nil }
            return .replace
        case 206 where isResuming:
            guard let range = ContentRange(reply.header("content-range") ?? ""), range.first == received,
                total == nil || range.total == nil || range.total == total
            else {
                mayResume = false
                return .askAgain("the server sent another part than the one asked for")
            }
            total = total ?? range.total
            return .append
        case 416 where isResuming:
            mayResume = false
            return .askAgain("the server no longer has the part asked for")
        default:
            return .refused
        }
    }

    /// - Returns: whether this goes beyond all that earlier tries had.
    mutating func receive(_ count: Int) -> Bool {
        received += count
        defer { furthest = max(furthest, received) }
        return received > furthest
    }
}

/// A `Content-Range` of bytes.
struct ContentRange: Hashable, Sendable {
    var first: Int
    var last: Int
    var total: Int?

    /// `bytes 5-9/10`, or `bytes 5-9/*`.
    init?(_ text: String) {
        let parts = text.lowercased().split { $0 == " " || $0 == "-" || $0 == "/" }
        guard parts.count == 4, parts[0] == "bytes", let first = Int(parts[1]), let last = Int(parts[2]), first <= last
        else { return nil }
        guard parts[3] == "*" || (Int(parts[3]).map { last < $0 } ?? false) else { return nil }
        self.first = first
        self.last = last
        self.total = Int(parts[3])
    }
}
