import DecartAPI

/// A file that could not be written.
struct FileProblem: Error {
    var path: String
    var reason: String
    /// Found before anything was fetched: the place itself will not do.
    var isDestination: Bool

    /// `INVALID_OPTIONS` where the path will not do; else `QUEUE_RESULT_ERROR`, for a disk that failed halfway.
    func error(advice: String) -> DecartError {
        DecartError(
            isDestination ? .invalidOptions : .queueResultError,
            "Cannot write \"\(path)\": \(reason). \(advice)", cause: reason)
    }
}
