public import DecartAPI

extension QueueClient {
    /// Checks a job's inputs, files included, and submits it. Returns as soon as the queue has given it an id.
    ///
    /// It is sent again only when nothing of it can have arrived, or when the server says 429.
    ///
    /// - Throws: `INVALID_INPUT`, before a byte is sent, with every problem there is; `QUEUE_SUBMIT_ERROR` for a
    ///   refusal: there is no job; `SUBMIT_UNKNOWN` when there may or may not be one; `NETWORK_ERROR` when the queue
    ///   could not be reached; `CANCELLED`, with `data["job_id"]` if there is a job by then. A cancelled submit whose
    ///   body had begun to leave waits up to five seconds for its reply, for the id's sake.
    public func submit(_ submission: Submission) async throws(DecartError) -> JobReply {
        let call = Call.submit(model: submission.model.name)
        let path = try Self.jobsPath(of: submission.model)
        let form = try await FormAssembly(requester: requester).form(for: submission)
        let request = TransportRequest(
            .post, url: requester.configuration.baseURL.text + path,
            headers: requester.headers(for: requester.configuration.baseURL.origin), body: .form(form),
            idleTimeout: requester.configuration.timeout, needsFreshConnection: true)
        var schedule = RetrySchedule(maxRetries: requester.configuration.maxRetries)
        while true {
            if Task.isCancelled { throw call.cancelled() }
            let exchange = SubmitExchange(transport: requester.transport, clock: requester.clock)
            let event: RetryRule.Event
            let error: DecartError
            switch await exchange.send(request) {
            case .success(let reply) where (200...299).contains(reply.status):
                return try await accepted(reply, call)
            case .success(let reply):
                event = .refused(status: reply.status)
                error = await requester.refusal(reply, call)
            case .failure(let failure):
                event = .failed(failure.kind, failure.reach)
                error = call.failure(failure)
            }
            if RetryRule.verdict(on: event, of: .submit) == .unknown { throw Self.unknown(error) }
            try await requester.pause(before: call, after: event, error, &schedule)
        }
    }

    private func accepted(_ reply: TransportReply, _ call: Call) async throws(DecartError) -> JobReply {
        let body = await reply.collected(upTo: .max)
        switch JobReply.parse(body, asked: nil) {
        case .failure(let unreadable):
            let detail = ServerDetail(body, requester.configuration)
            throw Self.unknown(call.unreadable(unreadable.what, detail, status: reply.status))
        case .success(let job):
            guard !Task.isCancelled else {
                throw DecartError(
                    .cancelled, "Cancelled, but the job was submitted by then and costs: its id is \(job.id)."
                )
                .about(job: job.id)
            }
            return job
        }
    }

    /// `error` as the news that a job may exist all the same.
    private static func unknown(_ error: DecartError) -> DecartError {
        var unknown = error
        unknown.code = .submitUnknown
        unknown.retryable = false
        unknown.retryAfter = nil
        let what = error.cause ?? (error.status.map { "the server answered \($0)" } ?? "its reply was lost")
        unknown.message =
            "The job may have been submitted, or not: \(what). It was not sent again, since that could be a second, "
            + "paid job. Look whether it exists before submitting it once more."
        return unknown
    }

    private static func jobsPath(of model: ModelDefinition) throws(DecartError) -> String {
        guard let path = model.jobsPath else {
            throw DecartError(
                .invalidInput,
                "The model \(Excerpt.quoted(model.name)) takes no jobs: it is a \(model.kind.rawValue) model.")
        }
        // Without its slash it would become a part of the host, and the key would go there.
        guard path.hasPrefix("/"), path.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value < 0x7F }) else {
            throw DecartError(
                .invalidInput,
                "The model \(Excerpt.quoted(model.name)) has the jobs path \(Excerpt.quoted(path)). "
                    + "Give one that begins with / and has no blanks, such as /v1/jobs/my-model.")
        }
        return path
    }
}
