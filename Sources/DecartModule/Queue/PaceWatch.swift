internal import DecartAPI
internal import RunClock

/// Notices a script that polls one job more often than every 50 ms for a second: it has probably taken milliseconds for
/// seconds.
struct PaceWatch {
    private var pace: (job: JobID, since: RunInstant, last: RunInstant)?
    private var hasWarned = false

    /// Answers whether that is to be said now: once in a run.
    mutating func polls(_ id: JobID, at now: RunInstant) -> Bool {
        guard !hasWarned else { return false }
        guard let pace, pace.job == id, now - pace.last < .milliseconds(50) else {
            pace = (id, now, now)
            return false
        }
        self.pace?.last = now
        hasWarned = now - pace.since >= .seconds(1)
        return hasWarned
    }
}
