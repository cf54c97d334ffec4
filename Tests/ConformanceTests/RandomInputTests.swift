import DecartAPI
import LocalQueue
import RunClock
import Testing

/// What the client takes the queue takes, and what it refuses the queue refuses.
@Suite(.timeLimit(.minutes(5)))
struct RandomInputTests {
    /// The form that would leave if nobody looked at its inputs first.
    private func form(_ model: ModelDefinition, _ inputs: [String: InputValue]) throws -> MultipartForm {
        let file = MultipartForm.File(fileName: "a.mp4", contentType: "video/mp4", source: .bytes([1]))
        let files = inputs.compactMapValues { value -> MultipartForm.File? in
            if case .file = value { file } else { nil }
        }
        // A model without a schema sends every field as it is.
        var unchecked = model
        unchecked.inputs = nil
        return try MultipartForm(model: unchecked, inputs: inputs, files: files)
    }

    /// Whether a form tells the value from others: it has no types, so that true is the text "true" in it, and of a
    /// file it has the bytes and not the path.
    private func survivesAForm(_ value: InputValue, _ field: InputField?) -> Bool {
        if case .file(let input) = value {
            return (field?.isFile ?? true) && input != .path("") && input != .path("a\u{0}b")
        }
        guard let field else { return true }
        return field.value(ofFormText: value.formText) == value
    }

    @Test func `random inputs are taken by both ends or refused by both`() async throws {
        let queue = try InProcessQueue(settings: QueueSettings(seed: 1), clock: VirtualClock())
        var (taken, refused, untold) = (0, 0, 0)
        var families: Set<String> = []
        for model in ModelCatalog.list() where model.jobsPath != nil {
            let schema = try #require(model.inputs)
            var generator = InputGenerator(model, seed: 7)
            let boundaries = families.insert(schema.name).inserted ? generator.boundaries() : []
            for inputs in boundaries + (0..<10).map({ _ in generator.anything() }) {
                // Other tests share these threads.
                await Task.yield()
                let inputs = schema.normalised(inputs)
                let isGood = schema.check(inputs).isEmpty
                let isTold = inputs.allSatisfy { name, value in
                    survivesAForm(value, schema.fields.first { $0.name == name })
                }
                let path = try #require(model.jobsPath)
                let request = TransportRequest(
                    .post, url: "http://local\(path)", body: .form(try form(model, inputs)))
                let status = try await queue.send(request).status
                guard isTold || isGood else {
                    untold += 1
                    continue
                }
                #expect(status == (isGood ? 200 : 422), "\(model.name): \(inputs)")
                if isGood { taken += 1 } else { refused += 1 }
            }
        }
        #expect(taken > 100 && refused > 500 && untold > 0, "\(taken) taken, \(refused) refused, \(untold) untold")
    }
}
