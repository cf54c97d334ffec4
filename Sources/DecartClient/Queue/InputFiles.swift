import DecartAPI

/// The files among a call's inputs, opened so that they can be sent.
struct InputFiles: Sendable {
    let requester: Requester

    struct InputFileError: Error {
        /// The rest of a sentence that begins with the field.
        var rule: String
    }

    /// One file that is a whole call's input.
    ///
    /// - Throws: `INVALID_INPUT` for one that cannot be read; whatever fetching it can end with.
    func open(_ input: FileInput, field: String) async throws(DecartError) -> MultipartForm.File {
        let schema = InputSchema(name: field, fields: [InputField(field, .anyFile, required: true)])
        var problems = schema.check([field: .file(input)])
        var onDisk: MultipartForm.File?
        if problems.isEmpty, let path = input.localPath {
            switch await inspected(path) {
            case .success(let file): onDisk = file
            case .failure(let fault):
                problems = [InputProblem(field: field, rule: fault.rule, given: Excerpt.quoted(path.bytes, limit: 200))]
            }
        }
        guard problems.isEmpty else { throw .invalid(.invalidInput, "The file was not sent", problems) }
        switch input {
        case .blob(let blob): return blob.formFile(field: field, kind: nil)
        case .url(let url): return try await fetched(url, field: field).formFile(field: field, kind: nil)
        case .path(let path):
            guard let onDisk else {
                throw DecartError(.invalidInput, "The file \(Excerpt.quoted(path.bytes, limit: 200)) was not opened.")
            }
            return onDisk
        }
    }

    /// Opens the file to see that it can be read; a FIFO or a device, which could block or never end, is refused.
    func inspected(_ path: BytePath) async -> Result<MultipartForm.File, InputFileError> {
        await FileWork.run(on: requester.clock) {
            do throws(SystemError) {
                let facts = try FileFacts.of(path)
                switch facts.kind {
                case .folder: return .failure(InputFileError(rule: "must be a file, but is a folder"))
                case .other:
                    return .failure(InputFileError(rule: "must be a regular file, but is a device, pipe or socket"))
                case .regular: break
                }
                _ = try OpenFile(reading: path)
                return .success(
                    MultipartForm.File(
                        fileName: path.lastComponent,
                        contentType: MediaType.ofFile(named: path.description),
                        source: .path(path, size: facts.size)))
            } catch {
                return .failure(InputFileError(rule: "cannot be read: \(error.message)"))
            }
        }
    }

    /// The bytes behind a caller's URL. The key does not go there, whatever the host.
    func fetched(_ url: String, field: String) async throws(DecartError) -> Blob {
        let read = Requester.Read(url: url, call: .input(field: field, url: url), streams: true, isOfAPI: false)
        let sink = SpillingSink(
            bound: requester.configuration.memoryLimit, folder: requester.configuration.temporaryFolder,
            clock: requester.clock)
        let head = try await Download(requester: requester, read: read, sink: sink).run()
        let path = url.prefix { $0 != "?" && $0 != "#" }.split(separator: "/").dropFirst(2)
        let name = path.last.map(String.init)
        let type = head.contentType ?? name.map(MediaType.ofFile(named:)) ?? MediaType.unknown
        return sink.blob(type: type, name: name.map { BytePath($0) })
    }
}

extension FileInput {
    /// Where on this machine the bytes are, if they are in a file.
    var localPath: BytePath? {
        switch self {
        case .path(let path): return path
        case .url: return nil
        case .blob(let blob):
            guard case .file(let file, _) = blob.storage else { return nil }
            return file.path
        }
    }
}

extension Blob {
    func formFile(field: String, kind: InputField.Kind?) -> MultipartForm.File {
        let fileName = name ?? BytePath(MediaType.defaultFileName(field: field, type: type, kind: kind))
        switch storage {
        case .memory(let bytes):
            return MultipartForm.File(fileName: fileName, contentType: type, source: .bytes(bytes))
        case .file(let file, let size):
            return MultipartForm.File(
                fileName: fileName, contentType: type, source: .path(file.path, size: size), keepAlive: file)
        }
    }
}
