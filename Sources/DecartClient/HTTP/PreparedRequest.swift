import AsyncHTTPClient
import DecartAPI
import NIOCore
import NIOHTTP1

/// A request in the HTTP client's own terms.
struct PreparedRequest {
    var http: HTTPClient.Request
    var needsFreshConnection: Bool
    var watch: ExchangeWatch
    var route: Route

    /// - Throws: `neverSent` for a URL that cannot be requested, before anything else has happened.
    init(
        _ request: TransportRequest, on loop: any EventLoop, proxies: ProxySettings, templates: RequestTemplates,
        silence: SilenceWatch
    ) throws(TransportError) {
        var headers = HTTPHeaders()
        for (name, value) in request.headers { headers.add(name: name, value: value) }
        let body: HTTPClient.Body?
        switch request.body {
        case .none:
            body = nil
        case .json(let value):
            headers.add(name: "content-type", value: "application/json")
            body = .bytes(value.serialized())
        case .bytes(let bytes):
            body = .bytes(bytes)
        case .form(let form):
            let multipart = MultipartBody(form)
            headers.add(name: "content-type", value: multipart.contentType)
            body = multipart.httpBody(on: loop)
        }
        do {
            let template = try templates.template(HTTPMethod(rawValue: request.method.rawValue), request.url)
            http = template.http
            route = proxies.route(for: http.scheme, host: http.host)
            watch = ExchangeWatch(
                peer: Peer(host: http.host, port: http.port, proxy: route.proxy), idleTimeout: request.idleTimeout,
                silence: silence, onSending: request.onSending)
            if case .forward(let proxy) = route {
                let host = http.port == 80 ? http.host : "\(http.host):\(http.port)"
                headers.add(name: "host", value: host)
                headers.add(name: RequestTarget.header, value: "http://\(host)\(template.target)")
                if let authorization = proxy.authorization {
                    headers.add(name: "proxy-authorization", value: authorization.headerValue)
                }
                http = try HTTPClient.Request(url: proxy.url, method: http.method)
            } else if template.isTargetLost {
                headers.add(name: RequestTarget.header, value: template.target)
            }
        } catch {
            throw TransportError(
                .network, reach: .neverSent, reason: "the address is not a valid http(s) URL")
        }
        http.headers = headers
        http.body = body
        needsFreshConnection = request.needsFreshConnection
    }
}

extension Duration {
    /// For messages, such as "0.25" or "60.0".
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
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
