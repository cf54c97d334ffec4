import AsyncHTTPClient
import DecartAPI
import NIOCore
import NIOHTTP1

/// One request on its way over a kept connection, and whoever waits for its reply.
///
/// `@unchecked Sendable`: all that changes is touched on the connections' loop only.
final class KeptExchange: @unchecked Sendable {
    typealias Continuation = CheckedContinuation<Result<TransportReply, any Error>, Never>

    let head: HTTPRequestHead
    let watch: ExchangeWatch
    private let loop: any EventLoop
    private var continuation: Continuation?
    private var isCancelled = false
    /// The connection that carries it, once one does.
    weak var connection: KeptConnection?
    /// Whether it goes out a second time.
    var isAgain = false

    init(_ head: HTTPRequestHead, _ watch: ExchangeWatch, on loop: any EventLoop) {
        self.head = head
        self.watch = watch
        self.loop = loop
    }

    var isOver: Bool { continuation == nil }

    /// On the loop.
    func begin(_ continuation: Continuation, at origin: KeptOrigin) {
        self.continuation = continuation
        if isCancelled { return end(.failure(HTTPClientError.cancelled)) }
        origin.carry(self)
    }

    func end(_ result: Result<TransportReply, any Error>) {
        guard let continuation else { return }
        self.continuation = nil
        watch.finish()
        continuation.resume(returning: result)
    }

    /// From any thread.
    func cancel() {
        guard loop.inEventLoop else { return loop.execute { self.cancel() } }
        isCancelled = true
        fail(HTTPClientError.cancelled)
    }

    /// On the loop.
    func fail(_ error: any Error) {
        if let connection { connection.abandon(self) }
        end(.failure(error))
    }
}
