import DecartAPI

/// A file that could not be written.
struct FileWriteError: Error {
    var path: BytePath
    var reason: String
    /// Found before anything was fetched: the place itself will not do.
    var isDestination: Bool

    /// `INVALID_OPTIONS` where the path will not do; else that call's own code, for a disk that failed halfway.
    func error(_ call: Call) -> DecartError {
        call.about(
            DecartError(
                isDestination ? .invalidOptions : call.code,
                "Cannot write \(Excerpt.quoted(path.bytes, limit: 200)): \(reason). \(call.reassurance)", cause: reason)
        )
    }
}
