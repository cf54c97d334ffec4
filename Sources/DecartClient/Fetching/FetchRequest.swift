package import DecartAPI

/// A request to any server. It has nothing of a client's: no key, no base URL.
package struct FetchRequest: Sendable {
    package var method: TransportRequest.Method
    package let url: String
    package var headers: [(name: String, value: String)] = []
    package var body: [UInt8]?
    /// How long it may take altogether.
    package var timeout: Duration?
    /// The most bytes that are taken of the reply.
    package var byteLimit: Int?
    /// The file that the reply's body becomes; nil: it is kept in memory, or in a temporary file if it is large.
    package var path: BytePath?

    /// - Throws: `INVALID_OPTIONS` for a URL that cannot be requested, or has a user name in it.
    package init(_ method: TransportRequest.Method, url: String) throws(DecartError) {
        self.method = method
        self.url = URLText.encoded(url)
        let shown = Excerpt.quoted(Self.withoutQuery(url), limit: 120)
        guard FileInput.isURL(url), let origin = Origin(of: self.url), !origin.host.isEmpty else {
            throw DecartError(
                .invalidOptions, "fetch takes an http:// or https:// URL with a host, not \(shown).")
        }
        let authority = url.dropFirst(8).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else {
            throw DecartError(
                .invalidOptions,
                "fetch takes no user name and password in a URL. Send them as headers = { authorization = … }.")
        }
    }

    /// Adds a header.
    ///
    /// - Throws: `INVALID_OPTIONS` for one that cannot be sent, or that is not the caller's to set.
    package mutating func add(header name: String, value: [UInt8]) throws(DecartError) {
        let lower = name.lowercased()
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isOfToken) else {
            throw DecartError(.invalidOptions, "headers of fetch: \(Excerpt.quoted(name)) cannot be a header's name.")
        }
        guard !Self.reserved.contains(lower) else {
            throw DecartError(
                .invalidOptions, "headers of fetch: \(lower) follows from the URL and the body, and cannot be set.")
        }
        guard let text = String(validating: value, as: UTF8.self),
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F || $0 == "\t" })
        else {
            throw DecartError(
                .invalidOptions,
                "headers of fetch: the value of \(lower) has a line break, a control character or "
                    + "bytes that are not UTF-8 in it.")
        }
        headers.append((lower, text))
    }

    /// Where it goes, for messages: a query may have a secret in it.
    var place: String { Excerpt.quoted(Self.withoutQuery(url), limit: 120) }

    private static func withoutQuery(_ url: String) -> String {
        String(url.prefix { $0 != "?" && $0 != "#" })
    }

    /// `RequestTarget.header` is the transport's own.
    private static let reserved: Set = [
        "host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect",
        "proxy-authorization", "proxy-connection", RequestTarget.header,
    ]

    private static func isOfToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

/// What came of a fetch.
package struct FetchReply: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    /// Where it came from in the end, redirects followed.
    package var url: String
    package var body: Blob
}
