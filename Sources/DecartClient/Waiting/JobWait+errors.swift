public import DecartAPI
import RunClock

extension JobWait {
    /// Whether a poll's failure is final: the job is unknown, or the server does not accept such requests.
    public static func endsWait(_ error: DecartError) -> Bool {
        switch error.code {
        case .notFound, .cancelled, .invalidAPIKey, .invalidBaseURL, .invalidOptions, .invalidInput, .invalidPolicy:
            return true
        default:
            guard let status = error.status else { return false }
            return (300...499).contains(status) && status != 408 && status != 429
        }
    }

    /// `TIMEOUT`.
    ///
    /// - Parameter why: the message's first clause.
    func gaveUp(_ why: String) -> DecartError {
        let state = status.map { Self.shown($0) } ?? "in an unknown state"
        return about(
            DecartError(
                .timeout, "\(why); job \(job) is \(state) and goes on. Wait for it again with client.queue.poll(id).",
                cause: lastError?.description))
    }

    func invalidDelay(_ delay: Duration) -> DecartError {
        about(
            DecartError(
                .invalidPolicy,
                "The policy returned \(Self.milliseconds(delay)) ms; it must return the time until the next poll, from "
                    + "0 up, or nil to give up. The job goes on."))
    }

    /// `error` with the job's id and its last known status.
    func about(_ error: DecartError) -> DecartError {
        var error = error.about(job: job)
        error.data["currentStatus"] = error.data["currentStatus"] ?? status.map { .string($0.rawValue) }
        return error
    }

    /// A status of the API as it is; any other word might be anything.
    private static func shown(_ status: JobStatus) -> String {
        status.isKnown ? status.rawValue : Excerpt.quoted(status.rawValue)
    }

    /// `1500`, `333.3`: as exact as people want to know it.
    static func milliseconds(_ duration: Duration) -> String {
        let milliseconds = duration.inMilliseconds
        let scale = milliseconds < 1 ? 1000.0 : 10
        let rounded = (milliseconds * scale).rounded() / scale
        return Int64(exactly: rounded)?.description ?? rounded.description
    }
}
