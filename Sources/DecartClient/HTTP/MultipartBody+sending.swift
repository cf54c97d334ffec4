import AsyncHTTPClient
import NIOCore

extension MultipartBody {
    /// Bytes read from a file and handed to the socket at a time.
    static let chunkSize = 64 << 10

    func httpBody(on loop: any EventLoop) -> HTTPClient.Body {
        if pieces.count == 1, case .bytes(let bytes)? = pieces.first { return .bytes(bytes) }
        return .stream(contentLength: Int64(length)) { writer in
            loop.makeFutureWithTask { try await send(to: writer) }
        }
    }

    /// Writes piece after piece, each chunk only when the socket has taken the one before, so that memory stays flat.
    private func send(to writer: HTTPClient.Body.StreamWriter) async throws {
        for piece in pieces {
            switch piece {
            case .bytes(let bytes):
                try await writer.write(.byteBuffer(ByteBuffer(bytes: bytes))).get()
            case .file(_, let path, let size):
                let file = try await BodyFile.open(path, size: size)
                while let chunk = try await file.next(upTo: Self.chunkSize) {
                    try await writer.write(.byteBuffer(ByteBuffer(bytes: chunk))).get()
                }
            }
        }
    }
}
