public import DecartAPI

extension DecartClient {
    /// Makes a picture and waits for it; for image models. Inputs are checked as those of a job are.
    ///
    /// It is billed when it is made: it is sent again only when nothing of it can have arrived, or when the server says
    /// 429. A great picture is kept in a temporary file.
    ///
    /// - Throws: `INVALID_INPUT`, before a byte is sent, with every problem there is, and for a model that makes
    ///   videos; `PROCESSING_ERROR` for a refusal, and when a picture may have been made whose bytes did not arrive;
    ///   `NETWORK_ERROR` when the server could not be reached; `CANCELLED`.
    public func process(_ submission: Submission) async throws(DecartError) -> Blob {
        try await process(try await prepareProcess(submission))
    }

    /// Checks what `process` would send and fetches the inputs that are URLs. Nothing is sent.
    ///
    /// - Throws: `INVALID_INPUT`, with every problem there is; whatever fetching an input can end with.
    public func prepareProcess(_ submission: Submission) async throws(DecartError) -> PreparedSubmission {
        PreparedSubmission(
            model: submission.model, path: try Self.generatePath(of: submission.model),
            form: try await FormAssembly(requester: requester).form(for: submission))
    }

    /// Sends what `prepareProcess` made; see `process(_:)`.
    public func process(_ prepared: PreparedSubmission) async throws(DecartError) -> Blob {
        let call = Call.process(model: prepared.model.name)
        let reply = try await requester.write(
            Requester.Write(path: prepared.path, call: call, body: .form(prepared.form), streams: true))
        let sink = SpillingSink(
            bound: configuration.memoryLimit, folder: configuration.temporaryFolder, clock: requester.clock)
        try await receive(reply, sink, call)
        return sink.blob(type: reply.header("content-type") ?? MediaType.unknown, name: nil)
    }

    private func receive(_ reply: TransportReply, _ sink: SpillingSink, _ call: Call) async throws(DecartError) {
        // Nobody has asked for a part.
        if reply.status == 206 || reply.header("content-range") != nil {
            await sink.discard()
            throw call.unknown(
                call.failure(
                    TransportError(
                        .network, reach: .maybeSent, reason: "a part of the picture came in place of all of it")))
        }
        let promised = reply.header("content-length").flatMap { Int($0) }
        var source = ByteSource(reply.body)
        do throws(FileWriteError) {
            while case .chunk(let chunk) = await source.next() { try await sink.write(chunk) }
            try await sink.finish()
        } catch {
            await sink.discard()
            throw call.unknown(error.error(call))
        }
        if source.failure == nil, promised ?? sink.count == sink.count, sink.count > 0 { return }
        let reason = "its body ended after \(sink.count) of \(promised.map(String.init) ?? "?") bytes"
        await sink.discard()
        throw call.unknown(
            call.failure(source.failure ?? TransportError(.network, reach: .maybeSent, reason: reason)))
    }

    private static func generatePath(of model: ModelDefinition) throws(DecartError) -> String {
        // A custom model is taken at its word: whoever gives it a path knows what it makes.
        guard let path = model.generatePath, model.kind == .image || model.inputs == nil else {
            let advice = model.kind == .video ? "Submit it as a job, with queue.submit." : "It is streamed."
            throw DecartError(
                .invalidInput,
                "The model \(Excerpt.quoted(model.name)) makes no picture at once: it is a \(model.kind.rawValue) "
                    + "model. \(advice)")
        }
        return try model.checked(path: path, named: "generate", example: "/v1/generate/my-model")
    }
}
