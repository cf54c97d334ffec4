public import DecartAPI
import RunClock

extension QueueClient {
    /// Submits a job and waits for its end.
    ///
    /// - Parameter onStatusChange: told the submit's reply, and then each change.
    /// - Throws: as `submit`, `poll` and `result`.
    public func submitAndPoll(
        _ submission: Submission, schedule: PollSchedule = .standard,
        onStatusChange: (@Sendable (JobReply) -> Void)? = nil
    ) async throws(DecartError) -> JobOutcome {
        let start = requester.clock.now
        let job = try await submit(submission)
        onStatusChange?(job)
        return try await wait(job.id, known: job.status, schedule, from: start, onStatusChange)
    }

    /// Waits for the end of a job; looks at once.
    ///
    /// A look that fails is a missed look. Before giving up there is one last look.
    ///
    /// - Throws: `NOT_FOUND`, `QUEUE_STATUS_ERROR` for a refusal, `TIMEOUT`, `CANCELLED`, and as `result`.
    public func poll(
        _ id: JobID, schedule: PollSchedule = .standard, onStatusChange: (@Sendable (JobReply) -> Void)? = nil
    ) async throws(DecartError) -> JobOutcome {
        var schedule = schedule
        schedule.first = .zero
        return try await wait(id, known: nil, schedule, from: requester.clock.now, onStatusChange)
    }

    private func wait(
        _ id: JobID, known: JobStatus?, _ schedule: PollSchedule, from start: RunInstant,
        _ onStatusChange: (@Sendable (JobReply) -> Void)?
    ) async throws(DecartError) -> JobOutcome {
        let clock = requester.clock
        let deadline = schedule.timeout.map { start + $0 }
        var known = known
        var next = clock.now + schedule.first
        while true {
            let instant = deadline.map { min($0, next) } ?? next
            if instant > clock.now { try await sleep(until: instant, id) }
            let isLast = deadline.map { clock.now >= $0 } ?? false
            next = clock.now + schedule.interval
            var missed: DecartError?
            do throws(DecartError) {
                let job = try await status(id)
                if job.status != known { onStatusChange?(job) }
                known = job.status
                if job.status == .completed { return .completed(job, try await result(id)) }
                if job.status == .failed { return .failed(job, reason: job.members["error"]?.text ?? "Job failed") }
            } catch {
                // The result's errors come by here too: with the job completed, there is nothing left to wait for.
                if known == .completed || PollSchedule.endsWait(error) { throw error }
                missed = error
            }
            if isLast { throw timeout(id, known, missed) }
        }
    }

    private func sleep(until instant: RunInstant, _ id: JobID) async throws(DecartError) {
        do {
            try await requester.clock.sleep(until: instant)
        } catch {
            throw DecartError(
                .cancelled, "Cancelled while waiting for job \(id). The job goes on: ask for it again with its id."
            ).about(job: id)
        }
    }

    private func timeout(_ id: JobID, _ known: JobStatus?, _ missed: DecartError?) -> DecartError {
        var error = DecartError(
            .timeout, "Job \(id) was not finished in time. It goes on, and costs: ask for it again with its id.",
            cause: missed?.message)
        error.data["currentStatus"] = known.map { .string($0.rawValue) }
        return error.about(job: id)
    }
}
