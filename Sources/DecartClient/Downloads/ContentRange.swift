/// A `Content-Range` of bytes.
struct ContentRange: Hashable, Sendable {
    var first: Int
    var last: Int
    /// Nil where the server does not know it.
    var total: Int?

    /// `bytes 5-9/10`, or `bytes 5-9/*`; nil for anything else.
    init?(_ text: String) {
        let parts = text.lowercased().split { $0 == " " || $0 == "-" || $0 == "/" }
        guard parts.count == 4, parts[0] == "bytes", let first = Int(parts[1]), let last = Int(parts[2]), first <= last
        else { return nil }
        guard parts[3] == "*" || (Int(parts[3]).map { last < $0 } ?? false) else { return nil }
        self.first = first
        self.last = last
        self.total = Int(parts[3])
    }

    var isWhole: Bool { first == 0 && last + 1 == total }
}
