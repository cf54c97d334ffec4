import DecartAPI
import DecartClient
import JobJournal
import RunClock
import Synchronization

extension Worker {
    /// How often a process says that it lives. Others take its jobs when it has not for 45 s.
    private static let renewal: Duration = .seconds(10)
    /// How soon it tries again after a failure.
    private static let retry: Duration = .seconds(2)
    /// What every public client of the service waits between two polls.
    private static let usualPause: Duration = .milliseconds(1500)
    /// Seconds. Nothing that was written into a journal makes a worker forget a job.
    private static let longestPause = 600.0

    /// Says again and again that this process lives, and takes its share of the requests that all may make, until the
    /// task is cancelled.
    public func keepAlive() async {
        while !Task.isCancelled {
            let pause = await renew() ? Self.renewal : Self.retry
            try? await clock.sleep(for: pause)
        }
    }

    /// - Returns: whether the journal was told.
    func renew() async -> Bool {
        let busy = state.withLock { $0.machine.underWay.count }
        // Its share goes by what it asks for: one that has nothing yet, and asked for nothing, would have next to none
        // for its first jobs.
        let asking = max(busy, 1)
        let report = WorkReport(
            server: query.server, account: query.account, label: query.label, slots: settings.slots, busy: busy,
            wanted: Double(asking) / (Self.usualPause / .seconds(1)))
        do throws(DecartError) {
            let renewal = try await journal.renew(report)
            if !renewal.isKept {
                tell("this worker could not be heard of for too long: others have its jobs by now")
            }
            take(.leaseRenewed) { $0.share = renewal.allowed.map { ($0, asking) } }
            return true
        } catch {
            if journal.isLeaseOver { take(.leaseLost) }
            say(error.message)
            return false
        }
    }

    /// How long to wait between two polls of one job: what everybody waits, or longer where all machines together would
    /// ask more often than the service bears.
    ///
    /// The share is that of the jobs which this process had when it was given out: it has others by now, and asks for each
    /// as often as it may for those, until it is told anew.
    public var pause: Duration {
        guard let share = state.withLock({ $0.share }), share.allowed > 0 else { return Self.usualPause }
        return max(Self.usualPause, .seconds(min(Double(share.busy) / share.allowed, Self.longestPause)))
    }

    /// The service answered 429: all are to slow down.
    public func slowDown() async {
        await journal.slowDown(query)
        _ = await renew()
    }
}
