import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTPTypes
import ServiceLifecycle

/// Answers HTTP/1.1 requests: turns Hummingbird's requests into the API's, and the API's replies into Hummingbird's.
struct QueueResponder: HTTPResponder {
    /// Gives access to the connection, which a fault may cut or leave hanging.
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
    let cors: CORSPolicy
    private let logger: Logger
    private let files = FileIO()

    init(
        api: QueueAPI, limits: FormLimits, cors: CORSPolicy = .none, logger: Logger = Logger(label: "decart-lua.queue")
    ) {
        self.api = api
        self.limits = limits
        self.cors = cors
        self.logger = logger
    }

    func respond(to request: Request, context: Context) async throws -> Response {
        var headers: [String: String] = [:]
        for field in request.headers { headers[field.name.canonicalName] = field.value }
        if let reply = cors.preflight(method: request.method.rawValue, headers: headers) {
            return try await response(for: reply, isHead: false, context)
        }
        var reader = HTTPFormReader(body: request.body, headers: headers, folder: api.queue.folder, limits: limits)
        if let expectation = headers["expect"] {
            guard expectation.lowercased() == "100-continue" else {
                let refusal = QueueReply.refusal(417, "The only expectation that can be met is 100-continue")
                return try await response(for: refusal, isHead: request.method == .head, context)
            }
            reader.askForBody = {
                try await context.channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)))
            }
        }
        let form = reader
        let asked = QueueRequest(
            method: request.method.rawValue, target: request.uri.description, headers: headers,
            readForm: { () async throws(FormError) in try await form.read() },
            readBody: { limit async throws(FormError) in try await form.bytes(upTo: limit) })
        var reply = try await api.reply(to: asked)
        if let silence = reply.silence {
            if silence == .hang { await Self.waitForEnd(of: context.channel) }
            try? await context.channel.close()
            return Response(status: .noContent)
        }
        logger.debug("\(asked.method) \(asked.target) \(reply.status)")
        reply.headers += cors.headers(for: headers["origin"])
        return try await response(for: reply, isHead: request.method == .head, context)
    }

    /// Returns once the client has gone or the server shuts down.
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
        // A 304 and a 204 have no body and no length; a HEAD gives the length of the body it leaves out.
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

    /// Sends that part of a file and then fails, so that the connection closes before the promised length.
    private static func cutBody(path: String, _ range: Range<Int>) throws -> ResponseBody {
        let file = try FileSource(path: path)
        return ResponseBody { writer in
            for offset in stride(from: range.lowerBound, to: range.upperBound, by: 64 * 1024) {
                let bytes = try file.read(at: offset, count: min(64 * 1024, range.upperBound - offset))
                try await writer.write(ByteBuffer(bytes: bytes))
            }
            throw RequestedCutError()
        }
    }

    private struct RequestedCutError: Error {}
}
