import DecartAPI

/// How a body is compressed for transport (`Content-Encoding`). No compression is asked for, but some servers and
/// caches compress anyway.
enum ContentCoding: Hashable, Sendable {
    case identity
    /// RFC 1952, possibly with several members.
    case gzip
    /// RFC 1950 or, from many servers, bare RFC 1951.
    case deflate
    /// Unsupported, with the server's name for it.
    case unknown(String)

    /// - Parameter headers: of a reply.
    init(_ headers: [(name: String, value: String)]) {
        guard headers.contains(where: { $0.name.isHeaderName("content-encoding") }) else {
            self = .identity
            return
        }
        let codings = headers.filter { $0.name.isHeaderName("content-encoding") }
            .flatMap { $0.value.split(separator: ",") }
            .map { String($0).trimmingSpaces.lowercased() }
            .filter { !$0.isEmpty && $0 != "identity" }
        switch codings {
        case []: self = .identity
        case ["gzip"], ["x-gzip"]: self = .gzip
        case ["deflate"]: self = .deflate
        default: self = .unknown(codings.joined(separator: ", "))
        }
    }
}

extension TransportReply {
    /// The content coding that the body still has, by the server's name; nil for none. A transport decodes the codings
    /// it supports, except in a part of a body.
    var coding: String? {
        switch ContentCoding(headers) {
        case .identity: nil
        case .gzip: "gzip"
        case .deflate: "deflate"
        case .unknown(let name): name
        }
    }
}
