public import DecartAPI
public import DecartClient
import Glibc
public import JobJournal
public import JournaledClient
public import RunClock
import SandboxLink
import Synchronization

/// Carries requests to the keeper, which sends those that the script may make.
public final class LinkTransport: QueueTransport, PaidWork {
    private let connection: LinkConnection
    private let clock: any RunClock
    /// Below what the keeper takes at one time.
    private let gate = LinkGate(limit: 192)

    public init(_ connection: LinkConnection, clock: any RunClock) {
        self.connection = connection
        self.clock = clock
    }

    public func send(_ request: TransportRequest) async throws(TransportError) -> TransportReply {
        clock.beginExternalWork()
        defer { clock.endExternalWork() }
        let (body, content) = Self.linked(request.body)
        let linked = LinkedRequest(
            method: request.method, url: request.url,
            headers: request.headers.map { .init(name: $0.name, value: $0.value) }, body: body,
            idleTimeout: request.idleTimeout, streamsReply: request.streamsReply,
            needsFreshConnection: request.needsFreshConnection)
        let slot = try await enter()
        let exchange = connection.open(onBegan: request.onSending)
        do throws(TransportError) {
            try await send(Frame(.request, exchange.number, linked.payload), content, of: exchange)
            switch await exchange.next() {
            case .head(let head): return reply(head, exchange, slot)
            case .failure(let failure): throw failure
            default: throw Self.unexpected
            }
        } catch {
            exchange.close()
            slot.release()
            throw error
        }
    }

    private func enter() async throws(TransportError) -> LinkGate.Slot {
        guard let slot = await gate.enter() else {
            throw TransportError(.cancelled, reach: .neverSent, reason: "cancelled while waiting for its turn")
        }
        return slot
    }

    private static var unexpected: TransportError {
        TransportError(.network, reach: .maybeSent, reason: "the keeper answered something else")
    }

    private func reply(_ head: LinkedHead, _ exchange: LinkExchange, _ slot: LinkGate.Slot) -> TransportReply {
        var reply = TransportReply(status: head.status, headers: head.headers.map { ($0.name, $0.value) })
        reply.isDecoded = head.isDecoded
        if let bytes = head.body {
            reply.body = .bytes(bytes)
            exchange.close()
            slot.release()
        } else {
            let body = LinkBody(exchange, slot, clock)
            reply.body = .stream(ByteStream { () async throws(TransportError) in try await body.next() })
        }
        return reply
    }

    // MARK: What costs

    public func submit(
        _ prepared: PreparedSubmission, _ terms: SubmitTerms, hasDrawnSeed: Bool, limit: Duration?
    ) async throws(DecartError) -> JournaledJob {
        let exchange = try await begin(prepared, terms, hasDrawnSeed: hasDrawnSeed, limit: limit, isPicture: false)
        defer { exchange.close() }
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
        let exchange = try await begin(prepared, terms, hasDrawnSeed: hasDrawnSeed, limit: nil, isPicture: true)
        defer { exchange.close() }
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

    private func begin(
        _ prepared: PreparedSubmission, _ terms: SubmitTerms, hasDrawnSeed: Bool, limit: Duration?, isPicture: Bool
    ) async throws(DecartError) -> LinkExchange {
        clock.beginExternalWork()
        defer { clock.endExternalWork() }
        let (body, content) = Self.linked(.form(prepared.form))
        guard case .form(let parts) = body else { throw Self.strange }
        let linked = LinkedSubmit(
            isPicture: isPicture, model: prepared.model.name, path: prepared.path, parts: parts,
            terms: terms.linked(hasDrawnSeed: hasDrawnSeed), limit: limit)
        let exchange = connection.open()
        do throws(TransportError) {
            try await send(Frame(.submit, exchange.number, linked.payload), content, of: exchange)
        } catch {
            exchange.close()
            throw DecartError(
                .invalidInput,
                "What was to be sent could not be read to its end: \(error.reason). No job was submitted.",
                cause: error.reason)
        }
        return exchange
    }

    // MARK: The journal

    /// What the keeper's journal has of this run's jobs.
    public func jobs(_ wanted: JSONValue) async throws(DecartError) -> [JSONValue] {
        guard case .array(let jobs) = try await ask(.jobs(wanted)) else { return [] }
        return jobs
    }

    /// What this run has spent.
    public func spend() async throws(DecartError) -> JSONValue { try await ask(.spend) }

    private func ask(_ question: LinkedQuestion) async throws(DecartError) -> JSONValue {
        let connection = connection
        // Off the loop: the answer is waited for by a thread.
        switch await FileWork.run(on: clock, { () throws(Never) in connection.ask(question) }) {
        case .journal(let json): return json
        case .failed(let error): throw error
        case .file, .none: return .null
        }
    }

    // MARK: Bodies

    private static func linked(
        _ body: TransportRequest.Body
    ) -> (LinkedRequest.Body, [MultipartForm.File.Source]?) {
        switch body {
        case .none: return (.none, nil)
        case .json(let value): return (.json, [.bytes(value.serialized())])
        case .bytes(let bytes): return (.bytes, [.bytes(bytes)])
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
        connection.send(head)
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
    private let slot: LinkGate.Slot
    private let clock: any RunClock
    private let isOver = Mutex(false)

    init(_ exchange: LinkExchange, _ slot: LinkGate.Slot, _ clock: any RunClock) {
        self.exchange = exchange
        self.slot = slot
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
        slot.release()
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
