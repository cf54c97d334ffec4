public import DecartAPI
public import DecartClient
import Glibc
public import JobJournal
public import JournaledClient
public import NIOCore
public import RunClock
import SandboxLink
import Synchronization

/// Carries requests to the keeper, which sends those that the script may make.
public final class LinkTransport: QueueTransport, PaidWork {
    private let connection: LinkConnection
    private let clock: any RunClock
    private let loop: (any EventLoop)?
    /// Together below what the keeper takes at one time. A reply that is read has its place until its end; so submits have
    /// places of their own.
    private let places = LinkGate(LinkLoad(places: 192))
    private let submits = LinkGate(LinkLoad(places: 64))
    private let questions = LinkGate(LinkLoad(places: 16))
    /// What is to be sent, until it has been.
    private let room = LinkGate(LinkLoad(memory: LinkLoad.room.memory, disk: LinkLoad.room.disk))

    /// - Parameter loop: where its direct ways begin and end; nil: it has none.
    public init(_ connection: LinkConnection, clock: any RunClock, loop: (any EventLoop)? = nil) {
        self.connection = connection
        self.clock = clock
        self.loop = loop
    }

    public func directWay(
        to base: String, headers: [(name: String, value: String)], idleTimeout: Duration
    ) -> (any DirectWay)? {
        guard let loop else { return nil }
        let request = LinkedRequest(
            method: .get, url: base, headers: headers.map { .init(name: $0.name, value: $0.value) },
            idleTimeout: idleTimeout)
        return LinkWay(to: request, over: connection, places, room, on: loop, clock)
    }

    public func send(_ request: TransportRequest) async throws(TransportError) -> TransportReply {
        clock.beginExternalWork()
        defer { clock.endExternalWork() }
        let (body, content) = Self.linked(request.body)
        let linked = LinkedRequest(
            method: request.method, url: request.url,
            headers: request.headers.map { .init(name: $0.name, value: $0.value) }, body: body,
            idleTimeout: request.idleTimeout, streamsReply: request.streamsReply,
            needsFreshConnection: request.needsFreshConnection, tellsOfSending: request.onSending != nil)
        let payload = linked.payload
        let place = try await enter(places, LinkLoad(places: 1))
        let load = try await enter(room, LinkLoad(head: payload.count, body))
        let exchange = connection.open(onBegan: request.onSending)
        do throws(TransportError) {
            try await send(Frame(.request, exchange.number, payload), content, of: exchange)
            let event = await exchange.next()
            load.release()
            switch event {
            case .head(let head): return reply(head, exchange, place)
            case .failure(let failure): throw failure
            default: throw Self.unexpected
            }
        } catch {
            exchange.close()
            load.release()
            place.release()
            throw error
        }
    }

    private func enter(_ gate: LinkGate, _ load: LinkLoad) async throws(TransportError) -> LinkGate.Share {
        guard let share = await gate.enter(load) else {
            throw TransportError(.cancelled, reach: .neverSent, reason: "cancelled while waiting for its turn")
        }
        return share
    }

    static var unexpected: TransportError {
        TransportError(.network, reach: .maybeSent, reason: "the keeper answered something else")
    }

    private func reply(_ head: LinkedHead, _ exchange: LinkExchange, _ place: LinkGate.Share) -> TransportReply {
        var reply = TransportReply(status: head.status, headers: head.headers.map { ($0.name, $0.value) })
        reply.isDecoded = head.isDecoded
        if let bytes = head.body {
            reply.body = .bytes(bytes)
            exchange.close()
            place.release()
        } else {
            let body = LinkBody(exchange, place, clock)
            reply.body = .stream(ByteStream { () async throws(TransportError) in try await body.next() })
        }
        return reply
    }

    // MARK: What costs

    public func submit(
        _ prepared: PreparedSubmission, _ terms: SubmitTerms, hasDrawnSeed: Bool, limit: Duration?
    ) async throws(DecartError) -> JournaledJob {
        let (exchange, shares) = try await begin(
            prepared, terms, hasDrawnSeed: hasDrawnSeed, limit: limit, isPicture: false)
        defer { end(exchange, shares) }
        switch await exchange.next() {
        case .outcome(.failed(let error)): throw error
        case .outcome(.job(let members, let isReplayed, let isFetched)):
            guard let text = members["job_id"]?.text, let status = members["status"]?.text else { throw Self.strange }
            let reply = JobReply(id: try JobID(text), status: JobStatus(rawValue: status), members: members)
            return JournaledJob(reply: reply, isReplayed: isReplayed, isFetched: isFetched)
        default: throw Self.strange
        }
    }

    public func process(
        _ prepared: PreparedSubmission, _ terms: SubmitTerms, hasDrawnSeed: Bool
    ) async throws(DecartError) -> Blob {
        let (exchange, shares) = try await begin(
            prepared, terms, hasDrawnSeed: hasDrawnSeed, limit: nil, isPicture: true)
        defer { end(exchange, shares) }
        guard case .head(let head) = try await first(of: exchange) else { throw Self.strange }
        var bytes: [UInt8] = []
        while true {
            switch await exchange.next() {
            case .chunk(let chunk):
                bytes += chunk
                exchange.took(chunk.count)
            case .end:
                let type = head.headers.first { $0.name == "content-type" }?.value ?? MediaType.unknown
                return Blob(bytes: bytes, type: type)
            case .outcome(.failed(let error)): throw error
            default: throw Self.strange
            }
        }
    }

    private func first(of exchange: LinkExchange) async throws(DecartError) -> LinkExchange.Event {
        let event = await exchange.next()
        if case .outcome(.failed(let error)) = event { throw error }
        return event
    }

    private static var strange: DecartError {
        DecartError(.submitUnknown, "The keeper did not say what became of the submit. There may be a job, and a bill.")
    }

    private func end(_ exchange: LinkExchange, _ shares: [LinkGate.Share]) {
        exchange.close()
        for share in shares { share.release() }
    }

    private func begin(
        _ prepared: PreparedSubmission, _ terms: SubmitTerms, hasDrawnSeed: Bool, limit: Duration?, isPicture: Bool
    ) async throws(DecartError) -> (LinkExchange, [LinkGate.Share]) {
        clock.beginExternalWork()
        defer { clock.endExternalWork() }
        let (body, content) = Self.linked(.form(prepared.form))
        guard case .form(let parts) = body else { throw Self.strange }
        let linked = LinkedSubmit(
            isPicture: isPicture, model: prepared.model.name, path: prepared.path, parts: parts,
            terms: terms.linked(hasDrawnSeed: hasDrawnSeed), limit: limit)
        guard linked.terms.serialized().count <= LinkedSubmit.termsLimit else {
            throw DecartError(.invalidOptions, "A job's key and label are longer than 12 KiB. Take shorter ones.")
        }
        let payload = linked.payload
        guard let place = await submits.enter(LinkLoad(places: 1)),
            let load = await room.enter(LinkLoad(head: payload.count, body))
        else { throw DecartError(.cancelled, "Cancelled before the job was sent. No job was submitted.") }
        let exchange = connection.open()
        do throws(TransportError) {
            try await send(Frame(.submit, exchange.number, payload), content, of: exchange)
        } catch {
            end(exchange, [place, load])
            throw DecartError(
                .invalidInput,
                "What was to be sent could not be read to its end: \(error.reason). No job was submitted.",
                cause: error.reason)
        }
        return (exchange, [place, load])
    }

    // MARK: The journal

    /// What the keeper's journal has of this run's jobs.
    public func jobs(_ wanted: JSONValue) async throws(DecartError) -> [JSONValue] {
        guard case .array(let jobs) = try await ask(.jobs(wanted)) else { return [] }
        return jobs
    }

    /// What this run has spent.
    public func spend() async throws(DecartError) -> JSONValue { try await ask(.spend) }

    public func provenance(of job: JobID, size: Int, sha256: String) async -> JSONValue? {
        do throws(DecartError) {
            let json = try await ask(.provenance(job: job.text, size: size, sha256: sha256))
            return json == .null ? nil : json
        } catch {
            return nil
        }
    }

    private func ask(_ question: LinkedQuestion) async throws(DecartError) -> JSONValue {
        guard question.payload.count <= LinkedSubmit.termsLimit else {
            throw DecartError(.invalidOptions, "A label or a name that is asked for is longer than any job's.")
        }
        guard let place = await questions.enter(LinkLoad(places: 1)) else {
            throw DecartError(.cancelled, "Cancelled before the journal was asked.")
        }
        defer { place.release() }
        let connection = connection
        // Off the loop: the answer is waited for by a thread.
        switch await FileWork.run(on: clock, { () throws(Never) in connection.ask(question) }) {
        case .journal(let json): return json
        case .failed(let error): throw error
        case .file, .none, .opened, .unopened: return .null
        }
    }

    // MARK: Bodies

    private static func linked(
        _ body: TransportRequest.Body
    ) -> (LinkedRequest.Body, [MultipartForm.File.Source]?) {
        switch body {
        case .none: return (.none, nil)
        case .json(let value):
            let bytes = value.serialized()
            return (.json(size: bytes.count), [.bytes(bytes)])
        case .bytes(let bytes): return (.bytes(size: bytes.count), [.bytes(bytes)])
        case .form(let form):
            var sources: [MultipartForm.File.Source] = []
            let parts = form.parts.map { part -> LinkedPart in
                switch part.content {
                case .text(let bytes): return LinkedPart(name: part.name, content: .text(bytes))
                case .file(let file):
                    sources.append(file.source)
                    return LinkedPart(
                        name: part.name,
                        content: .file(name: file.fileName.bytes, type: file.contentType, size: file.source.size))
                }
            }
            return (.form(parts), sources)
        }
    }

    private func send(
        _ head: Frame, _ content: [MultipartForm.File.Source]?, of exchange: LinkExchange
    ) async throws(TransportError) {
        let tooLong = head.payload.count > head.kind.limit
        guard !tooLong else {
            throw TransportError(.body, reach: .neverSent, reason: "its fields have more than a megabyte")
        }
        await connection.sendTogether(head)
        guard let content else { return }
        let (connection, number) = (connection, exchange.number)
        let failure = await FileWork.run(on: clock) { () throws(Never) -> String? in
            for source in content {
                if let failure = Self.send(source, on: connection, as: number) { return failure }
            }
            connection.send(Frame(.bodyEnd, number))
            return nil
        }
        guard let failure else { return }
        exchange.cancel()
        throw TransportError(.body, reach: .neverSent, reason: failure)
    }

    private static func send(
        _ source: MultipartForm.File.Source, on connection: LinkConnection, as number: UInt32
    ) -> String? {
        let piece = FrameKind.body.limit
        switch source {
        case .bytes(let bytes):
            for start in stride(from: 0, to: bytes.count, by: piece) {
                connection.send(Frame(.body, number, Array(bytes[start..<min(start + piece, bytes.count)])))
            }
            return nil
        case .path(let path, let size):
            guard let name = path.cString else { return "its path has a NUL in it" }
            let file = Glibc.open(name, O_RDONLY | O_CLOEXEC)
            guard file >= 0 else { return String(cString: strerror(errno)) }
            defer { Glibc.close(file) }
            var left = size
            var buffer = [UInt8](repeating: 0, count: piece)
            while left > 0 {
                let count = read(file, &buffer, min(piece, left))
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { return String(cString: strerror(errno)) }
                guard count > 0 else { return "a file became shorter while it was sent" }
                connection.send(Frame(.body, number, Array(buffer[..<count])))
                left -= count
            }
            return nil
        }
    }
}

extension MultipartForm.File.Source {
    fileprivate var size: Int {
        switch self {
        case .bytes(let bytes): bytes.count
        case .path(_, let size): size
        }
    }
}

/// The rest of a reply, which lets go of its exchange when nobody reads it any more.
private final class LinkBody: Sendable {
    private let exchange: LinkExchange
    private let place: LinkGate.Share
    private let clock: any RunClock
    private let isOver = Mutex(false)

    init(_ exchange: LinkExchange, _ place: LinkGate.Share, _ clock: any RunClock) {
        self.exchange = exchange
        self.place = place
        self.clock = clock
    }

    deinit {
        guard !isOver.withLock({ $0 }) else { return }
        exchange.cancel()
        finish()
    }

    private func finish() {
        isOver.withLock { $0 = true }
        exchange.close()
        place.release()
    }

    func next() async throws(TransportError) -> [UInt8]? {
        if isOver.withLock({ $0 }) { return nil }
        clock.beginExternalWork()
        defer { clock.endExternalWork() }
        switch await exchange.next() {
        case .chunk(let bytes):
            exchange.took(bytes.count)
            return bytes
        case .end:
            finish()
            return nil
        case .failure(let failure):
            finish()
            throw failure
        case .head, .outcome, .began:
            finish()
            throw TransportError(.network, reach: .maybeSent, reason: "the keeper answered something else")
        }
    }
}
