package import DecartAPI

extension TransportReply {
    /// Its body, as far as it comes and up to a bound: what a refusal says is worth having, but not worth failing for.
    func collected(upTo limit: Int) async -> [UInt8] {
        switch body {
        case .bytes(let bytes):
            return bytes.count <= limit ? bytes : Array(bytes.prefix(limit))
        case .stream(let stream):
            var bytes: [UInt8] = []
            while bytes.count < limit, let chunk = try? await stream.next() { bytes += chunk }
            return bytes.count <= limit ? bytes : Array(bytes.prefix(limit))
        }
    }
}

extension JobReply {
    /// Reads `{"job_id", "status", …}`. Nil, with what was missing, for anything else.
    package static func parse(_ body: [UInt8], asked: JobID?) -> Result<JobReply, UnreadableReplyError> {
        guard let json = try? JSONValue(parsing: body) else {
            return .failure(UnreadableReplyError(what: body.isEmpty ? "an empty body" : "something that is not JSON"))
        }
        guard case .object(let members) = json else {
            return .failure(UnreadableReplyError(what: "JSON that is not an object"))
        }
        let given = members["job_id"]?.text.flatMap { try? JobID($0) }
        if let asked, let named = members["job_id"], named != .null, named.text != asked.text {
            let other = named.text ?? String(decoding: named.serialized(), as: UTF8.self)
            return .failure(
                UnreadableReplyError(what: "the status of another job, \(Excerpt.quoted(other))", otherJob: other))
        }
        // A reply to a question about a job is about that job, even should it not repeat the id.
        guard let id = asked ?? given else {
            return .failure(UnreadableReplyError(what: "JSON without a usable job_id"))
        }
        let status = members["status"]?.text.map(JobStatus.init(rawValue:))
        // A new job whose status was forgotten has an id all the same, and the id is what must not be lost.
        guard let status = status ?? (asked == nil ? .pending : nil) else {
            return .failure(UnreadableReplyError(what: "JSON without a status"))
        }
        // Whoever reads the members finds the two that are promised, also where the server left one out.
        var whole = members
        if whole["job_id"] ?? .null == .null { whole["job_id"] = .string(id.text) }
        if whole["status"] ?? .null == .null { whole["status"] = .string(status.rawValue) }
        return .success(JobReply(id: id, status: status, members: whole))
    }
}

/// What came in place of a job's reply.
package struct UnreadableReplyError: Error {
    var what: String
    /// The job that it is about, where that is not the one asked for.
    var otherJob: String?
}
