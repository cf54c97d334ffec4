import DecartAPI

/// What a request is for: enough to say what a failure of it means.
enum Call: Sendable {
    case submit(model: String)
    case status(JobID)
    case result(JobID)
    /// The bytes of an input, from wherever the caller's URL points.
    case input(field: String, url: String)
    case process(model: String)
    case upload(file: BytePath)
    case file(FileID)
    case deletion(FileID)
    case token
    case resolve(model: String)

    /// The code of a refusal that has none of its own.
    var code: DecartErrorCode {
        switch self {
        case .submit: .queueSubmitError
        case .status: .queueStatusError
        case .result: .queueResultError
        case .input: .invalidInput
        case .process: .processingError
        case .upload: .filesUploadError
        case .file: .filesGetError
        case .deletion: .filesDeleteError
        case .token: .tokenCreateError
        case .resolve: .modelResolveError
        }
    }

    var job: JobID? {
        switch self {
        case .status(let id), .result(let id): id
        default: nil
        }
    }

    /// Whether it is made as a GET, which may follow a redirect.
    var isGet: Bool {
        switch self {
        case .status, .result, .input, .file: true
        case .submit, .process, .upload, .deletion, .token, .resolve: false
        }
    }

    /// A question changes nothing and may be asked again; `resolve` is one although it is a POST.
    var retrySubject: RetryRule.Subject {
        switch self {
        case .submit, .process, .upload, .deletion, .token: .write
        case .status, .result, .input, .file, .resolve: .read
        }
    }
}
