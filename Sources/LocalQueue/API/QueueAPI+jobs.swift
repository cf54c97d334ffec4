import ByteRanges
import DecartAPI
import PlainErrors

extension QueueAPI {
    func submit(model name: String, _ request: QueueRequest) async -> QueueReply {
        guard let model = JobModels.find(name) else {
            return .invalid([(["path", "model"], "There is no model of that name that takes jobs", "value_error")])
        }
        return await withForm(of: request, by: model.inputs) { form in
            var plan: JobPlan?
            switch queue.answer(to: form, model: model) {
            case .usual: break
            case .job(let decided): plan = decided
            case .fault(let fault):
                queue.folder.discard(form)
                return .fault(fault)
            case .plannerFailed(let reason):
                queue.folder.discard(form)
                return .refusal(422, reason)
            }
            do throws(MessageError) {
                return .json(200, body(of: try queue.submit(model: model, form: form, plan: plan)))
            } catch {
                queue.folder.discard(form)
                return .refusal(500, error.message)
            }
        }
    }

    func status(of id: String) -> QueueReply {
        if let fault = queue.fault(of: id) { return .fault(fault) }
        guard let job = queue.job(id) else { return Self.noSuchJob }
        return .json(200, body(of: job))
    }

    func content(of id: String, _ request: QueueRequest) -> QueueReply {
        guard let job = queue.job(id) else { return Self.noSuchJob }
        guard let clip = job.clip else {
            return .refusal(409, "Job is not completed: its status is \(job.status.rawValue)")
        }
        var reply = Self.reply(with: clip, request.headers)
        if case .file = reply.body, let cutAfter, cutAfter < reply.length { reply.cutAfter = cutAfter }
        return reply
    }

    private static let noSuchJob = QueueReply.refusal(404, "Job not found")

    private func body(of job: JobQueue.View) -> JSONValue {
        var members: [String: JSONValue] = ["job_id": .string(job.id), "status": .string(job.status.rawValue)]
        members["error"] = job.failure.map { .string($0) }
        return .object(members)
    }

    /// A clip, or the part of it that the headers ask for.
    static func reply(with clip: Clip, _ headers: [String: String]) -> QueueReply {
        let common: [QueueReply.Header] = [
            .init(name: "etag", value: clip.entityTag), .init(name: "accept-ranges", value: "bytes"),
        ]
        if let known = headers["if-none-match"], known == "*" || known.contains(clip.entityTag) {
            return QueueReply(status: 304, headers: common, body: .bytes([]))
        }
        // A range of something else is useless: then the whole is sent (RFC 9110, section 13.1.5).
        let isSame = headers["if-range"].map { $0 == clip.entityTag } ?? true
        let type = QueueReply.Header(name: "content-type", value: clip.type)
        switch ByteRange(isSame ? headers["range"] : nil, size: clip.size) {
        case .whole:
            return QueueReply(status: 200, headers: common + [type], body: .file(clip.fileName, 0..<clip.size))
        case .part(let range):
            let place = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(clip.size)"
            return QueueReply(
                status: 206, headers: common + [type, .init(name: "content-range", value: place)],
                body: .file(clip.fileName, range))
        case .unsatisfiable:
            return .refusal(
                416, "The range begins after the end of the content",
                headers: common + [.init(name: "content-range", value: "bytes */\(clip.size)")])
        }
    }
}
