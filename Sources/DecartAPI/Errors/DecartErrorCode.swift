/// Every way in which a call can fail, spelled as scripts see it. A new code is one case here.
public enum DecartErrorCode: String, Sendable, CaseIterable {
    // Before any request.
    case invalidAPIKey = "INVALID_API_KEY"
    case invalidBaseURL = "INVALID_BASE_URL"
    case invalidOptions = "INVALID_OPTIONS"
    case invalidInput = "INVALID_INPUT"
    case modelNotFound = "MODEL_NOT_FOUND"

    // The job or the way to it.
    /// 404 on a status or result: the id is wrong, or the job has expired.
    case notFound = "NOT_FOUND"
    /// DNS, refused, reset, TLS, or one request's timeout.
    case networkError = "NETWORK_ERROR"
    /// The result was asked for before the job was finished.
    case jobNotCompleted = "JOB_NOT_COMPLETED"
    /// The connection broke after the submit's body had begun to leave: the job may exist, and may cost.
    case submitUnknown = "SUBMIT_UNKNOWN"

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

    // The run.
    case timeout = "TIMEOUT"
    case cancelled = "CANCELLED"
    /// A polling policy answered something that is not a number from 0 up, or nil.
    case invalidPolicy = "INVALID_POLICY"
}
