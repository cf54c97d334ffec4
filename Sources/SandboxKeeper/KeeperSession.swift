import DecartAPI
import DecartClient
import JobJournal
import JournaledClient
public import NIOCore
import NIOPosix
import RunClock
import SandboxLink
import ScriptPermissions

/// The keeper's end of one link: takes frames, checks what they ask for, and does it.
///
/// @unchecked: everything that changes is touched on the channel's loop only, as handlers are.
public final class KeeperSession: @unchecked Sendable {
    /// How many requests a script process may have open at one time. Its own transport keeps below that.
    static let requestLimit = 512

    final class OpenRequest {
        enum What {
            case plain(LinkedRequest, RequestRules.Verdict)
            case submit(LinkedSubmit)
        }

        let what: What
        let body: ReceivedBody
        let credit = CreditGate()
        var work: Task<Void, Never>?

        init(_ what: What, _ body: ReceivedBody) {
            self.what = what
            self.body = body
        }
    }

    let settings: KeeperSettings
    let key: [UInt8]?
    var rules: RequestRules
    private var decoder = FrameDecoder(.toKeeper)
    private var open: [UInt32: OpenRequest] = [:]
    private let channel: any Channel
    private let executor: LoopTaskExecutor
    private var isBroken = false
    /// Questions to the journal that are under way.
    private var lookups = 0

    private init(_ settings: KeeperSettings, _ channel: any Channel) {
        self.settings = settings
        self.channel = channel
        executor = LoopTaskExecutor(channel.eventLoop)
        key = settings.paid?.client.configuration.apiKey.map { Array($0.secret.utf8) }
        rules = RequestRules(
            base: settings.paid?.client.configuration.baseURL.text ?? "-", permissions: settings.permissions)
    }

    /// Serves a script process over a socket, whose ownership it takes, from now on.
    public static func start(
        _ settings: KeeperSettings, socket: Int32, on group: any EventLoopGroup, greeting: [UInt8]
    ) async throws -> KeeperSession {
        let made = NIOLoopBoundHolder<KeeperSession>()
        let channel = try await ClientBootstrap(group: group)
            .channelOption(.allowRemoteHalfClosure, value: false)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let session = KeeperSession(settings, channel)
                    made.value = session
                    try channel.pipeline.syncOperations.addHandler(LinkHandler(session))
                }
            }
            .withConnectedSocket(socket).get()
        guard let session = made.value else { throw ChannelError.operationUnsupported }
        try await channel.writeAndFlush(ByteBuffer(bytes: Frame(.greeting, 0, greeting).bytes)).get()
        return session
    }

    /// The script process is gone: nothing of what it has under way is of use to anybody, but for submits, whose ids
    /// are worth money.
    public func stop() async {
        let works = try? await channel.eventLoop.submit { [self] in
            for (number, request) in open {
                if case .plain = request.what { request.work?.cancel() }
                if request.work == nil { open[number] = nil }
            }
            return open.values.compactMap { request -> Task<Void, Never>? in
                if case .submit = request.what { request.work } else { nil }
            }
        }.get()
        for work in works ?? [] {
            work.cancel()
            await work.value
        }
        try? await channel.close().get()
    }

    // MARK: Frames

    func received(_ bytes: ByteBufferView) {
        guard !isBroken else { return }
        decoder.add(bytes)
        goOn()
    }

    /// Takes the frames that are there.
    func goOn() {
        do throws(LinkFault) {
            // Whoever does not take the answers gets no further questions in.
            while !isBroken, channel.isWritable, let frame = try decoder.next() { try take(frame) }
        } catch {
            fail(error.description)
        }
    }

    private func fail(_ reason: String) {
        guard !isBroken else { return }
        isBroken = true
        settings.news.broken(reason)
        channel.close(promise: nil)
    }

    private func take(_ frame: Frame) throws(LinkFault) {
        switch frame.kind {
        case .request: try begin(frame.number, try LinkedRequest(frame.payload))
        case .submit: try begin(frame.number, try LinkedSubmit(frame.payload))
        case .body:
            guard let request = open[frame.number], request.work == nil else { return }
            do throws(PermissionRefusal) {
                try request.body.add(frame.payload)
            } catch {
                refuse(frame.number, error, ofSubmit: request.isSubmit)
            }
        case .bodyEnd:
            guard let request = open[frame.number], request.work == nil else { return }
            start(frame.number, request)
        case .cancel:
            guard let request = open[frame.number] else { return }
            if let work = request.work {
                work.cancel()
            } else {
                open[frame.number] = nil
                send(
                    Frame(
                        .failure, frame.number,
                        LinkedFailure(TransportError(.cancelled, reach: .neverSent, reason: "cancelled")).payload))
            }
        case .credit:
            var reader = FieldReader(frame.payload)
            let count = Int(try reader.word())
            try reader.end()
            guard open[frame.number]?.credit.give(count) ?? true else {
                throw LinkFault("credit for what was never sent")
            }
        case .question:
            let question = try LinkedQuestion(frame.payload)
            if let answer = settings.files.answer(question) {
                send(Frame(.answer, frame.number, answer.payload))
            } else {
                try look(up: question, frame.number)
            }
        case .used:
            let use = try LinkedUse(frame.payload)
            settings.news.used(use.kind, use.what)
        default: throw LinkFault("a frame of the wrong direction")
        }
    }

    private func checkRoom(_ number: UInt32) throws(LinkFault) {
        guard open.count < Self.requestLimit else {
            throw LinkFault("more than \(Self.requestLimit) requests at one time")
        }
        guard open[number] == nil else { throw LinkFault("a number that is in use") }
    }

    private func begin(_ number: UInt32, _ linked: LinkedRequest) throws(LinkFault) {
        try checkRoom(number)
        do throws(PermissionRefusal) {
            try FormCheck.check(linked)
            let verdict = try rules.verdict(linked.method, linked.url).get()
            if case .elsewhere(let host, let port, _) = verdict, rules.isPermitted(host: host, port: port) {
                settings.news.used(.net, Array(HostRule(host: host, port: port).description.utf8))
            }
            let request = OpenRequest(.plain(linked, verdict), try ReceivedBody(linked.body))
            open[number] = request
            if case .none = linked.body { start(number, request) }
        } catch {
            refuse(number, error, ofSubmit: false)
        }
    }

    private func begin(_ number: UInt32, _ linked: LinkedSubmit) throws(LinkFault) {
        try checkRoom(number)
        do throws(PermissionRefusal) {
            try checkPaid(linked)
            open[number] = OpenRequest(.submit(linked), try ReceivedBody(.form(linked.parts)))
        } catch {
            refuse(number, error, ofSubmit: true)
        }
    }

    private func refuse(_ number: UInt32, _ refusal: PermissionRefusal, ofSubmit: Bool) {
        open[number] = nil
        send(
            ofSubmit
                ? Frame(.outcome, number, LinkedOutcome.failed(refusal.error).payload)
                : Frame(.failure, number, LinkedFailure(TransportError(refusal: refusal.error)).payload))
    }

    private func start(_ number: UInt32, _ request: OpenRequest) {
        let body: TransportRequest.Body
        do throws(PermissionRefusal) {
            body = try request.body.finish()
        } catch {
            return refuse(number, error, ofSubmit: request.isSubmit)
        }
        let credit = request.credit
        switch request.what {
        case .plain(let linked, let verdict):
            request.work = Task(executorPreference: executor) { [self] in
                await carry(number, linked, verdict, body, credit)
                end(number)
            }
        case .submit(let linked):
            guard case .form(let form) = body else { return }
            request.work = Task(executorPreference: executor) { [self] in
                await submit(number, linked, form, credit)
                end(number)
            }
        }
    }

    /// One after the other: the journal is a file.
    private func look(up question: LinkedQuestion, _ number: UInt32) throws(LinkFault) {
        guard lookups < Self.requestLimit else {
            throw LinkFault("more than \(Self.requestLimit) questions at one time")
        }
        lookups += 1
        Task(executorPreference: executor) { [self] in
            let answer = await journalAnswer(to: question)
            onLoop { session in
                session.lookups -= 1
                session.send(Frame(.answer, number, answer.payload))
            }
        }
    }

    private func end(_ number: UInt32) {
        onLoop { $0.open[number] = nil }
    }

    /// Runs `body` on the loop, at once where this is it.
    func onLoop(_ body: @escaping @Sendable (KeeperSession) -> Void) {
        if channel.eventLoop.inEventLoop { body(self) } else { channel.eventLoop.execute { body(self) } }
    }

    /// From any thread; frames of one request keep their order.
    func send(_ frame: Frame) {
        channel.writeAndFlush(ByteBuffer(bytes: frame.bytes), promise: nil)
    }
}

extension KeeperSession.OpenRequest {
    fileprivate var isSubmit: Bool { if case .submit = what { true } else { false } }
}

/// Hands on what arrives, and stops reading while a script process does not take what it is sent.
private final class LinkHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let session: KeeperSession

    init(_ session: KeeperSession) {
        self.session = session
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        session.received(unwrapInboundIn(data).readableBytesView)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        context.channel.setOption(.autoRead, value: isWritable).whenComplete { _ in }
        if isWritable { session.goOn() }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

/// What the channel's initializer leaves for `start`.
///
/// @unchecked: written on the loop before `start` goes on, read after.
private final class NIOLoopBoundHolder<Value>: @unchecked Sendable {
    var value: Value?
}
