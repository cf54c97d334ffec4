import AsyncHTTPClient
import DecartAPI
import NIOCore
import NIOHTTP1
import RunClock
import TestSupport

@testable import LocalQueue

/// A local queue served on a free port for as long as a test's body runs.
struct RunningServer: Sendable {
    let base: String

    struct Reply {
        var status: Int
        var headers: [String: String]
        var body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
    }

    /// Serves, calls `body` and shuts down gracefully; fails if serving does.
    static func with(
        _ configuration: LocalQueueServer.Configuration, clock: any RunClock,
        _ body: @escaping @Sendable (RunningServer) async throws -> Void
    ) async throws {
        try await RunningService<Int>.with { logger, ready in
            LocalQueueServer(configuration: configuration, clock: clock, logger: logger, onReady: ready)
        } during: { port in
            try await body(RunningServer(base: "http://127.0.0.1:\(port)"))
        }
    }

    func send(
        _ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8]? = nil
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: base + path)
        request.method = .RAW(value: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 64 * 1024 * 1024)
        let fields = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
        return Reply(status: Int(response.status.code), headers: fields, body: Array(bytes.readableBytesView))
    }

    /// Submits a form of text fields and files.
    func submit(
        _ model: String = "lucy-pro-t2v", _ fields: [String: String] = ["prompt": "A beautiful sunset"],
        files: [String: [UInt8]] = [:], headers: [String: String] = [:]
    ) async throws -> Reply {
        try await post("/v1/jobs/\(model)", fields, files: files, headers: headers)
    }

    /// Sends a form of text fields and files.
    func post(
        _ path: String, _ fields: [String: String], files: [String: [UInt8]] = [:], headers: [String: String] = [:]
    ) async throws -> Reply {
        var body: [UInt8] = []
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            body += Array("--b0undary\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
        }
        for (name, bytes) in files {
            let head = "Content-Disposition: form-data; name=\"\(name)\"; filename=\"a.bin\"\r\nContent-Type: video/mp4"
            body += Array("--b0undary\r\n\(head)\r\n\r\n".utf8) + bytes + [13, 10]
        }
        body += Array("--b0undary--\r\n".utf8)
        let type = ["Content-Type": "multipart/form-data; boundary=b0undary"]
        return try await send(
            "POST", path, headers: headers.merging(type) { _, last in last }, body: body)
    }
}
