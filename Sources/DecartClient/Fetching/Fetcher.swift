package import DecartAPI
package import RunClock

/// Makes requests to any server over a transport.
///
/// A status is a value, whatever it is. A GET or HEAD follows up to five redirects, and leaves the caller's headers
/// behind where one leads to another origin; no other method follows any. Nothing is tried again, but for a GET that met
/// a kept connection just as the server closed it.
package struct Fetcher: Sendable {
    /// How long a server may go without a byte either way.
    private static let idleTimeout: Duration = .seconds(60)
    /// Bytes up to which a body is kept in memory.
    private static let memoryLimit = 8 << 20

    let transport: any QueueTransport
    let clock: any RunClock
    let executor: (any TaskExecutor)?

    package init(_ transport: any QueueTransport, _ clock: any RunClock, on executor: (any TaskExecutor)?) {
        self.transport = transport
        self.clock = clock
        self.executor = executor
    }

    /// - Throws: `NETWORK_ERROR`; `TIMEOUT`; `REPLY_TOO_LARGE`; `FILE_ERROR` for a path that cannot be written;
    ///   `CANCELLED`.
    package func fetch(_ request: FetchRequest) async throws(DecartError) -> FetchReply {
        guard let timeout = request.timeout else { return try await whole(request) }
        let outcome = await TimeLimit.run(until: clock.now + timeout, clock, on: executor) {
            do throws(DecartError) {
                return .success(try await whole(request))
            } catch {
                return .failure(error)
            }
        }
        guard outcome.ranOut, case .failure(let error) = outcome.result else { return try outcome.result.get() }
        throw DecartError(
            .timeout,
            "\(request.method.rawValue) \(request.place) took longer than \(JobWait.milliseconds(timeout)) ms.",
            retryable: request.isRead, cause: error.cause)
    }

    private func whole(_ request: FetchRequest) async throws(DecartError) -> FetchReply {
        let file = try await destination(of: request)
        let sink: any ByteSink =
            file ?? SpillingSink(bound: Self.memoryLimit, folder: nil, clock: clock)
        do throws(DecartError) {
            let (reply, url) = try await answer(to: request)
            try await receive(reply.body, of: request, into: sink)
            let type = reply.header("content-type") ?? MediaType.unknown
            let body: Blob
            if let file, let path = request.path {
                try await request.writing { () async throws(FileWriteError) in try await file.commit() }
                body = Blob(
                    storage: .file(TemporaryFile(keeping: path), size: file.count), type: type,
                    name: path.lastComponent)
            } else if let memory = sink as? SpillingSink {
                body = memory.blob(type: type, name: nil)
            } else {
                body = Blob(bytes: [], type: type)
            }
            return FetchReply(status: reply.status, headers: reply.headers, url: url, body: body)
        } catch {
            await sink.discard()
            throw error
        }
    }

    /// The file that the body becomes, made before anything is asked: a place that will not do costs no request.
    private func destination(of request: FetchRequest) async throws(DecartError) -> AtomicFile? {
        guard let path = request.path else { return nil }
        return try await request.writing { () async throws(FileWriteError) in
            try await AtomicFile.create(path, on: clock)
        }
    }

    /// The last reply, and the URL that it came from.
    private func answer(to request: FetchRequest) async throws(DecartError) -> (TransportReply, String) {
        var url = request.url
        var headers = request.headers
        for _ in 0...Redirect.limit {
            let reply = try await send(request, to: url, headers)
            guard request.isRead, Redirect.isOne(reply.status), let location = reply.header("location") else {
                return (reply, url)
            }
            switch Redirect.target(of: location, from: url) {
            case .success(let next):
                if Origin(of: next) != Origin(of: url) { headers = [] }
                url = next
            case .failure(let refusal):
                throw DecartError(
                    .networkError, "\(request.place) was asked for, and \(refusal.reason). Check the address.",
                    status: reply.status)
            }
        }
        throw DecartError(
            .networkError,
            "\(request.place) was asked for, and redirected more than \(Redirect.limit) times. Check the address.")
    }

    private func send(
        _ request: FetchRequest, to url: String, _ headers: [(name: String, value: String)]
    ) async throws(DecartError) -> TransportReply {
        var sent = TransportRequest(
            request.method, url: url, headers: Self.standardHeaders(beside: headers) + headers,
            body: request.body.map { .bytes($0) } ?? .none, idleTimeout: Self.idleTimeout, streamsReply: true,
            needsFreshConnection: !request.isRead)
        while true {
            do throws(TransportError) {
                if Task.isCancelled { throw TransportError(.cancelled, reach: .neverSent, reason: "cancelled") }
                return try await transport.send(sent)
            } catch {
                // A kept connection may be closed at any moment. On a fresh one, a failure is what it says.
                guard error.kind == .network, error.reach == .maybeSent, !sent.needsFreshConnection else {
                    throw request.failure(error)
                }
                sent.needsFreshConnection = true
                sent.retry = TransportRequest.Retry(number: 1, reason: error.reason)
            }
        }
    }

    private static func standardHeaders(
        beside given: [(name: String, value: String)]
    ) -> [(name: String, value: String)] {
        // As in the client's own requests: what is compressed all the same is decompressed.
        let standard = [
            (name: "user-agent", value: "decart-lua/\(ClientConfiguration.version) lang/lua runtime/swift"),
            (name: "accept-encoding", value: "identity"),
        ]
        return standard.filter { header in !given.contains { $0.name == header.name } }
    }

    private func receive(
        _ body: TransportReply.Body, of request: FetchRequest, into sink: any ByteSink
    ) async throws(DecartError) {
        var source = ByteSource(body)
        var gathered = GatheredBytes(for: sink)
        while case .chunk(let chunk) = await source.next() {
            if let limit = request.byteLimit, gathered.count + chunk.count > limit {
                throw DecartError(
                    .replyTooLarge,
                    "\(request.place) has more than \(limit) bytes. Raise maxBytes, or give a path to save it to.")
            }
            try await request.writing { () async throws(FileWriteError) in try await gathered.add(chunk) }
        }
        if let failure = source.failure { throw request.failure(failure) }
        try await request.writing { () async throws(FileWriteError) in
            try await gathered.passOn()
            try await sink.finish()
        }
    }
}

extension FetchRequest {
    /// Whether it changes nothing at the server.
    fileprivate var isRead: Bool { method == .get || method == .head }

    fileprivate func failure(_ failure: TransportError) -> DecartError {
        if let refusal = failure.refusal { return refusal }
        return switch failure.kind {
        case .cancelled:
            DecartError(.cancelled, "Cancelled while \(place) was fetched.", cause: failure.reason)
        case .network, .timeout, .body:
            DecartError(
                .networkError, "\(place) could not be fetched: \(failure.reason). Check the address and the network.",
                retryable: isRead || failure.reach == .neverSent, cause: failure.reason)
        }
    }

    fileprivate func writing<Value>(
        _ work: () async throws(FileWriteError) -> Value
    ) async throws(DecartError) -> Value {
        do throws(FileWriteError) {
            return try await work()
        } catch {
            throw DecartError(
                .fileError, "fetch cannot write \(Excerpt.quoted(error.path.bytes, limit: 200)): \(error.reason).",
                cause: error.reason)
        }
    }
}
