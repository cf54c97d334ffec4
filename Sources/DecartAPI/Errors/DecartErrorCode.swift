/// Every way in which a call can fail, spelled as scripts see it. A new code is one case here.
public enum DecartErrorCode: String, Sendable, CaseIterable {
    // Before any request.
    case invalidAPIKey = "INVALID_API_KEY"
    case invalidBaseURL = "INVALID_BASE_URL"
    case invalidOptions = "INVALID_OPTIONS"
    case invalidInput = "INVALID_INPUT"
    case modelNotFound = "MODEL_NOT_FOUND"

    // About the job, or the connection.
    /// 404 on a status or result: the id is wrong, or the job has expired.
    case notFound = "NOT_FOUND"
    /// DNS, refused, reset, TLS, or one request's timeout.
    case networkError = "NETWORK_ERROR"
    /// The result was asked for before the job was finished.
    case jobNotCompleted = "JOB_NOT_COMPLETED"
    /// The connection broke after the submit's body had begun to leave: the job may exist, and may cost.
    case submitUnknown = "SUBMIT_UNKNOWN"

    // The journal, and what may be spent.
    /// The key belongs to a job with other contents, or of another account.
    case keyReused = "KEY_REUSED"
    /// The job would pass a cap, or nobody can tell whether it would.
    case overBudget = "OVER_BUDGET"
    /// The journal cannot be written, and was asked for.
    case journalUnavailable = "JOURNAL_UNAVAILABLE"

    // Any other refusal of that call, and a success that is not the documented JSON.
    case queueSubmitError = "QUEUE_SUBMIT_ERROR"
    case queueStatusError = "QUEUE_STATUS_ERROR"
    case queueResultError = "QUEUE_RESULT_ERROR"
    case processingError = "PROCESSING_ERROR"
    case filesUploadError = "FILES_UPLOAD_ERROR"
    case filesGetError = "FILES_GET_ERROR"
    case filesDeleteError = "FILES_DELETE_ERROR"
    case tokenCreateError = "TOKEN_CREATE_ERROR"
    case modelResolveError = "MODEL_RESOLVE_ERROR"

    // Of files and texts that scripts read and write, and of what they fetch.
    /// A file or folder could not be read, written or changed.
    case fileError = "FILE_ERROR"
    /// A text is not JSON, or a value has no form in JSON.
    case invalidJSON = "INVALID_JSON"
    /// A text is not CSV, or rows have no form in CSV.
    case invalidCSV = "INVALID_CSV"
    /// A reply has more bytes than the caller would take.
    case replyTooLarge = "REPLY_TOO_LARGE"

    // The sandbox.
    /// A script under `--sandbox` tried what nothing allows it.
    case permissionDenied = "PERMISSION_DENIED"

    // The run.
    case timeout = "TIMEOUT"
    case cancelled = "CANCELLED"
    /// A polling policy returned something other than a number from 0 up or nil.
    case invalidPolicy = "INVALID_POLICY"
}
