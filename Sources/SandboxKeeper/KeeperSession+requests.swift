import DecartAPI
import DecartClient
import JobJournal
import JournaledClient
import SandboxLink

// Requests that cost nothing.
extension KeeperSession {
    /// Up to here a body goes with its head; beyond it, it waits until there is room for it.
    static let inlineLimit = 64 << 10

    /// - Parameter outcome: what came of it, if it was sent already.
    func carry(
        _ number: UInt32, _ linked: LinkedRequest, _ verdict: RequestRules.Verdict, _ body: HeldBody,
        _ credit: CreditGate, after outcome: Result<TransportReply, TransportError>? = nil
    ) async {
        do throws(TransportError) {
            let reply =
                if let outcome { try outcome.get() } else { try await ask(number, linked, verdict, body) }
            onLoop { $0.giveBack(number) }
            if let location = reply.header("location"), isOfAPI(verdict),
                case .success(let target) = Redirect.target(of: location, from: linked.url)
            {
                onLoop { $0.rules.led(to: target) }
            }
            try await pass(on: reply, number, linked, verdict, credit)
        } catch {
            var failure = error
            failure.reason = KeyScrubber.scrubbed(failure.reason, key: key)
            await sendInTurn(Frame(.failure, number, LinkedFailure(failure).payload))
        }
    }

    private func isOfAPI(_ verdict: RequestRules.Verdict) -> Bool {
        if case .elsewhere = verdict { false } else { true }
    }

    private func ask(
        _ number: UInt32, _ linked: LinkedRequest, _ verdict: RequestRules.Verdict, _ body: HeldBody
    ) async throws(TransportError) -> TransportReply {
        var request = TransportRequest(
            linked.method, url: linked.url, body: body.take(), idleTimeout: linked.idleTimeout,
            streamsReply: linked.streamsReply || verdict.mayBeLong, needsFreshConnection: linked.needsFreshConnection)
        if linked.tellsOfSending { request.onSending = { [self] in send(Frame(.began, number)) } }
        if case .elsewhere(let place, let needsPublicAddress) = verdict {
            request.headers = FormCheck.elsewhere(linked.headers)
            request.url = place.url
            return try await settings.elsewhere.transport(
                to: place, needsPublicAddress: needsPublicAddress, permissions: settings.permissions
            ).send(request)
        }
        guard let api else {
            throw TransportError(.network, reach: .neverSent, reason: "there is no server")
        }
        request.headers = api.headers(FormCheck.ofAPI(linked.headers))
        let transport: any QueueTransport
        do throws(DecartError) {
            transport = try settings.transport()
        } catch {
            throw TransportError(refusal: error)
        }
        return try await transport.send(request)
    }

    private func pass(
        on reply: TransportReply, _ number: UInt32, _ linked: LinkedRequest, _ verdict: RequestRules.Verdict,
        _ credit: CreditGate
    ) async throws(TransportError) {
        var head = head(of: reply)
        switch reply.body {
        case .bytes(let bytes) where bytes.count <= Self.inlineLimit:
            head.body = KeyScrubber.scrubbed(bytes, key: key)
            await sendInTurn(Frame(.head, number, head.payload))
            await learn(reply.status, bytes, verdict)
        case .bytes(let bytes):
            await sendInTurn(Frame(.head, number, head.payload))
            await send(KeyScrubber.scrubbed(bytes, key: key), number, credit)
            send(Frame(.end, number))
            await learn(reply.status, bytes, verdict)
        case .stream(let stream):
            await sendInTurn(Frame(.head, number, head.payload))
            var scrubber = KeyScrubber(key: key)
            while let chunk = try await stream.next() {
                if Task.isCancelled { throw TransportError(.cancelled, reach: .maybeSent, reason: "cancelled") }
                await send(scrubber.scrub(chunk), number, credit)
            }
            await send(scrubber.finish(), number, credit)
            await learn(reply.status, [], verdict)
            send(Frame(.end, number))
        }
    }

    func head(of reply: TransportReply) -> LinkedHead {
        LinkedHead(
            status: reply.status,
            headers: reply.headers.map { .init(name: $0.name, value: KeyScrubber.scrubbed($0.value, key: key)) },
            isDecoded: reply.isDecoded)
    }

    func send(_ bytes: [UInt8], _ number: UInt32, _ credit: CreditGate) async {
        let piece = FrameKind.chunk.limit
        for start in stride(from: 0, to: bytes.count, by: piece) {
            let part = bytes[start..<min(start + piece, bytes.count)]
            await credit.take(part.count)
            await sendInTurn(.chunk, number, part)
        }
    }

    /// What a reply means for the journal, and for what the run may ask next.
    private func learn(_ status: Int, _ body: [UInt8], _ verdict: RequestRules.Verdict) async {
        guard let api else { return }
        switch verdict {
        case .status(let id):
            if status == 404 { return await gone(id, api) }
            guard (200...299).contains(status), case .success(let reply) = JobReply.parse(body, asked: id) else {
                return
            }
            settings.news.saw(reply)
            await api.journal.saw(reply, at: api.server)
        case .result(let id):
            if status == 404 { return await gone(id, api) }
            guard (200...299).contains(status) else { return }
            settings.news.gone(id)
            await api.journal.saw(JobReply(id: id, status: .completed, members: [:]), at: api.server)
        case .upload:
            guard (200...299).contains(status), let json = try? JSONValue(parsing: body),
                let text = json["id"]?.text, let id = try? FileID(text)
            else { return }
            onLoop { $0.rules.made(file: id.pathSegment) }
        case .file, .resolve, .elsewhere: return
        }
    }

    private func gone(_ id: JobID, _ api: APIAccess) async {
        settings.news.gone(id)
        await api.journal.gone(id, at: api.server)
    }
}
