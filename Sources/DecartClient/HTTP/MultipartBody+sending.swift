import AsyncHTTPClient
import NIOCore

extension MultipartBody {
    /// How many bytes are handed to the socket at a time. On a slow line each of them is a sign of life.
    private static let chunkSize = 64 << 10
    /// How many bytes of a file are read at a time: each read is a trip to another thread.
    private static let blockSize = 512 << 10

    func httpBody(on loop: any EventLoop) -> HTTPClient.Body {
        if pieces.count == 1, case .bytes(let bytes)? = pieces.first { return .bytes(bytes) }
        return .stream(contentLength: Int64(length)) { writer in
            loop.makeFutureWithTask { try await send(to: writer, on: loop) }
        }
    }

    /// Writes one piece after another, each chunk only after the socket has taken the previous one, which keeps memory
    /// use flat. While a block of a file is written, the next one is read.
    private func send(to writer: HTTPClient.Body.StreamWriter, on loop: any EventLoop) async throws {
        for piece in pieces {
            switch piece {
            case .bytes(let bytes):
                try await Self.write(ByteBuffer(bytes: bytes), to: writer, on: loop).get()
            case .file(_, let path, let size):
                let file = try await BodyFile.open(path, size: size)
                var block = try await file.next(upTo: Self.blockSize)
                while let bytes = block {
                    async let following = file.next(upTo: Self.blockSize)
                    try await Self.write(bytes, to: writer, on: loop).get()
                    block = try await following
                }
            }
        }
    }

    /// From chunk to chunk on the loop: a change of threads for each would take longer than the writing.
    private static func write(
        _ bytes: ByteBuffer, to writer: HTTPClient.Body.StreamWriter, on loop: any EventLoop
    ) -> EventLoopFuture<Void> {
        var rest = bytes
        guard let chunk = rest.readSlice(length: min(chunkSize, rest.readableBytes)), chunk.readableBytes > 0 else {
            return loop.makeSucceededVoidFuture()
        }
        let following = rest
        return writer.write(.byteBuffer(chunk)).flatMap { write(following, to: writer, on: loop) }
    }
}
