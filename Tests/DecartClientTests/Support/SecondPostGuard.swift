import Testing

/// Watches over every test that has a server: once a POST for a job may have made one that nobody has the id of, no
/// other may follow. It could be a second job to pay for.
struct SecondPostGuard {
    private var doubtful: Set<String> = []

    /// What tells one job's POST from another request; nil for a request that makes no job.
    static func key(_ method: String, _ url: String) -> String? {
        method == "POST" && (url.contains("/v1/jobs/") || url.contains("/v1/generate/")) ? url : nil
    }

    mutating func willSend(_ key: String?) {
        guard let key, doubtful.contains(key) else { return }
        Issue.record("a second POST to \(key) after one that may have made a job")
    }

    mutating func got(_ status: Int, for key: String?) {
        // With a 2xx the caller has the id or gives up; 429 and other refusals made nothing.
        if let key, status == 408 || status >= 500 { doubtful.insert(key) }
    }

    mutating func failed(mayHaveArrived: Bool, for key: String?) {
        if let key, mayHaveArrived { doubtful.insert(key) }
    }
}
