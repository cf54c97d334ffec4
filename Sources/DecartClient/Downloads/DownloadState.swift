import DecartAPI

/// How far a download has come, and how it goes on after a break: from where it was if it is certain that the rest
/// belongs to the beginning, else from its start. Decides only; `Download` does the rest.
///
/// | reply                                                       | step                    |
/// |-------------------------------------------------------------|-------------------------|
/// | 200 without `Content-Range`                                 | replace                 |
/// | 200 or 206 whose `Content-Range` is the whole               | replace                 |
/// | 206 to a resume, with exactly the rest of the same thing    | append                  |
/// | 200 or 206 with any other part                              | ask for the whole again |
/// | 416 to a resume                                             | ask for the whole again |
/// | anything else                                               | refused                 |
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
    /// Nil where a server could not tell that the rest belongs to the beginning.
    private var validator: RangeValidator?

    /// Whether the next request asks for the rest only.
    private var resumes: Bool { received > 0 && validator != nil }

    var requestHeaders: [(name: String, value: String)] {
        guard resumes, let validator else { return [] }
        return [(name: "range", value: "bytes=\(received)-"), (name: "if-range", value: validator.text)]
    }

    var isWhole: Bool { total.map { $0 == received } ?? true }

    mutating func begin(_ reply: TransportReply) -> Step {
        switch reply.status {
        case 200, 206:
            let given = reply.header("content-range")
            if given == nil, reply.status == 200 { return replace(reply) }
            guard let range = given.flatMap(ContentRange.init) else {
                return askAgain("the server sent a part and did not say which")
            }
            if range.isWhole { return replace(reply, total: range.total) }
            guard reply.status == 206, resumes, isRest(range), !reply.isDecoded, reply.coding == nil,
                validator?.agrees(with: reply) ?? false
            else {
                return askAgain("the server sent another part than the one asked for")
            }
            total = range.total
            return .append
        case 416 where resumes:
            return askAgain("the server no longer has the part asked for")
        default:
            return .refused
        }
    }

    /// - Returns: whether this goes beyond all that earlier tries had.
    mutating func receive(_ count: Int) -> Bool {
        received += count
        // More than the whole: whatever this is, nothing can follow it.
        if let total, received > total { validator = nil }
        defer { furthest = max(furthest, received) }
        return received > furthest
    }

    private mutating func replace(_ reply: TransportReply, total: Int? = nil) -> Step {
        received = 0
        self.total = reply.isDecoded ? nil : total ?? reply.header("content-length").flatMap { Int($0) }
        contentType = reply.header("content-type")
        // A range counts coded bytes, and what is received are decoded ones.
        validator = reply.isDecoded ? nil : RangeValidator(reply)
        return .replace
    }

    private mutating func askAgain(_ reason: String) -> Step {
        validator = nil
        return .askAgain(reason)
    }

    private func isRest(_ range: ContentRange) -> Bool {
        guard let whole = range.total, total == nil || total == whole else { return false }
        return range.first == received && range.last == whole - 1
    }
}
