import DecartAPI

/// Makes the form of a job: checks everything first, then fetches what has to be fetched.
struct FormAssembly: Sendable {
    let requester: Requester

    func form(for submission: Submission) async throws(DecartError) -> MultipartForm {
        let model = submission.model
        let opener = InputFiles(requester: requester)
        let inputs = model.normalised(submission.inputs)
        var problems = model.inputs?.check(inputs) ?? []
        var files: [String: MultipartForm.File] = [:]
        // A field that breaks a rule has been reported already; whether its file can be read would only be noise.
        let faulty = Set(problems.map(\.field))
        for (field, input) in Self.files(in: inputs) where !faulty.contains(field) {
            guard let path = input.localPath else { continue }
            switch await opener.inspected(path) {
            case .success(let file): files[field] = file
            case .failure(let fault):
                problems.append(
                    InputProblem(field: field, rule: fault.rule, given: Excerpt.quoted(path.bytes, limit: 200)))
            }
        }
        guard problems.isEmpty else { throw .invalidInput(problems, model: model.name) }
        for (field, input) in Self.files(in: inputs) {
            let kind = model.inputs?.fields.first { $0.name == field }?.kind
            switch input {
            case .path: break
            case .blob(let blob): files[field] = blob.formFile(field: field, kind: kind)
            case .url(let url):
                files[field] = try await opener.fetched(url, field: field).formFile(field: field, kind: kind)
            }
        }
        return try MultipartForm(model: model, inputs: inputs, files: files)
    }

    private static func files(in inputs: [String: InputValue]) -> [(field: String, input: FileInput)] {
        inputs.sorted { $0.key < $1.key }.compactMap { field, value in
            if case .file(let input) = value { (field, input) } else { nil }
        }
    }
}
