public import DecartAPI
public import RunClock

extension QueueClient {
    /// Checks a job's inputs, files included, and submits it. Returns as soon as the queue has given it an id.
    ///
    /// It is sent again only if none of it can have arrived, or if the server answers 429.
    ///
    /// - Parameter deadline: when the submit is cancelled; a reply that comes in the five seconds after it is a
    ///   success. A `Retry-After` that ends later is not waited for.
    /// - Throws: `INVALID_INPUT`, before a byte is sent, with every problem there is; `QUEUE_SUBMIT_ERROR` for a
    ///   refusal: there is no job; `SUBMIT_UNKNOWN` when there may or may not be one; `NETWORK_ERROR` when the queue
    ///   could not be reached; `CANCELLED`, with `data["job_id"]` if there is a job by then. A cancelled submit whose
    ///   body had begun to leave waits up to five seconds for its reply, for the id's sake. `TIMEOUT` when the deadline
    ///   passed before anything was sent: there is no job.
    public func submit(
        _ submission: Submission, deadline: RunInstant? = nil
    ) async throws(DecartError) -> JobReply {
        try await submit(try await prepare(submission, deadline: deadline), deadline: deadline)
    }

    /// Checks a job's inputs and fetches those that are URLs, so that what would be sent is known. Nothing is sent.
    ///
    /// - Throws: `INVALID_INPUT`, with every problem there is; whatever fetching an input can end with.
    public func prepare(
        _ submission: Submission, deadline: RunInstant? = nil
    ) async throws(DecartError) -> PreparedSubmission {
        let path = try Self.jobsPath(of: submission.model)
        let limited = await requester.limited(to: deadline) { requester throws(DecartError) in
            try await FormAssembly(requester: requester).form(for: submission)
        }
        return PreparedSubmission(model: submission.model, path: path, form: try Self.value(of: limited))
    }

    /// Submits what `prepare` made; see `submit(_:)`.
    public func submit(
        _ prepared: PreparedSubmission, deadline: RunInstant? = nil
    ) async throws(DecartError) -> JobReply {
        let call = Call.submit(model: prepared.model.name)
        let limited = await requester.limited(to: deadline) { requester throws(DecartError) in
            let reply = try await requester.write(
                Requester.Write(path: prepared.path, call: call, body: .form(prepared.form)))
            return try await accepted(reply, call)
        }
        let job = try Self.value(of: limited)
        guard !Task.isCancelled else {
            throw DecartError(
                .cancelled, "Cancelled, but the job was submitted by then and costs: its id is \(job.id)."
            )
            .about(job: job.id)
        }
        return job
    }

    private static func value<Value>(of limited: TimeLimit.Outcome<Value>) throws(DecartError) -> Value {
        if case .failure(let error) = limited.result, error.code == .cancelled, limited.ranOut, !Task.isCancelled {
            throw DecartError(
                .timeout, "The time was up before anything of the submit was sent. No job was submitted.",
                cause: error.cause)
        }
        return try limited.result.get()
    }

    private func accepted(_ reply: TransportReply, _ call: Call) async throws(DecartError) -> JobReply {
        let body = await reply.collected(upTo: .max)
        switch JobReply.parse(body, asked: nil) {
        case .failure(let unreadable):
            let detail = ServerDetail(body, requester.configuration)
            throw call.unknown(call.unreadable(unreadable.what, detail, status: reply.status))
        case .success(let job): return job
        }
    }

    private static func jobsPath(of model: ModelDefinition) throws(DecartError) -> String {
        guard let path = model.jobsPath else {
            throw DecartError(
                .invalidInput,
                "The model \(Excerpt.quoted(model.name)) takes no jobs: it is a \(model.kind.rawValue) model.")
        }
        return try model.checked(path: path, named: "jobs", example: "/v1/jobs/my-model")
    }
}
