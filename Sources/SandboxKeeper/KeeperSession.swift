import DecartAPI
import DecartClient
import DequeModule
import JobJournal
import JournaledClient
public import NIOCore
import NIOPosix
import RunClock
import SandboxLink
import ScriptPermissions
import Synchronization

/// The keeper's end of one link: takes frames, checks what they ask for, and does it.
///
/// @unchecked: everything that changes is touched on the channel's loop only, as handlers are.
public final class KeeperSession: @unchecked Sendable {
    /// How many requests a script process may have open at one time. Its own transport keeps below that.
    static let requestLimit = LinkLoad.room.places
    /// And how many questions.
    private static let questionLimit = 128

    final class OpenRequest {
        enum What {
            case plain(LinkedRequest, RequestRules.Verdict)
            case submit(LinkedSubmit)
            /// The user is asked whether it may be made; that question's number.
            case asked(Int)
        }

        var what: What
        /// Whether all of its body is there.
        var isWhole = false
        /// Until it is whole.
        var body: ReceivedBody?
        /// What it takes up now.
        var load: LinkLoad
        let credit = CreditGate()
        var work: Task<Void, Never>?
        /// In place of that, for a poll.
        var poll: (any DirectExchange)?

        var isUnderWay: Bool { work != nil || poll != nil }

        init(_ what: What, _ body: ReceivedBody, _ load: LinkLoad) {
            self.what = what
            self.body = body
            self.load = load
        }
    }

    let settings: KeeperSettings
    let key: [UInt8]?
    let api: APIAccess?
    var rules: RequestRules
    private var decoder = FrameDecoder(.toKeeper)
    private(set) var open: [UInt32: OpenRequest] = [:]
    /// What they take up together.
    private var load = LinkLoad()
    let channel: any Channel
    let executor: LoopTaskExecutor
    private var isBroken = false
    /// Those that have not been answered, and whether one of them is being answered.
    private var questions: Deque<(number: UInt32, question: LinkedQuestion)> = []
    private var isAnswering = false
    /// Asks the user; nil: nobody is asked. How many files are asked for now, and the number of the last host.
    let desk: QuestionDesk?
    var askedFiles = 0
    var lastAsked = 0
    var handover: DescriptorHandover
    /// What the script shows, and what people have done there that it has not got yet.
    var shown = LinkedDocument()
    var media = ShownMedia()
    var events: Deque<@Sendable () -> Void> = []
    /// Frames that wait until the script process has taken what was sent before, and whoever sends them.
    var outgoing: Deque<OutgoingFrame> = []
    private(set) var isOver = false
    /// When what was written is to leave, and how many bytes that are.
    var departure = Departure.none
    var written = 0

    private init(_ settings: KeeperSettings, _ channel: any Channel, socket: Int32) {
        self.settings = settings
        self.channel = channel
        desk = settings.prompt.map { QuestionDesk(settings.permissions, $0) }
        handover = DescriptorHandover(socket: socket)
        executor = LoopTaskExecutor(channel.eventLoop)
        key = settings.paid?.client.configuration.apiKey.map { Array($0.secret.utf8) }
        api = settings.paid.map(APIAccess.init)
        rules = RequestRules(
            base: api?.server ?? "-", permissions: settings.permissions)
    }

    /// Serves a script process over a socket, whose ownership it takes, from now on.
    public static func start(
        _ settings: KeeperSettings, socket: Int32, on group: any EventLoopGroup, greeting: [UInt8]
    ) async throws -> KeeperSession {
        let made = Mutex<KeeperSession?>(nil)
        let channel = try await ClientBootstrap(group: group)
            .channelOption(.allowRemoteHalfClosure, value: false)
            // Some pieces of a reply fit in between: to wait for room costs more than to write.
            .channelOption(.writeBufferWaterMark, value: .init(low: 128 << 10, high: 512 << 10))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let session = KeeperSession(settings, channel, socket: socket)
                    made.withLock { $0 = session }
                    try channel.pipeline.syncOperations.addHandler(LinkHandler(session))
                }
            }
            .withConnectedSocket(socket).get()
        guard let session = made.withLock({ $0 }) else { throw ChannelError.operationUnsupported }
        try await channel.writeAndFlush(ByteBuffer(bytes: Frame(.greeting, 0, greeting).bytes)).get()
        return session
    }

    /// The script process is gone: nothing of what it has under way is of use to anybody, but for submits, whose ids
    /// are worth money.
    public func stop() async {
        await receiveLastFrames()
        let works = try? await channel.eventLoop.submit { [self] in
            for (number, request) in open {
                if case .plain = request.what { request.work?.cancel() }
                request.poll?.cancel()
                if request.work == nil { close(number) }
            }
            // Nobody takes anything any more.
            isOver = true
            drain()
            dropEvents()
            return open.values.compactMap { request -> Task<Void, Never>? in
                if case .submit = request.what { request.work } else { nil }
            }
        }.get()
        for work in works ?? [] {
            work.cancel()
            await work.value
        }
        await desk?.finish()
        try? await channel.close().get()
    }

    /// What the script process had sent before it ended may still be on its way: what it has shown last, above all.
    private func receiveLastFrames() async {
        // Its end of the link is closed by now. Nobody waits for ever for somebody who holds it open all the same.
        let late = settings.clock.wake(at: settings.clock.now + Self.lastFramesLimit) { [channel] in
            channel.close(promise: nil)
        }
        try? await channel.closeFuture.get()
        settings.clock.cancelWake(late)
        try? await channel.eventLoop.submit { [self] in
            // What it asked for is of no use any more.
            do throws(LinkFault) {
                while !isBroken, settings.display != nil, let frame = try decoder.next() {
                    if frame.kind.isShown { try takeShown(frame) }
                }
            } catch {
                // Nothing that follows a fault counts.
                fail(error.description)
            }
        }.get()
    }

    private static let lastFramesLimit = Duration.seconds(2)

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
            while !isBroken, channel.isWritable, !handover.isUnderWay, let frame = try decoder.next() {
                try take(frame)
            }
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
        case .request: try begin(frame.number, try LinkedRequest(frame.payload), frame.payload.count)
        case .submit: try begin(frame.number, try LinkedSubmit(frame.payload), frame.payload.count)
        case .body:
            guard let request = open[frame.number], !request.isUnderWay else { return }
            do throws(PermissionRefusal) {
                try request.body?.add(frame.payload)
            } catch {
                refuse(frame.number, error, ofSubmit: request.isSubmit)
            }
        case .bodyEnd:
            guard let request = open[frame.number], !request.isUnderWay else { return }
            request.isWhole = true
            start(frame.number, request)
        case .cancel:
            guard let request = open[frame.number] else { return }
            if request.isUnderWay {
                request.work?.cancel()
                request.poll?.cancel()
            } else {
                close(frame.number)
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
            guard questions.count + askedFiles < Self.questionLimit else {
                throw LinkFault("more than \(Self.questionLimit) questions at one time")
            }
            let question = try LinkedQuestion(frame.payload)
            // The others do not wait for the user.
            if case .open(let opening) = question { return ask(for: opening, frame.number) }
            questions.append((frame.number, question))
            answerNext()
        case .used:
            let use = try LinkedUse(frame.payload)
            settings.news.used(use.kind, use.what)
        case let kind where kind.isShown: try takeShown(frame)
        default: throw LinkFault("a frame of the wrong direction")
        }
    }

    private func checkRoom(_ number: UInt32) throws(LinkFault) {
        guard open.count < Self.requestLimit else {
            throw LinkFault("more than \(Self.requestLimit) requests at one time")
        }
        guard open[number] == nil else { throw LinkFault("a number that is in use") }
    }

    /// - Throws: where it does not fit beside what is under way.
    func open(
        _ number: UInt32, _ what: OpenRequest.What, _ body: LinkedRequest.Body, _ size: Int
    ) throws(PermissionRefusal) -> OpenRequest {
        let received = try ReceivedBody(body)
        let added = LinkLoad(head: size, body)
        guard (load + added).fits(in: .room) else {
            throw PermissionRefusal(
                "Under --sandbox the requests that are under way may have \(LinkLoad.room.memory >> 20) MiB, and "
                    + "\(LinkLoad.room.disk >> 30) GiB in files, together. Send fewer at one time, or smaller ones.")
        }
        load = load + added
        let request = OpenRequest(what, received, added)
        open[number] = request
        return request
    }

    func close(_ number: UInt32) {
        giveBack(number)
        open[number] = nil
    }

    /// What it had to send is gone.
    func giveBack(_ number: UInt32) {
        guard let request = open[number] else { return }
        load = load - request.load
        request.load = LinkLoad()
    }

    private func begin(_ number: UInt32, _ linked: LinkedRequest, _ size: Int) throws(LinkFault) {
        try checkRoom(number)
        do throws(PermissionRefusal) {
            try FormCheck.check(linked)
            let judged = rules.verdict(linked.method, linked.url)
            if let desk, case .failure(let refusal) = judged, let host = rules.askable(refusal, linked.url) {
                return try ask(desk, for: host, number, linked, size, refusal)
            }
            let verdict = try judged.get()
            if case .elsewhere(let place, _) = verdict, rules.isPermitted(place) {
                settings.news.used(.net, Array(HostRule(host: place.host, port: place.port).description.utf8))
            }
            let request = try open(number, .plain(linked, verdict), linked.body, size)
            if case .none = linked.body { start(number, request) }
        } catch {
            refuse(number, error, ofSubmit: false)
        }
    }

    private func begin(_ number: UInt32, _ linked: LinkedSubmit, _ size: Int) throws(LinkFault) {
        try checkRoom(number)
        do throws(PermissionRefusal) {
            try checkPaid(linked)
            _ = try open(number, .submit(linked), .form(linked.parts), size)
        } catch {
            refuse(number, error, ofSubmit: true)
        }
    }

    func refuse(_ number: UInt32, _ refusal: PermissionRefusal, ofSubmit: Bool) {
        close(number)
        send(
            ofSubmit
                ? Frame(.outcome, number, LinkedOutcome.failed(refusal.error).payload)
                : Frame(.failure, number, LinkedFailure(TransportError(refusal: refusal.error)).payload))
    }

    func start(_ number: UInt32, _ request: OpenRequest) {
        if case .asked = request.what { return }
        let body: TransportRequest.Body
        do throws(PermissionRefusal) {
            body = try request.body?.finish() ?? .none
        } catch {
            return refuse(number, error, ofSubmit: request.isSubmit)
        }
        request.body = nil
        let (credit, held) = (request.credit, HeldBody(body))
        switch request.what {
        case .plain(let linked, let verdict):
            if beginPoll(number, linked, verdict, request) { return }
            // At once: what a task waits for at its start is the next round of the loop.
            request.work = Task.immediate(executorPreference: executor) { [self] in
                await carry(number, linked, verdict, held, credit)
                end(number)
            }
        case .submit(let linked):
            request.work = Task(executorPreference: executor) { [self] in
                if case .form(let form) = held.take() { await submit(number, linked, form, credit) }
                end(number)
            }
        case .asked: break
        }
    }

    /// One after the other: an answer may be long.
    private func answerNext() {
        guard !isAnswering, let (number, question) = questions.popFirst() else { return }
        isAnswering = true
        Task(executorPreference: executor) { [self] in
            await sendInTurn(Frame(.answer, number, await answer(to: question).fittingPayload))
            onLoop { session in
                session.isAnswering = false
                session.answerNext()
            }
        }
    }

    private func answer(to question: LinkedQuestion) async -> LinkedAnswer {
        switch question {
        case .chunk, .module:
            return await FileWork.run(on: settings.clock) { [settings] () throws(Never) in settings.load(question) }
        case .jobs, .spend: return await journalAnswer(to: question)
        case .provenance(let job, let size, let sha256): return await provenance(of: job, size, sha256)
        case .open: return .none(reason: "the user decides about that", isRefusal: true)
        }
    }

    func end(_ number: UInt32) {
        if channel.eventLoop.inEventLoop { close(number) } else { onLoop { $0.close(number) } }
    }

    /// Runs `body` on the loop, at once where this is it.
    func onLoop(_ body: @escaping @Sendable (KeeperSession) -> Void) {
        if channel.eventLoop.inEventLoop { body(self) } else { channel.eventLoop.execute { body(self) } }
    }
}

extension KeeperSession.OpenRequest {
    fileprivate var isSubmit: Bool { if case .submit = what { true } else { false } }
}
