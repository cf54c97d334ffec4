import DecartAPI

extension Requester {
    /// A request that changes something at the server, or a question that is put as a POST.
    struct Write: Sendable {
        var method = TransportRequest.Method.post
        /// Behind the base URL.
        var path: String
        var call: Call
        var body = TransportRequest.Body.none
        var streams = false
    }

    /// The reply to `write`, a success. No redirect is followed. It is sent again only where `RetryRule` allows it for
    /// what its call is: never when it may have been carried out.
    ///
    /// - Throws: the refusal; `SUBMIT_UNKNOWN`, or the call's own code, when nobody can tell whether it was carried
    ///   out; `NETWORK_ERROR` when it was not; `CANCELLED`.
    func write(_ write: Write) async throws(DecartError) -> TransportReply {
        let call = write.call
        var request = TransportRequest(
            write.method, url: configuration.baseURL.text + write.path,
            headers: headers(for: configuration.baseURL.origin),
            body: write.body, idleTimeout: configuration.timeout, streamsReply: write.streams,
            needsFreshConnection: call.retrySubject == .write)
        var schedule = RetrySchedule(maxRetries: configuration.maxRetries)
        while true {
            if Task.isCancelled { throw call.cancelled() }
            let event: RetryRule.Event
            let error: DecartError
            request.retry = schedule.retry
            switch await send(request, call) {
            case .success(let reply) where (200...299).contains(reply.status):
                if let coding = reply.coding { throw call.undecodable(coding, status: reply.status) }
                return reply
            case .success(let reply):
                event = .refused(status: reply.status)
                error = await refusal(reply, call)
            case .failure(let failure):
                event = .failed(failure.kind, failure.reach)
                error = call.failure(failure)
            }
            if RetryRule.verdict(on: event, of: call.retrySubject) == .unknown { throw call.unknown(error) }
            try await pause(before: call, after: event, error, &schedule)
        }
    }

    private func send(_ request: TransportRequest, _ call: Call) async -> Result<TransportReply, TransportError> {
        // Only a job has an id to be saved from a cancellation.
        if case .submit = call {
            return await SubmitExchange(transport: transport, clock: clock, executor: executor).send(request)
        }
        do throws(TransportError) {
            return .success(try await transport.send(request))
        } catch {
            return .failure(error)
        }
    }

    /// The members of a reply's JSON object.
    ///
    /// - Throws: the call's own code for anything else.
    func object(_ reply: TransportReply, _ call: Call) async throws(DecartError) -> [String: JSONValue] {
        let body = await reply.collected(upTo: .max)
        if case .object(let members)? = try? JSONValue(parsing: body) { return members }
        throw unreadable(body.isEmpty ? "an empty body" : "something that is not a JSON object", body, reply, call)
    }

    func unreadable(_ what: String, _ body: [UInt8], _ reply: TransportReply, _ call: Call) -> DecartError {
        let error = call.unreadable(what, ServerDetail(body, configuration), status: reply.status)
        return call.retrySubject == .write ? call.unknown(error) : error
    }
}
