public import DecartAPI
import RunClock

extension QueueClient {
    /// Submits a job and waits for its end.
    ///
    /// - Parameters:
    ///   - policy: when to poll; it is asked before the first poll.
    ///   - timeout: for the submit, the wait and fetching the result; nil waits as long as it takes. A submit whose body
    ///     has begun to leave gets 5 s more for its reply, and fetching the result at least 5 s.
    ///   - onStatusChange: called with the submit's reply, and then with each reply that shows another status.
    ///   - onPoll: called with each reply to a poll.
    /// - Throws: as `submit`, `poll` and `result`.
    public func submitAndPoll(
        _ submission: Submission, policy: PollPolicy = .standard, timeout: Duration? = nil,
        onStatusChange: (@Sendable (JobReply) -> Void)? = nil, onPoll: (@Sendable (JobReply) -> Void)? = nil
    ) async throws(DecartError) -> JobOutcome {
        let begun = requester.clock.now
        let reply = try await submit(submission, deadline: timeout.map { begun + $0 })
        let wait = JobWait(
            after: reply, model: submission.model.name, timeout: timeout, from: begun, at: requester.clock.now)
        return try await outcome(of: wait, policy, onStatusChange, onPoll)
    }

    /// Waits for the end of a job; polls at once. `JobWait` has the rules.
    ///
    /// - Parameters:
    ///   - policy: when to poll again.
    ///   - timeout: for the whole wait, fetching the result too, which gets at least 5 s; nil waits as long as it takes.
    ///   - onStatusChange: called with the first reply, and then with each that shows another status.
    ///   - onPoll: called with each reply.
    /// - Throws: `NOT_FOUND`, `QUEUE_STATUS_ERROR` for a refusal, `TIMEOUT` (also for a policy that gives up),
    ///   `INVALID_POLICY`, `CANCELLED`, and as `result`; each has the job's id.
    public func poll(
        _ id: JobID, policy: PollPolicy = .standard, timeout: Duration? = nil,
        onStatusChange: (@Sendable (JobReply) -> Void)? = nil, onPoll: (@Sendable (JobReply) -> Void)? = nil
    ) async throws(DecartError) -> JobOutcome {
        let wait = JobWait(for: id, timeout: timeout, at: requester.clock.now)
        return try await outcome(of: wait, policy, onStatusChange, onPoll)
    }

    private func outcome(
        of wait: JobWait, _ policy: PollPolicy, _ onStatusChange: (@Sendable (JobReply) -> Void)?,
        _ onPoll: (@Sendable (JobReply) -> Void)?
    ) async throws(DecartError) -> JobOutcome {
        var wait = wait
        var event = JobWait.Event.start
        while true {
            switch wait.next(event, at: requester.clock.now) {
            case .poll(let limit):
                event = await polled(wait.job, within: limit)
            case .report(let reply, let isOfPoll, let isChange):
                if isOfPoll { onPoll?(reply) }
                if isChange { onStatusChange?(reply) }
                event = .reported
            case .askPolicy(let question):
                event = .delay(policy(question))
            case .sleep(let instant):
                event = await slept(until: instant, wait.job)
            case .end(.completed(let reply)):
                return .completed(reply, try await result(of: wait))
            case .end(.failed(let reply, let reason)):
                return .failed(reply, reason: reason)
            case .end(.gaveUp(let error)), .end(.stopped(let error)):
                throw error
            }
        }
    }

    /// The result of a completed job, within what is left of the wait.
    private func result(of wait: JobWait) async throws(DecartError) -> Blob {
        let job = wait.job
        let deadline = wait.deadline.map { max($0, requester.clock.now + JobWait.shortestPollLimit) }
        let limited = await requester.limited(to: deadline) { requester throws(DecartError) in
            try await QueueClient(requester: requester).result(job)
        }
        if case .failure(let error) = limited.result, error.code == .cancelled, limited.ranOut, !Task.isCancelled {
            var error = DecartError(
                .timeout, "Job \(job) is completed, but its result did not arrive in time. Fetch it with result(id).")
            error.data["currentStatus"] = .string(JobStatus.completed.rawValue)
            throw error.about(job: job)
        }
        return try limited.result.get()
    }

    private func polled(_ id: JobID, within limit: Duration?) async -> JobWait.Event {
        do throws(DecartError) {
            return .reply(try await status(id, within: limit))
        } catch {
            return .failure(error)
        }
    }

    private func slept(until instant: RunInstant, _ id: JobID) async -> JobWait.Event {
        do {
            try await requester.clock.sleep(until: instant)
            return .woke
        } catch {
            return .failure(
                DecartError(
                    .cancelled, "Cancelled while waiting for job \(id). The job goes on: ask for it again with its id.")
            )
        }
    }
}
