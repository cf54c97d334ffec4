internal import ByteRanges
internal import HTTPTypes
internal import Hummingbird
internal import LiveDocument
internal import NIOCore

/// Sends what the script shows, whole or in parts: a video is played and sought in by ranges.
struct MediaReplies: Sendable {
    let hub: PageHub
    private let files = FileIO()

    init(hub: PageHub) {
        self.hub = hub
    }

    func reply(to request: Request, _ id: String, _ context: some RequestContext) async throws -> Response {
        guard let source = hub.source(id), let content = MediaContent(source, open: hub.openFile) else {
            return PageResponder.text("The script does not show this, or not any more.", status: 404)
        }
        var headers: HTTPFields = [
            .contentType: content.type, .acceptRanges: "bytes", .eTag: content.mark,
            .contentSecurityPolicy: ContentPolicy.file,
        ]
        let isSame = request.headers[.ifRange].map { $0 == content.mark } ?? true
        switch ByteRange(isSame ? request.headers[.range] : nil, size: content.size) {
        case .unsatisfiable:
            headers[.contentRange] = "bytes */\(content.size)"
            return Response(status: .rangeNotSatisfiable, headers: headers)
        case .whole:
            return try await send(source, content, 0..<content.size, .ok, headers, request, context)
        case .part(let range):
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(content.size)"
            return try await send(source, content, range, .partialContent, headers, request, context)
        }
    }

    private func send(
        _ source: MediaSource, _ content: MediaContent, _ range: Range<Int>, _ status: HTTPResponse.Status,
        _ headers: HTTPFields, _ request: Request, _ context: some RequestContext
    ) async throws -> Response {
        var headers = headers
        headers[.contentLength] = String(range.count)
        guard request.method != .head, !range.isEmpty else { return Response(status: status, headers: headers) }
        hub.onFetch(source)
        let body: ResponseBody
        switch content.place {
        case .memory(let bytes): body = ResponseBody(byteBuffer: ByteBuffer(bytes: bytes[range]))
        case .file(let file):
            let bytes = try await files.loadFile(
                path: file.path, range: range.lowerBound...(range.upperBound - 1), context: context)
            body = ResponseBody(contentLength: range.count) { writer in
                try await bytes.write(writer)
                withExtendedLifetime(file) {}
            }
        }
        return Response(status: status, headers: headers, body: body)
    }
}
