import AsyncHTTPClient
import FoundationEssentials
import NIOHTTP1
import Synchronization

/// A request without its headers and body.
struct RequestTemplate: Sendable {
    let http: HTTPClient.Request
    /// Path and query exactly as they stand in the URL.
    let target: String

    /// - Throws: the HTTP client's error for a URL that cannot be requested.
    init(_ method: HTTPMethod, _ url: String) throws {
        let text = URLText.encoded(url)
        // The client crashes on a port that is out of range and on a host that is nothing but brackets.
        guard let url = URL(string: text), let origin = Origin(of: url),
            !origin.host.allSatisfy({ $0 == "[" || $0 == "]" })
        else { throw HTTPClientError.invalidURL }
        http = try HTTPClient.Request(url: url, method: method)
        // The client decodes the host, and writes it into the line that asks a proxy for a tunnel.
        guard http.host.unicodeScalars.allSatisfy(Self.mayBeInHost) else { throw HTTPClientError.invalidURL }
        target = URLText.target(of: text)
    }

    private static func mayBeInHost(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value > 0x20 && scalar.value != 0x7F && !"/?#@\\\"<>".unicodeScalars.contains(scalar)
    }

    /// Foundation reports no path for a URL whose percent-encoded bytes are not UTF-8, and the client would ask for
    /// `/`.
    var isTargetLost: Bool { http.url.path.isEmpty && target != "/" && !target.hasPrefix("/?") }
}

/// Keeps the templates of URLs that are requested again and again: parsing a URL is a good part of what a poll costs.
final class RequestTemplates: Sendable {
    /// How many are kept. When there are more, all are dropped, and those still in use come back.
    private static let limit = 512

    private let known = Mutex<[String: RequestTemplate]>([:])

    /// - Throws: the HTTP client's error for a URL that cannot be requested.
    func template(_ method: HTTPMethod, _ url: String) throws -> RequestTemplate {
        guard method == .GET else { return try RequestTemplate(method, url) }
        if let template = known.withLock({ $0[url] }) { return template }
        let template = try RequestTemplate(method, url)
        known.withLock { known in
            if known.count >= Self.limit { known = [:] }
            known[url] = template
        }
        return template
    }
}
