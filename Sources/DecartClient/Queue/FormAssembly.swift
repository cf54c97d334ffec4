import DecartAPI

/// Makes the form of a job: checks everything first, then fetches what has to be fetched.
struct FormAssembly: Sendable {
    let requester: Requester

    func form(for submission: Submission) async throws(DecartError) -> MultipartForm {
        let model = submission.model
        let inputs = model.normalised(submission.inputs)
        var problems = model.inputs?.check(inputs) ?? []
        var files: [String: MultipartForm.File] = [:]
        // What breaks a rule of its field has been told; whether it can be read besides would only be noise.
        let broken = Set(problems.map(\.field))
        for (field, input) in Self.files(in: inputs) where !broken.contains(field) {
            guard let path = input.localPath else { continue }
            switch await inspected(path) {
            case .success(let file): files[field] = file
            case .failure(let fault):
                problems.append(InputProblem(field: field, rule: fault.rule, given: Excerpt.quoted(path, limit: 200)))
            }
        }
        guard problems.isEmpty else { throw .invalidInput(problems, model: model.name) }
        for (field, input) in Self.files(in: inputs) {
            let kind = model.inputs?.fields.first { $0.name == field }?.kind
            switch input {
            case .path: break
            case .blob(let blob): files[field] = blob.formFile(field: field, kind: kind)
            case .url(let url): files[field] = try await fetched(url, field: field).formFile(field: field, kind: kind)
            }
        }
        return try MultipartForm(model: model, inputs: inputs, files: files)
    }

    private static func files(in inputs: [String: InputValue]) -> [(field: String, input: FileInput)] {
        inputs.sorted { $0.key < $1.key }.compactMap { field, value in
            if case .file(let input) = value { (field, input) } else { nil }
        }
    }

    private struct FileFault: Error {
        /// The rest of a sentence that begins with the field.
        var rule: String
    }

    /// Opens the file to see that it can be read; a FIFO or a device, which could block or never end, is refused.
    private func inspected(_ path: String) async -> Result<MultipartForm.File, FileFault> {
        await FileWork.run {
            do throws(SystemError) {
                let facts = try FileFacts.of(path)
                switch facts.kind {
                case .folder: return .failure(FileFault(rule: "must be a file, but is a folder"))
                case .other: return .failure(FileFault(rule: "must be a regular file, but is a device, pipe or socket"))
                case .regular: break
                }
                _ = try OpenFile(reading: path)
                return .success(
                    MultipartForm.File(
                        fileName: MediaType.fileName(ofPath: path), contentType: MediaType.ofFile(named: path),
                        source: .path(path, size: facts.size)))
            } catch {
                return .failure(FileFault(rule: "cannot be read: \(error.message)"))
            }
        }
    }

    /// The bytes behind a caller's URL. The key does not go there, whatever the host.
    private func fetched(_ url: String, field: String) async throws(DecartError) -> Blob {
        let read = Requester.Read(url: url, call: .input(field: field, url: url), streams: true, isOfAPI: false)
        let sink = SpillingSink(
            bound: requester.configuration.memoryLimit, folder: requester.configuration.temporaryFolder,
            clock: requester.clock)
        let head = try await Download(requester: requester, read: read, sink: sink).run()
        let path = url.prefix { $0 != "?" && $0 != "#" }.split(separator: "/").dropFirst(2)
        let name = path.last.map(String.init)
        let type = head.contentType ?? name.map(MediaType.ofFile(named:)) ?? MediaType.unknown
        return sink.blob(type: type, name: name)
    }
}

extension FileInput {
    /// Where on this machine the bytes are, if they are in a file.
    fileprivate var localPath: String? {
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
    fileprivate func formFile(field: String, kind: InputField.Kind?) -> MultipartForm.File {
        let fileName = name ?? MediaType.defaultFileName(field: field, type: type, kind: kind)
        switch storage {
        case .memory(let bytes):
            return MultipartForm.File(fileName: fileName, contentType: type, source: .bytes(bytes))
        case .file(let file, let size):
            return MultipartForm.File(
                fileName: fileName, contentType: type, source: .path(file.path, size: size), keepAlive: file)
        }
    }
}
