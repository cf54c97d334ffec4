import Hummingbird
import NIOCore

/// Reads a request's body into a form, a chunk at a time.
struct HTTPFormReader: Sendable {
    let body: RequestBody
    /// By their names in lower case.
    let headers: [String: String]
    let folder: JobFolder
    let limits: FormLimits

    func read() async throws(FormProblem) -> ReceivedForm {
        if let length = headers["content-length"].flatMap({ Int($0) }), length > limits.total {
            throw .tooLarge("The body is over \(limits.total) bytes.")
        }
        guard let type = headers["content-type"].flatMap({ HeaderParameters($0) }) else { throw .unsupported }
        switch type.value {
        case "multipart/form-data":
            return try await readMultipart(boundary: type["boundary"] ?? "")
        case "application/x-www-form-urlencoded":
            return try await readPairs()
        default:
            throw .unsupported
        }
    }

    /// The body as it is.
    func bytes(upTo limit: Int) async throws(FormProblem) -> [UInt8] {
        var collected: [UInt8] = []
        try await forEachChunk { chunk throws(FormProblem) in
            guard collected.count + chunk.readableBytes <= limit else {
                throw .tooLarge("The body is over \(limit) bytes.")
            }
            collected.append(contentsOf: chunk.readableBytesView)
        }
        return collected
    }

    private func readMultipart(boundary: String) async throws(FormProblem) -> ReceivedForm {
        var parser = try MultipartParser(boundary: boundary, limits: limits)
        var reader = FormReader(folder: folder, limits: limits)
        do throws(FormProblem) {
            var isFinished = false
            try await forEachChunk { chunk throws(FormProblem) in
                try parser.receive(chunk.readableBytesView)
                isFinished = try reader.take(from: &parser) || isFinished
            }
            if !isFinished {
                parser.end()
                _ = try reader.take(from: &parser)
            }
        } catch {
            reader.discard()
            throw error
        }
        return reader.form
    }

    /// Pairs are small: more than every field at its limit is refused before it is collected.
    private func readPairs() async throws(FormProblem) -> ReceivedForm {
        let collected = try await bytes(upTo: min(limits.total, limits.parts * limits.field))
        return ReceivedForm(fields: try URLEncodedForm.parse(collected, limits: limits))
    }

    private func forEachChunk(
        _ take: (ByteBuffer) throws(FormProblem) -> Void
    ) async throws(FormProblem) {
        do {
            for try await chunk in body { try take(chunk) }
        } catch let problem as FormProblem {
            throw problem
        } catch {
            throw .cutShort
        }
    }
}

extension FormReader {
    /// Takes what the parser has; true once it has seen the form's end.
    fileprivate mutating func take(from parser: inout MultipartParser) throws(FormProblem) -> Bool {
        while let event = try parser.next() {
            switch event {
            case .part(let part): try begin(part)
            case .bytes(let bytes): try append(bytes)
            case .partEnded: endPart()
            case .finished: return true
            }
        }
        return false
    }
}
