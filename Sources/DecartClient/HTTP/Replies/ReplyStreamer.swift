import AsyncHTTPClient
import DecartAPI
import NIOCore
import NIOHTTP1
import Synchronization

/// Passes a reply on as it arrives: first its head, then one chunk each time the reader asks. At most one chunk waits
/// here, and the socket is not read again until that one is taken.
final class ReplyStreamer: HTTPClientResponseDelegate {
    typealias Head = Result<TransportReply, TransportError>
    typealias Chunk = Result<[UInt8]?, TransportError>

    private struct State {
        var head: CheckedContinuation<Head, Never>?
        var reader: CheckedContinuation<Chunk, Never>?
        var chunk: (bytes: ByteBuffer, taken: EventLoopPromise<Void>)?
        var end: Result<Void, TransportError>?
    }

    private let watch: ExchangeWatch
    private let state = Mutex(State())

    init(_ watch: ExchangeWatch) {
        self.watch = watch
    }

    func awaitHead(_ continuation: CheckedContinuation<Head, Never>) {
        state.withLock { $0.head = continuation }
    }

    /// The next chunk; nil at the end of a complete body. One reader at a time.
    func next() async -> Chunk {
        await withCheckedContinuation { continuation in
            let (chunk, taken) = state.withLock { state -> (Chunk?, EventLoopPromise<Void>?) in
                if let chunk = state.chunk {
                    state.chunk = nil
                    watch.resume()
                    return (.success(Array(chunk.bytes.readableBytesView)), chunk.taken)
                }
                if let end = state.end { return (end.map { nil }, nil) }
                state.reader = continuation
                return (nil, nil)
            }
            // Outside the lock, because on the event loop's own thread the next part may arrive within this call.
            taken?.succeed(())
            if let chunk { continuation.resume(returning: chunk) }
        }
    }

    func finish(_ end: Result<Void, TransportError>) {
        watch.finish()
        let (head, reader) = state.withLock { state in
            defer { (state.head, state.reader) = (nil, nil) }
            if state.end == nil { state.end = end }
            return (state.head, state.reader)
        }
        if case .failure(let failure) = end { head?.resume(returning: .failure(failure)) }
        reader?.resume(returning: end.map { nil })
    }

    func didSendRequestHead(task: HTTPClient.Task<Void>, _ head: HTTPRequestHead) {
        watch.headWasSent(task)
    }

    func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        // The body of a refusal is a sentence or two, not a video.
        watch.replyBegan(isShort: !(200...299).contains(head.status.code))
        let waiting = state.withLock { state in
            defer { state.head = nil }
            return state.head
        }
        waiting?.resume(returning: .success(TransportReply(head: head)))
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<Void>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        // Over HTTP/2 a server can send empty frames without end.
        guard buffer.readableBytes > 0 else { return task.eventLoop.makeSucceededVoidFuture() }
        watch.bytesMoved()
        let (reader, wait) = state.withLock { state -> (CheckedContinuation<Chunk, Never>?, EventLoopFuture<Void>?) in
            if let reader = state.reader {
                state.reader = nil
                return (reader, nil)
            }
            let taken = task.eventLoop.makePromise(of: Void.self)
            state.chunk = (buffer, taken)
            watch.pause()
            return (nil, taken.futureResult)
        }
        reader?.resume(returning: .success(Array(buffer.readableBytesView)))
        return wait ?? task.eventLoop.makeSucceededVoidFuture()
    }

    func didFinishRequest(task: HTTPClient.Task<Void>) throws {}

    deinit {
        // NIO treats a promise that is never fulfilled as a programming error.
        state.withLock { $0.chunk }?.taken.succeed(())
    }
}
