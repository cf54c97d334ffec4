import DecartAPI
import PlainErrors

extension QueueAPI {
    /// Seconds a file is kept if its sender does not say: a day.
    private static let usualLifetime = 86_400.0

    func keepFile(_ request: QueueRequest) async -> QueueReply {
        await withForm(of: request, by: FileUpload.schema) { form in
            defer { queue.folder.discard(form) }
            guard let upload = form.files.last(where: { $0.field == "file" }) else {
                return .invalid([(["body", "file"], "file is required", "missing")])
            }
            func given(_ name: String) -> InputValue? {
                let field = FileUpload.schema.fields.first { $0.name == name }
                return form.fields.last { $0.name == name }.flatMap { field?.value(ofFormText: $0.value) }
            }
            var lifetime: Double? = Self.usualLifetime
            switch given("ttl_seconds") {
            case .integer(let seconds)?: lifetime = Double(seconds)
            case .some: lifetime = nil
            case nil: if case .boolean(true)? = given("persistent") { lifetime = nil }
            }
            return .answering { () throws(MessageError) in
                let entry = try files.put(
                    name: upload.senderName ?? "file", type: upload.type, size: upload.size, lifetime: lifetime)
                return .json(200, Self.body(of: entry))
            }
        }
    }

    func file(_ id: String) -> QueueReply {
        .answering { () throws(MessageError) in
            try files.entry(id).map { .json(200, Self.body(of: $0)) } ?? Self.noSuchFile
        }
    }

    func deleteFile(_ id: String) -> QueueReply {
        .answering { () throws(MessageError) in
            try files.remove(id) ? QueueReply(status: 204, headers: [], body: .bytes([])) : Self.noSuchFile
        }
    }

    private static let noSuchFile = QueueReply.refusal(404, "File not found")

    private static func body(of entry: FileStore.Entry) -> JSONValue {
        [
            "id": .string(entry.id), "filename": .string(entry.name), "mime_type": .string(entry.type),
            "size_bytes": .integer(Int64(entry.size)), "created_at": .string(UTCTime.text(entry.created)),
            "expires_at": entry.expires.map { .string(UTCTime.text($0)) } ?? .null,
        ]
    }
}
