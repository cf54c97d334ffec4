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
        let reply = try await requester.write(Requester.Write(path: path, call: call, body: .form(form)))
        return try await accepted(reply, call)
    }

    private func accepted(_ reply: TransportReply, _ call: Call) async throws(DecartError) -> JobReply {
        let body = await reply.collected(upTo: .max)
        switch JobReply.parse(body, asked: nil) {
        case .failure(let unreadable):
            let detail = ServerDetail(body, requester.configuration)
            throw call.unknown(call.unreadable(unreadable.what, detail, status: reply.status))
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

    private static func jobsPath(of model: ModelDefinition) throws(DecartError) -> String {
        guard let path = model.jobsPath else {
            throw DecartError(
                .invalidInput,
                "The model \(Excerpt.quoted(model.name)) takes no jobs: it is a \(model.kind.rawValue) model.")
        }
        return try model.checked(path: path, named: "jobs", example: "/v1/jobs/my-model")
    }
}
