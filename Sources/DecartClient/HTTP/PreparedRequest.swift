import AsyncHTTPClient
import DecartAPI
import NIOCore
import NIOHTTP1

/// A request in the HTTP client's own terms.
struct PreparedRequest {
    var http: HTTPClient.Request
    var needsFreshConnection: Bool
    var watch: ExchangeWatch
    /// What it goes through; nil: straight to its server.
    var proxy: ProxyServer?

    /// - Throws: `neverSent` for a URL that is none, before anything else has happened.
    init(
        _ request: TransportRequest, on loop: any EventLoop, proxies: ProxySettings, templates: RequestTemplates,
        silence: SilenceWatch
    ) throws(TransportFailure) {
        var headers = HTTPHeaders()
        for (name, value) in request.headers { headers.add(name: name, value: value) }
        let body: HTTPClient.Body?
        switch request.body {
        case .none:
            body = nil
        case .json(let value):
            headers.add(name: "content-type", value: "application/json")
            body = .bytes(value.serialized())
        case .form(let form):
            let multipart = MultipartBody(form)
            headers.add(name: "content-type", value: multipart.contentType)
            body = multipart.httpBody(on: loop)
        }
        do {
            http = try templates.request(HTTPMethod(rawValue: request.method.rawValue), request.url)
            http.headers = headers
            http.body = body
        } catch {
            throw TransportFailure(
                .network, reach: .neverSent, reason: "the address is not a URL that can be requested")
        }
        needsFreshConnection = request.needsFreshConnection
        proxy = proxies.server(for: http.scheme, host: http.host, port: http.port)
        watch = ExchangeWatch(
            peer: Peer(host: http.host, port: http.port, proxy: proxy), idleTimeout: request.idleTimeout,
            silence: silence, onSending: request.onSending)
    }
}

extension TimeAmount {
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        // A year is as good as for ever, and can be added to a deadline without overflow.
        let year: Int64 = 365 * 24 * 3600 * 1_000_000_000
        self = .nanoseconds(overflow ? year : min(year, max(0, nanoseconds + attoseconds / 1_000_000_000)))
    }
}

extension TransportReply {
    init(head: HTTPResponseHead, body: [UInt8] = []) {
        self.init(status: Int(head.status.code), headers: head.headers.map { ($0.name, $0.value) }, body: .bytes(body))
    }
}
