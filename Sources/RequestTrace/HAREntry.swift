import DecartAPI
import DecartClient
import FoundationEssentials
import RunClock

/// The parts of an HTTP Archive, version 1.2 (http://www.softwareishard.com/blog/har-12-spec/), that can be known here.
enum HAREntry {
    /// What every file has begun with, whichever version wrote it.
    static let mark = Array(#"{"log":{"version":"1.2","creator":{"name":"decart-lua","#.utf8)

    /// A file without entries, cut where those go.
    static var head: [UInt8] {
        let version: JSONValue = .string(ClientConfiguration.version)
        let comment: JSONValue = "Keys, cookies and the values in queries are masked, and bodies are left out."
        return mark + Array("\"version\":".utf8) + version.serialized()
            + Array("},\"comment\":".utf8) + comment.serialized() + Array(",\"entries\":[".utf8)
    }

    /// What ends it.
    static let tail = Array("\n]}}\n".utf8)

    static func json(_ exchange: Exchange) -> JSONValue {
        var entry: [String: JSONValue] = [
            "startedDateTime": .string(date(exchange.began)), "time": milliseconds(exchange.took),
            "request": request(exchange), "response": response(exchange.outcome), "cache": [:],
            "timings": [
                "blocked": milliseconds(exchange.untilSent), "dns": -1, "connect": -1, "ssl": -1, "send": 0,
                "wait": milliseconds(exchange.untilHead), "receive": milliseconds(exchange.untilEnd),
            ],
        ]
        if let reason = exchange.retryReason {
            entry["comment"] = .string("attempt \(exchange.attempt), after: \(reason)")
        }
        return .object(entry)
    }

    private static func request(_ exchange: Exchange) -> JSONValue {
        var headers = exchange.headers
        if let type = exchange.contentType { headers.append(("content-type", type)) }
        return [
            "method": .string(exchange.method), "url": .string(exchange.url), "httpVersion": .string(version),
            "cookies": [], "headers": list(headers), "queryString": query(exchange.url), "headersSize": -1,
            "bodySize": .integer(Int64(exchange.size)),
        ]
    }

    private static func response(_ outcome: Exchange.Outcome) -> JSONValue {
        var status = 0
        var headers: [Exchange.Header] = []
        var size = 0
        var problem: String?
        switch outcome {
        case .failed(let reason): problem = reason
        case .reply(let reply): (status, headers, size, problem) = (reply.status, reply.headers, reply.size, reply.cut)
        }
        func value(_ name: String) -> JSONValue {
            .string(headers.first { $0.name.lowercased() == name }?.value ?? "")
        }
        var response: [String: JSONValue] = [
            "status": .integer(Int64(status)), "statusText": "", "httpVersion": .string(version), "cookies": [],
            "headers": list(headers), "content": ["size": .integer(Int64(size)), "mimeType": value("content-type")],
            "redirectURL": value("location"), "headersSize": -1, "bodySize": .integer(Int64(size)),
        ]
        // As browsers have it for requests without a reply.
        if let problem { response["_error"] = .string(problem) }
        return .object(response)
    }

    /// It is not known here, and the format asks for one.
    private static let version = "unknown"

    private static func list(_ headers: [Exchange.Header]) -> JSONValue {
        .array(headers.map { ["name": .string($0.name), "value": .string($0.value)] })
    }

    private static func query(_ url: String) -> JSONValue {
        guard let mark = url.firstIndex(of: "?") else { return [] }
        let query = url[url.index(after: mark)...].prefix { $0 != "#" }
        return .array(
            query.split(separator: "&").map { pair in
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return ["name": .string(String(parts[0])), "value": .string(parts.count > 1 ? String(parts[1]) : "")]
            })
    }

    private static func milliseconds(_ duration: Duration) -> JSONValue {
        .number((duration.inMilliseconds * 1000).rounded() / 1000)
    }

    private static func date(_ unixTime: Double) -> String {
        Date(timeIntervalSince1970: unixTime).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
