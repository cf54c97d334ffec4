public import DecartAPI

extension JobRow {
    /// As lists of jobs have it.
    public var listed: ListedJob {
        var job = ListedJob(id: id, state: state, model: model, charge: charge, createdAt: createdAt)
        job.jobID = jobID
        job.key = key
        job.label = label
        job.run = run
        job.estimate = estimate
        job.result = result
        job.error = error
        return job
    }

    /// Everything that is known of it.
    public var whole: JSONValue {
        guard case .object(var members) = listed.json else { return listed.json }
        members["submission"] = .string(submission)
        members["server"] = .string(server)
        members["inputs"] = inputs
        members["files"] = .array(files.map(\.json))
        members["resolvedModel"] = canonical.map { .string($0) } ?? .null
        members["price"] = price ?? .null
        members["acceptedAt"] = acceptedAt.map { .string(UTC.text($0)) } ?? .null
        members["endedAt"] = endedAt.map { .string(UTC.text($0)) } ?? .null
        members["resultBytes"] = resultBytes.map { .integer(Int64($0)) } ?? .null
        members["resultSha256"] = resultSHA256.map { .string($0) } ?? .null
        return .object(members)
    }
}
