import AsyncHTTPClient
import DecartAPI
import NIOCore
import NIOHTTP1
import Synchronization

/// Hands a reply on as it arrives: its head first, then chunk by chunk as the reader asks. At most one chunk waits
/// here; the socket is not read further until it is taken.
final class ReplyStreamer: HTTPClientResponseDelegate {
    typealias Head = Result<TransportReply, TransportFailure>
    typealias Chunk = Result<[UInt8]?, TransportFailure>

    private struct State {
        var head: CheckedContinuation<Head, Never>?
        var reader: CheckedContinuation<Chunk, Never>?
        var chunk: (bytes: ByteBuffer, taken: EventLoopPromise<Void>)?
        var end: Result<Void, TransportFailure>?
    }

    private let watch: ExchangeWatch
    private let state = Mutex(State())

    init(_ watch: ExchangeWatch) {
        self.watch = watch
    }

    func awaitHead(_ continuation: CheckedContinuation<Head, Never>) {
        state.withLock { $0.head = continuation }
    }

    /// Asks for the next chunk, nil at the end of a whole body. One reader at a time.
    func next() async -> Chunk {
        await withCheckedContinuation { continuation in
            let (answer, taken) = state.withLock { state -> (Chunk?, EventLoopPromise<Void>?) in
                if let chunk = state.chunk {
                    state.chunk = nil
                    watch.resume()
                    return (.success(Array(chunk.bytes.readableBytesView)), chunk.taken)
                }
                if let end = state.end { return (end.map { nil }, nil) }
                state.reader = continuation
                return (nil, nil)
            }
            // Not under the lock: on the loop's own thread the next part may arrive within this call.
            taken?.succeed(())
            if let answer { continuation.resume(returning: answer) }
        }
    }

    func finish(_ end: Result<Void, TransportFailure>) {
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
        watch.bytesMoved()
        let waiting = state.withLock { state in
            defer { state.head = nil }
            return state.head
        }
        waiting?.resume(returning: .success(TransportReply(head: head)))
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<Void>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
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
        // A promise that is let go unanswered is a programming error to NIO.
        state.withLock { $0.chunk }?.taken.succeed(())
    }
}
