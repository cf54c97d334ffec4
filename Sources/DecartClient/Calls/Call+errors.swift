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
        case (407, _):
            " The proxy wants a user name and a password: give them as http://user:password@host:port. \(reassurance)"
        case (304, _):
            " Nobody had asked whether anything changed: look for a cache on the way that answers for the server. "
                + reassurance
        case (301...303, _) where isGet, (307...308, _) where isGet:
            " It redirected, and did not say where to: correct the base URL. \(reassurance)"
        case (301...303, _), (307...308, _):
            " Only a GET follows a redirect: correct the base URL. \(reassurance)"
        case (300...399, _): " That is no redirect that can be followed: correct the base URL. \(reassurance)"
        case _ where retrySubject == .write: " \(reassurance)"
        default: ""
        }
    }

    /// The error for a request that failed below HTTP.
    func failure(_ failure: TransportError) -> DecartError {
        if let refusal = failure.refusal { return about(refusal) }
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

    /// The error for a call that would be made again only after its deadline, because of `error`.
    ///
    /// - Parameters:
    ///   - wait: how long it would have to wait.
    ///   - left: how long until the deadline.
    func outOfTime(_ error: DecartError, wait: Duration, left: Duration) -> DecartError {
        guard retrySubject == .write || code == .invalidInput else { return error }
        var late = error
        late.code = .timeout
        let left = "\(JobWait.milliseconds(max(left, .zero))) ms of its time are left"
        late.message =
            if let asked = error.retryAfter, let status = error.status {
                "The server was asked \(purpose), answered \(status) and wants the next try no sooner than in "
                    + "\(asked.components.seconds) s, but only \(left). \(reassurance)"
            } else {
                "\(error.message) It is not tried again: only \(left)."
            }
        late.cause = error.description
        return late
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

    /// For a success in a content coding that was not asked for and that nobody here can take off.
    func undecodable(_ coding: String, status: Int) -> DecartError {
        let coding = Excerpt.quoted(coding, limit: 40)
        let error = DecartError(
            code,
            "The server was asked \(purpose), without compression, and answered in the content coding \(coding), which "
                + "cannot be decoded here. Look for what compresses replies on the way, such as a proxy or a cache.",
            status: status, cause: "its reply came in the content coding \(coding)")
        return retrySubject == .write ? unknown(error) : about(error)
    }

    /// `error` as the news that a write may have been carried out all the same.
    func unknown(_ error: DecartError) -> DecartError {
        var unknown = error
        unknown.isOutcomeUnknown = true
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
