import DecartAPI
import Hummingbird
import NIOCore

/// Reads a request's body into a form, a chunk at a time.
struct HTTPFormReader: Sendable {
    let body: RequestBody
    /// Keyed by lower-case name.
    let headers: [String: String]
    let folder: JobFolder
    let limits: FormLimits
    /// Tells a client that waits for it to send its body. Not called when the request is refused without one.
    var askForBody: (@Sendable () async throws -> Void)?

    func read() async throws(FormError) -> ReceivedForm {
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

    /// The raw body.
    func bytes(upTo limit: Int) async throws(FormError) -> [UInt8] {
        var collected: [UInt8] = []
        try await forEachChunk { chunk throws(FormError) in
            guard collected.count + chunk.readableBytes <= limit else {
                throw .tooLarge("The body is over \(limit) bytes.")
            }
            collected.append(contentsOf: chunk.readableBytesView)
        }
        return collected
    }

    private func readMultipart(boundary: String) async throws(FormError) -> ReceivedForm {
        var parser = try MultipartParser(boundary: boundary, limits: limits)
        var reader = FormReader(folder: folder, limits: limits)
        do throws(FormError) {
            var isFinished = false
            try await forEachChunk { chunk throws(FormError) in
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

    /// Pairs are small: a body larger than all fields at their limit is refused before it is collected.
    private func readPairs() async throws(FormError) -> ReceivedForm {
        let collected = try await bytes(upTo: min(limits.total, limits.parts * limits.field))
        return ReceivedForm(fields: try URLEncodedForm.parse(collected, limits: limits))
    }

    private func forEachChunk(
        _ take: (ByteBuffer) throws(FormError) -> Void
    ) async throws(FormError) {
        if let coding = headers["content-encoding"]?.trimmingSpaces, !["", "identity"].contains(coding.lowercased()) {
            throw .coded(String(coding))
        }
        do {
            try await askForBody?()
            for try await chunk in body { try take(chunk) }
        } catch let problem as FormError {
            throw problem
        } catch {
            throw .cutShort
        }
    }
}

extension FormReader {
    /// Takes the parser's events; true once the form's end has been seen.
    fileprivate mutating func take(from parser: inout MultipartParser) throws(FormError) -> Bool {
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
