public import DecartAPI

/// The job queue. A job costs money from its submit on, and its id is the only way to it: every error that is about a
/// job has the id in `data["job_id"]`.
public struct QueueClient: Sendable {
    let requester: Requester

    /// Where a job stands.
    ///
    /// - Throws: `NOT_FOUND` for an id that is wrong or has expired; `NETWORK_ERROR`; `QUEUE_STATUS_ERROR` for any
    ///   other refusal and for a reply that is not a job's status; `CANCELLED`.
    public func status(_ id: JobID) async throws(DecartError) -> JobReply {
        let call = Call.status(id)
        let reply = try await requester.get(
            Requester.Read(url: "\(requester.configuration.baseURL)/v1/jobs/\(id.pathSegment)", call: call))
        let body = await reply.collected(upTo: .max)
        switch JobReply.parse(body, asked: id) {
        case .success(let job): return job
        case .failure(let unreadable):
            throw call.unreadable(
                unreadable.what, ServerDetail(body, requester.configuration), status: reply.status)
        }
    }
}
