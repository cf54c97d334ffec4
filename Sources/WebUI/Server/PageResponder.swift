internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird
internal import LiveDocument
internal import NIOCore
internal import NIOPosix

/// Answers the page's requests.
struct PageResponder: HTTPResponder {
    struct Context: RequestContext {
        var coreContext: CoreRequestContextStorage
        let channel: any Channel

        init(source: ApplicationRequestContextSource) {
            coreContext = .init(source: source)
            channel = source.channel
        }
    }

    let gate: PageGate
    let hub: PageHub
    let streams: OpenStreams
    let strangers: Strangers
    /// The user's own page.
    let page: String?
    /// The title of our page until the script sets one.
    let title: String
    let policy: ContentPolicy
    private let media: MediaReplies

    init(
        gate: PageGate, hub: PageHub, streams: OpenStreams, strangers: Strangers, page: String?, title: String,
        policy: ContentPolicy
    ) {
        self.gate = gate
        self.hub = hub
        self.streams = streams
        self.strangers = strangers
        self.page = page
        self.title = title
        self.policy = policy
        media = MediaReplies(hub: hub)
    }

    func respond(to request: Request, context: Context) async throws -> Response {
        var response = try await admittedOrRefused(request, context)
        for header in ContentPolicy.everywhere {
            if let name = HTTPField.Name(header.name) { response.headers[name] = header.value }
        }
        if response.headers[.contentSecurityPolicy] == nil {
            response.headers[.contentSecurityPolicy] = policy.ours
        }
        return response
    }

    private func admittedOrRefused(_ request: Request, _ context: Context) async throws -> Response {
        let verdict = gate.judge(
            PageGate.Request(
                method: request.method.rawValue, path: request.uri.path, host: request.head.authority,
                origin: request.headers[.origin], site: request.headers[Self.fetchSite]))
        switch verdict {
        case .empty: return Self.last(Response(status: .noContent), on: context.channel)
        case .refused(let status, let reason): return Self.last(Self.text(reason, status: status), on: context.channel)
        case .absent(let name):
            strangers.remove(context.channel)
            if let page { hub.refused(RefusalReport.complaint(ofAbsent: name), in: page) }
            return Self.text("There is nothing here by that name.", status: 404)
        case .redirect(let place):
            strangers.remove(context.channel)
            return Response(status: .movedPermanently, headers: [.location: place])
        case .admitted(let route):
            strangers.remove(context.channel)
            return try await respond(to: request, route, context)
        }
    }

    private static let fetchSite = HTTPField.Name("sec-fetch-site") ?? .origin

    private func respond(to request: Request, _ route: PageRoute, _ context: Context) async throws -> Response {
        switch route {
        case .page: await pageReply(isHead: request.method == .head)
        case .asset(let asset): Self.bytes(asset.bytes, type: asset.type, isHead: request.method == .head)
        case .media(let id): try await media.reply(to: request, id, context)
        case .events: events(request, context)
        case .action: await action(request)
        case .goodbye: goodbye(request)
        case .refusal: await refusal(request)
        }
    }

    private func pageReply(isHead: Bool) async -> Response {
        guard let page else { return Self.bytes(PackageResources.page_html, type: Self.html, isHead: isHead) }
        let read = try? await NIOThreadPool.singleton.runIfActive {
            try Data(contentsOf: URL(filePath: page))
        }
        let source = read.flatMap { $0.count <= UserPage.sizeLimit ? String(decoding: $0, as: UTF8.self) : nil }
        let nonce = PageToken.random().text.filter { $0.isLetter || $0.isNumber }
        var response = Self.bytes(
            Array(UserPage.html(source ?? UserPage.absent, nonce: nonce).utf8), type: Self.html, isHead: isHead)
        response.headers[.contentSecurityPolicy] = policy.userPage(nonce: nonce)
        return response
    }

    private static let html = "text/html; charset=utf-8"

    private func events(_ request: Request, _ context: Context) -> Response {
        guard request.method == .get else { return Response(status: .ok, headers: [.contentType: Self.eventStream]) }
        let query = request.uri.queryParameters
        let name = query["page"].map { String($0.prefix(64)) } ?? "a page without a name"
        guard let visit = hub.connect(name) else {
            var response = Self.text("Too many pages are open already; close one of them.", status: 503)
            response.headers[.retryAfter] = "5"
            return response
        }
        let last = request.headers[Self.lastEventID] ?? query["after"].map { String($0) }
        let stream = EventStream(
            hub: hub, channel: context.channel, title: title, sequence: last.flatMap { Int($0) },
            isBrief: query["brief"] != nil)
        let body = ResponseBody { [streams] writer in
            defer { withExtendedLifetime(visit) {} }
            // The page is gone as soon as its side of the connection is, even while there is nothing to send.
            try await request.body.consumeWithCancellationOnInboundClose { _ in await streams.run(stream) }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: Self.eventStream], body: body)
    }

    private static let eventStream = "text/event-stream"
    private static let lastEventID = HTTPField.Name("last-event-id") ?? .eTag

    private func action(_ request: Request) async -> Response {
        guard let collected = try? await request.body.collect(upTo: PageAction.sizeLimit) else {
            return Self.text("That is more than \(PageAction.sizeLimit / 1024) KB.", status: 413)
        }
        guard let action = PageAction(Array(collected.readableBytesView)) else {
            return Self.text("This is not what the page sends.", status: 400)
        }
        switch action {
        case .misses(let id):
            if let page { hub.misses(id, in: page) }
            return Response(status: .noContent)
        case .event(let event):
            guard hub.accepts(event) else { return Response(status: .noContent) }
            guard hub.deliver(event) else {
                return Self.text("The script is busy and has not handled earlier events yet.", status: 503)
            }
            return Response(status: .accepted)
        }
    }

    private func goodbye(_ request: Request) -> Response {
        if let name = request.uri.queryParameters["page"] { hub.sayGoodbye(String(name.prefix(64))) }
        return Response(status: .noContent)
    }

    /// Browsers send these by themselves and do not care whether we can read one.
    private func refusal(_ request: Request) async -> Response {
        if let page, let collected = try? await request.body.collect(upTo: PageAction.sizeLimit),
            let report = RefusalReport(Array(collected.readableBytesView))
        {
            hub.refused(report.complaint, in: page)
        }
        return Response(status: .noContent)
    }

    private static func bytes(_ bytes: [UInt8], type: String, isHead: Bool) -> Response {
        Response(
            status: .ok, headers: [.contentType: type, .contentLength: String(bytes.count)],
            body: isHead ? .init() : ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// The connection ends with that reply. Whatever follows the request is not read.
    private static func last(_ response: Response, on channel: any Channel) -> Response {
        var response = response
        response.headers[.connection] = "close"
        let body = response.body
        response.body = ResponseBody(contentLength: body.contentLength) { writer in
            defer { channel.close(promise: nil) }
            try await body.write(writer)
        }
        return response
    }

    static func text(_ text: String, status: Int) -> Response {
        Response(
            status: .init(code: status), headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text + "\n")))
    }
}
