import DecartAPI
import RunClock
import Synchronization

/// Passes a client's notices on, each kind of news once: an unknown status word, seen by a thousand polls, is
/// one notice.
final class ClientNotices: Sendable {
    private struct State {
        var given: Set<String> = []
        var longestWait = RunInstant.start
    }

    /// Waits from here on are worth a word; the client's own backoff stays below.
    private static let longWait: Duration = .seconds(10)
    /// What a hostile server can make of this, at most.
    private static let bound = 1000

    private let handler: (@Sendable (ClientNotice) -> Void)?
    private let state = Mutex(State())

    init(_ handler: (@Sendable (ClientNotice) -> Void)?) {
        self.handler = handler
    }

    func sawUnknown(_ status: JobStatus, of job: JobID) {
        give(.unknownStatus(status, job: job), once: "status \(status.rawValue)")
    }

    func saw(otherJob name: String, insteadOf job: JobID) {
        give(.otherJob(named: name, job: job), once: "job \(job)")
    }

    /// A server may ask many calls to wait at the same time: that is one notice, until much longer waits
    /// follow.
    func waits(_ wait: Duration, for call: Call, at now: RunInstant) {
        guard handler != nil, wait >= Self.longWait else { return }
        let isNews = state.withLock { state -> Bool in
            guard now + wait > state.longestWait + Self.longWait else { return false }
            state.longestWait = now + wait
            return true
        }
        if isNews { handler?(.longWait(wait, purpose: call.purpose)) }
    }

    private func give(_ notice: ClientNotice, once key: String) {
        guard let handler else { return }
        let isNews = state.withLock { $0.given.count < Self.bound && $0.given.insert(key).inserted }
        if isNews { handler(notice) }
    }
}
