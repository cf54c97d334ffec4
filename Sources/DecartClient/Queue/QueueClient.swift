public import DecartAPI
import RunClock

/// The job queue. A job costs money from its submit on, and its id is the only way to it: every error that is about a
/// job has the id in `data["job_id"]`.
public struct QueueClient: Sendable {
    let requester: Requester

    /// A job's status: one poll.
    ///
    /// - Parameters:
    ///   - limit: how long this may take, retries included; nil for no limit of its own.
    ///   - first: what came of its first request, if `DirectPolls` has made that.
    /// - Throws: `NOT_FOUND` for an id that is wrong or has expired; `NETWORK_ERROR`; `QUEUE_STATUS_ERROR` for any
    ///   other refusal and for a reply that is not this job's status; `TIMEOUT`, which is `retryable`; `CANCELLED`.
    public func status(
        _ id: JobID, within limit: Duration? = nil, after first: DirectPolls.FirstRequest? = nil
    ) async throws(DecartError) -> JobReply {
        let deadline = limit.map { requester.clock.now + $0 }
        let limited = await requester.limited(to: deadline) { requester throws(DecartError) in
            try await status(id, with: requester, after: first)
        }
        if let limit, case .failure(let error) = limited.result, error.code == .cancelled, limited.ranOut,
            !Task.isCancelled
        {
            throw DecartError(
                .timeout,
                "Asked for the status of job \(id), the server did not answer within \(JobWait.milliseconds(limit)) ms. "
                    + "The job is not affected.", retryable: true
            ).about(job: id)
        }
        return try limited.result.get()
    }

    private func status(
        _ id: JobID, with requester: Requester, after first: DirectPolls.FirstRequest?
    ) async throws(DecartError) -> JobReply {
        let call = Call.status(id)
        let url = requester.statusBase + id.pathSegment
        let reply = try await requester.get(Requester.Read(url: url, call: call), after: first?.result)
        let body = await reply.collected(upTo: .max)
        switch JobReply.parse(body, asked: id) {
        case .success(let job):
            if !job.status.isKnown { requester.notices.sawUnknown(job.status, of: id) }
            return job
        case .failure(let unreadable):
            if let other = unreadable.otherJob { requester.notices.saw(otherJob: other, insteadOf: id) }
            throw call.unreadable(
                unreadable.what, ServerDetail(body, requester.configuration), status: reply.status)
        }
    }
}
