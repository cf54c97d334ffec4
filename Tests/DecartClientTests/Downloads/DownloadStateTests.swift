import DecartAPI
import Testing

@testable import DecartClient

struct DownloadStateTests {
    private static let changed = "Thu, 01 Jan 2026 00:00:00 GMT"

    /// After 400 of 1000 bytes, whose reply had these headers.
    private func broken(_ headers: [(name: String, value: String)], length: String? = "1000") -> DownloadState {
        var state = DownloadState()
        let length = length.map { [(name: "content-length", value: $0)] } ?? []
        #expect(state.begin(TransportReply(status: 200, headers: headers + length)) == .replace)
        _ = state.receive(400)
        return state
    }

    @Test(
        arguments: [
            ([("etag", #""v1""#)], #""v1""#),
            ([("last-modified", changed), ("date", "Thu, 01 Jan 2026 00:01:00 GMT")], changed),
            // Both: the tag is the better one.
            ([("etag", #""v1""#), ("last-modified", changed), ("date", "Fri, 02 Jan 2026 00:00:00 GMT")], #""v1""#),
            ([("etag", #"W/"v1""#)], nil),
            ([("etag", #"W/"v1""#), ("last-modified", changed), ("date", "Fri, 02 Jan 2026 00:00:00 GMT")], nil),
            ([("etag", "v1")], nil), ([("etag", #"""#)], nil),
            ([("last-modified", changed)], nil),
            ([("last-modified", changed), ("date", "Thu, 01 Jan 2026 00:00:59 GMT")], nil),
            ([("last-modified", "yesterday"), ("date", "Fri, 02 Jan 2026 00:00:00 GMT")], nil),
            ([], nil),
        ] as [([(name: String, value: String)], String?)])
    func `it resumes by what proves that the rest belongs to the beginning, and else starts again`(
        headers: [(name: String, value: String)], ifRange: String?
    ) {
        let asked = broken(headers).requestHeaders
        #expect(asked.first { $0.name == "if-range" }?.value == ifRange)
        #expect(asked.first { $0.name == "range" }?.value == (ifRange == nil ? nil : "bytes=400-"))
    }

    @Test(
        arguments: [
            (206, "bytes 400-999/1000", nil, DownloadState.Step.append),
            (206, "bytes 400-999/1000", #""v1""#, .append),
            (206, "bytes 400-999/1000", #""v2""#, nil),
            (206, "bytes 400-999/1000", #"W/"v1""#, nil),
            (206, "bytes 400-999/1001", nil, nil), (206, "bytes 400-1000/1001", nil, nil),
            (206, "bytes 400-998/1000", nil, nil), (206, "bytes 399-999/1000", nil, nil),
            (206, "bytes 401-999/1000", nil, nil), (206, "bytes 400-999/*", nil, nil),
            (206, "bytes 999-400/1000", nil, nil), (206, "items 400-999/1000", nil, nil), (206, nil, nil, nil),
            (206, "bytes 0-999/1000", nil, .replace), (200, nil, nil, .replace),
            (200, "bytes 0-999/1000", nil, .replace),
            (200, "bytes 400-999/1000", nil, nil), (200, "bytes 0-399/1000", nil, nil), (200, "nonsense", nil, nil),
            (416, nil, nil, nil), (404, nil, nil, .refused), (304, nil, nil, .refused),
        ] as [(Int, String?, String?, DownloadState.Step?)])
    func `a resume takes exactly the rest of the same thing, or the whole`(
        status: Int, range: String?, tag: String?, step: DownloadState.Step?
    ) {
        var state = broken([("etag", #""v1""#)])
        var reply = TransportReply(status: status)
        if let range { reply.headers.append(("content-range", range)) }
        if let tag { reply.headers.append(("etag", tag)) }
        let got = state.begin(reply)
        if let step { return #expect(got == step) }
        guard case .askAgain = got else { return #expect(Bool(false), "\(got)") }
        #expect(state.requestHeaders.isEmpty)
    }

    @Test(
        arguments: [
            (200, nil, DownloadState.Step.replace), (200, "bytes 0-999/1000", .replace),
            (206, "bytes 0-999/1000", .replace),
            (200, "bytes 0-399/1000", nil), (206, "bytes 0-399/1000", nil), (206, "bytes 0-999/*", nil),
            (206, nil, nil),
            (416, nil, .refused),
        ] as [(Int, String?, DownloadState.Step?)])
    func `a first reply is the whole by its numbers`(status: Int, range: String?, step: DownloadState.Step?) {
        var state = DownloadState()
        let got = state.begin(
            TransportReply(status: status, headers: range.map { [("content-range", $0)] } ?? []))
        if let step { return #expect(got == step) }
        guard case .askAgain = got else { return #expect(Bool(false), "\(got)") }
    }

    @Test func `an unasked part that is the whole has its length from its range`() {
        var state = DownloadState()
        #expect(state.begin(TransportReply(status: 206, headers: [("content-range", "bytes 0-9/10")])) == .replace)
        _ = state.receive(9)
        #expect(!state.isWhole)
        _ = state.receive(1)
        #expect(state.isWhole)
    }

    @Test func `what was decoded on its way is not gone on with`() {
        var state = DownloadState()
        var reply = TransportReply(status: 200, headers: [("etag", #""v1""#)])
        reply.isDecoded = true
        #expect(state.begin(reply) == .replace)
        _ = state.receive(400)
        #expect(state.requestHeaders.isEmpty)
    }

    @Test func `a part that was decoded, or cannot be, is not taken`() {
        for coding in [nil, "br"] {
            var state = broken([("etag", #""v1""#)])
            var part = TransportReply(status: 206, headers: [("content-range", "bytes 400-999/1000")])
            if let coding { part.headers.append(("content-encoding", coding)) } else { part.isDecoded = true }
            guard case .askAgain = state.begin(part) else { return #expect(Bool(false)) }
        }
    }

    @Test func `more than the whole is never gone on with`() {
        var state = broken([("etag", #""v1""#)])
        _ = state.receive(601)
        #expect(!state.isWhole)
        #expect(state.requestHeaders.isEmpty)
    }
}
