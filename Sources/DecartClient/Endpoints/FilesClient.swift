public import DecartAPI

/// Files that the service keeps for a while.
public struct FilesClient: Sendable {
    let requester: Requester

    /// Uploads a file, streamed from disk whatever its size. What stands behind a URL is fetched first, without the
    /// key.
    ///
    /// - Parameter ttlSeconds: how long it is to be kept, 60 to 2592000 seconds, or until it is deleted
    ///   (`.persistent`); nil: as long as the service likes, which is a day.
    /// - Throws: `INVALID_INPUT` for a file that cannot be read, `INVALID_OPTIONS` for a bad `ttlSeconds`, both
    ///   before a byte is sent; `FILES_UPLOAD_ERROR` for a refusal, for a reply that is not a file's, and when it is
    ///   not known whether the file was stored; `NETWORK_ERROR`; `CANCELLED`.
    public func upload(_ file: FileInput, ttlSeconds: FileLifetime? = nil) async throws(DecartError) -> StoredFile {
        var parts: [MultipartForm.Part] = []
        if let value = ttlSeconds?.value {
            // The file's own rules are checked when it is opened.
            let problems = FileUpload.schema.check(["ttl_seconds": value, "file": .file(file)])
                .filter { $0.field == "ttl_seconds" }
                .map { InputProblem(field: "ttlSeconds", rule: $0.rule, given: $0.given) }
            guard problems.isEmpty else { throw .invalid(.invalidOptions, "The file was not uploaded", problems) }
            parts.append(.init(name: "ttl_seconds", content: .text(value.formText)))
        }
        let opened = try await InputFiles(requester: requester).open(file, field: "file")
        parts.append(.init(name: "file", content: .file(opened)))
        let call = Call.upload(file: opened.fileName)
        let reply = try await requester.write(
            Requester.Write(path: "/v1/files", call: call, body: .form(MultipartForm(parts: parts))))
        return try await stored(reply, call)
    }

    /// What the service knows of a file.
    ///
    /// - Throws: `FILES_GET_ERROR` for a refusal (`status` 404: there is no such file, or it has expired);
    ///   `NETWORK_ERROR`; `CANCELLED`.
    public func get(_ id: FileID) async throws(DecartError) -> StoredFile {
        let call = Call.file(id)
        let url = "\(requester.configuration.baseURL)/v1/files/\(id.pathSegment)"
        return try await stored(try await requester.get(Requester.Read(url: url, call: call)), call)
    }

    /// Has a file forgotten.
    ///
    /// - Throws: `FILES_DELETE_ERROR` for a refusal (`status` 404: there is no such file), and when it is not known
    ///   whether the file was deleted; `NETWORK_ERROR`; `CANCELLED`.
    public func delete(_ id: FileID) async throws(DecartError) {
        _ = try await requester.write(
            Requester.Write(method: .delete, path: "/v1/files/\(id.pathSegment)", call: .deletion(id)))
    }

    private func stored(_ reply: TransportReply, _ call: Call) async throws(DecartError) -> StoredFile {
        let members = try await requester.object(reply, call)
        guard let id = members["id"]?.text.flatMap({ try? FileID($0) }) else {
            throw requester.unreadable("JSON without a usable id", JSONValue.object(members).serialized(), reply, call)
        }
        return StoredFile(id: id, members: members)
    }
}
