public import DecartAPI

/// News for the person who runs the program that no call fails for.
public enum ClientNotice: Hashable, Sendable {
    /// A job is in a status that this program does not know: it counts as not finished.
    case unknownStatus(JobStatus, job: JobID)
    /// A status reply names another job than the one that was asked for: it counts as none.
    case otherJob(named: String, job: JobID)
    /// The server asked to wait so long before the next try, and it is waited for.
    case longWait(Duration, purpose: String)

    /// One sentence.
    public var message: String {
        switch self {
        case .unknownStatus(let status, let job):
            "job \(job) has the status \(Excerpt.quoted(status.rawValue)), which this version does not know; "
                + "it is taken for not finished"
        case .otherJob(let name, let job):
            "asked for the status of job \(job), the server answered with that of \(Excerpt.quoted(name)); "
                + "the reply is ignored"
        case .longWait(let wait, let purpose):
            "asked \(purpose), the server wants the next try no sooner than in \(wait.components.seconds) s; waiting"
        }
    }
}
