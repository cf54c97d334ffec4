import DecartAPI

/// What a request is for: enough to say what a failure of it means.
enum Call: Sendable {
    case submit(model: String)
    case status(JobID)
    case result(JobID)
    /// The bytes of a job's input, from wherever the caller's URL points.
    case input(field: String, url: String)

    /// The code of a refusal that has none of its own.
    var code: DecartErrorCode {
        switch self {
        case .submit: .queueSubmitError
        case .status: .queueStatusError
        case .result: .queueResultError
        case .input: .invalidInput
        }
    }

    var job: JobID? {
        switch self {
        case .status(let id), .result(let id): id
        case .submit, .input: nil
        }
    }

    var retrySubject: RetryRule.Subject {
        if case .submit = self { .submit } else { .read }
    }

    /// The end of "the server was asked …".
    var purpose: String {
        switch self {
        case .submit(let model): "to take a job for \(Excerpt.quoted(model))"
        case .status(let id): "for the status of job \(id)"
        case .result(let id): "for the result of job \(id)"
        case .input(let field, let url): "for the input \(field), \(Excerpt.quoted(Self.withoutQuery(url), limit: 120))"
        }
    }

    /// What remains true whatever went wrong.
    var reassurance: String {
        switch self {
        case .submit, .input: "No job was submitted."
        case .status(let id), .result(let id): "The job is not affected: ask again with its id, \(id)."
        }
    }

    /// A signed address carries its secret behind the question mark.
    private static func withoutQuery(_ url: String) -> String {
        String(url.prefix { $0 != "?" && $0 != "#" })
    }
}
