import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// The API over HTTP/1.1: turns Hummingbird's requests into ours and our replies into its.
struct HTTPFace: HTTPResponder {
    /// Knows the connection, which is cut or left hanging where that is asked for.
    struct Context: RequestContext {
        var coreContext: CoreRequestContextStorage
        let channel: any Channel

        init(source: ApplicationRequestContextSource) {
            coreContext = CoreRequestContextStorage(source: source)
            channel = source.channel
        }
    }

    let api: QueueAPI
    let limits: FormLimits
    private let files = FileIO()

    init(api: QueueAPI, limits: FormLimits) {
        self.api = api
        self.limits = limits
    }

    func respond(to request: Request, context: Context) async throws -> Response {
        var headers: [String: String] = [:]
        for field in request.headers { headers[field.name.canonicalName] = field.value }
        let reader = HTTPFormReader(body: request.body, headers: headers, folder: api.queue.folder, limits: limits)
        let asked = QueueRequest(
            method: request.method.rawValue, target: request.uri.description, headers: headers,
            readForm: { () async throws(FormProblem) in try await reader.read() },
            readBody: { limit async throws(FormProblem) in try await reader.bytes(upTo: limit) })
        let reply = try await api.reply(to: asked)
        if let silence = reply.silence {
            if silence == .hang { await Self.waitForEnd(of: context.channel) }
            try? await context.channel.close()
            return Response(status: .noContent)
        }
        return try await response(for: reply, isHead: request.method == .head, context)
    }

    /// Until the client has gone, or the server is to go.
    private static func waitForEnd(of channel: any Channel) async {
        let (ended, end) = AsyncStream<Void>.makeStream()
        channel.closeFuture.whenComplete { _ in end.finish() }
        await cancelWhenGracefulShutdown { for await _ in ended {} }
    }

    private func response(for reply: QueueReply, isHead: Bool, _ context: Context) async throws -> Response {
        var fields = HTTPFields()
        for header in reply.headers {
            guard let name = HTTPField.Name(header.name) else { continue }
            fields.append(HTTPField(name: name, value: header.value))
        }
        let status = HTTPResponse.Status(code: reply.status)
        // A 304 and a 204 say nothing of a body; a HEAD tells the length of the one it leaves out.
        if reply.status != 304, reply.status != 204 { fields[.contentLength] = String(reply.length) }
        if isHead { return Response(status: status, headers: fields) }
        switch reply.body {
        case .bytes(let bytes):
            return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        case .file(let name, let range):
            guard !range.isEmpty else { return Response(status: status, headers: fields) }
            let path = try api.queue.folder.path(of: name)
            if let count = reply.cutAfter {
                let body = try Self.cutBody(path: path, range.lowerBound..<(range.lowerBound + count))
                return Response(status: status, headers: fields, body: body)
            }
            let stretch = range.lowerBound...(range.upperBound - 1)
            let body = try await files.loadFile(path: path, range: stretch, context: context)
            return Response(status: status, headers: fields, body: body)
        }
    }

    /// That stretch of a file, then no more: the connection is closed before the length that was promised.
    private static func cutBody(path: String, _ range: Range<Int>) throws -> ResponseBody {
        let file = try FileSource(path: path)
        return ResponseBody { writer in
            for offset in stride(from: range.lowerBound, to: range.upperBound, by: 64 * 1024) {
                let bytes = try file.read(at: offset, count: min(64 * 1024, range.upperBound - offset))
                try await writer.write(ByteBuffer(bytes: bytes))
            }
            throw CutOnPurpose()
        }
    }

    private struct CutOnPurpose: Error {}
}
