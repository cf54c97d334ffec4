import DecartAPI

extension Call {
    /// The error for a reply that is a refusal.
    func refusal(_ reply: TransportReply, _ detail: ServerDetail, retryAfter: Duration?) -> DecartError {
        let status = reply.status
        if status == 404, let job {
            var error = DecartError(
                .notFound, "Job \(job) was not found. It may have expired, or the id is not the one submit returned.",
                status: status)
            error.data["detail"] = detail.value
            return error.about(job: job)
        }
        var code = code
        if status == 404, case .resolve = self { code = .modelNotFound }
        let said = detail.text.map { ": \($0)" } ?? ""
        var error = DecartError(code, "The server was asked \(purpose) and answered \(status)\(said).", status: status)
        error.message += advice(status)
        error.data["detail"] = detail.value
        error.retryAfter = retryAfter
        error.retryable = retrySubject == .read && (status == 408 || status == 429 || (500...599).contains(status))
        return about(error)
    }

    private func advice(_ status: Int) -> String {
        switch (status, self) {
        case (_, .input): " Check the URL. \(reassurance)"
        case (401, _), (403, _): " Check the API key (apiKey or DECART_API_KEY)."
        case (429, _): " Too many requests: make fewer at a time, or wait. \(reassurance)"
        case (300...399, _): " A POST follows no redirect: correct the base URL. \(reassurance)"
        case _ where retrySubject == .write: " \(reassurance)"
        default: ""
        }
    }

    /// The error for a request that failed below HTTP.
    func failure(_ failure: TransportFailure) -> DecartError {
        switch failure.kind {
        case .cancelled:
            return cancelled(cause: failure.reason)
        case .body:
            return DecartError(
                .invalidInput, "What was to be sent could not be read to its end: \(failure.reason). \(reassurance)",
                cause: failure.reason)
        case .network, .timeout:
            let error = DecartError(
                .networkError,
                "The server could not be asked \(purpose): \(failure.reason). "
                    + "Check the network and the base URL. \(reassurance)",
                retryable: true, cause: failure.reason)
            return about(error)
        }
    }

    func cancelled(cause: String? = nil) -> DecartError {
        about(DecartError(.cancelled, "Cancelled while the server was asked \(purpose).", cause: cause))
    }

    /// For a success that is not what the API documents.
    func unreadable(_ what: String, _ detail: ServerDetail, status: Int) -> DecartError {
        let shown = detail.excerpt.map { "; it said \($0)" } ?? ""
        var error = DecartError(
            code,
            "The server was asked \(purpose) and answered \(status) with \(what)\(shown). "
                + "Check that the base URL is that of the API.", status: status)
        error.data["detail"] = detail.value
        return about(error)
    }

    /// `error` as the news that a write may have been carried out all the same.
    func unknown(_ error: DecartError) -> DecartError {
        var unknown = error
        unknown.retryable = false
        unknown.retryAfter = nil
        let what = error.cause ?? (error.status.map { "the server answered \($0)" } ?? "its reply was lost")
        unknown.message = doubt(what)
        if case .submit = self {
            unknown.code = .submitUnknown
        } else if error.code != .cancelled {
            unknown.code = code
        }
        return unknown
    }

    func about(_ error: DecartError) -> DecartError {
        job.map(error.about(job:)) ?? error
    }
}
