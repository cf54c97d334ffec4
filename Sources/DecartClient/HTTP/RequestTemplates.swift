import AsyncHTTPClient
import NIOHTTP1
import Synchronization

/// Requests for addresses that are asked again and again, without headers: taking a URL apart is a good part of what a
/// poll costs.
final class RequestTemplates: Sendable {
    /// How many are kept; when there are more, all are forgotten, and those still in use come back.
    private static let limit = 512

    private let known = Mutex<[String: HTTPClient.Request]>([:])

    /// - Throws: an error of the HTTP client's for a URL that is none.
    func request(_ method: HTTPMethod, _ url: String) throws -> HTTPClient.Request {
        guard method == .GET else { return try HTTPClient.Request(url: url, method: method) }
        if let template = known.withLock({ $0[url] }) { return template }
        let template = try HTTPClient.Request(url: url, method: method)
        known.withLock { known in
            if known.count >= Self.limit { known = [:] }
            known[url] = template
        }
        return template
    }
}
