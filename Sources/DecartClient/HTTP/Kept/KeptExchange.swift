import AsyncHTTPClient
import DecartAPI
import NIOCore

/// One GET on its way over a kept connection, and whoever waits for its reply.
///
/// `@unchecked Sendable`: all that changes is touched on the connections' loop only.
final class KeptExchange: DirectExchange, @unchecked Sendable {
    typealias Completion = (Result<TransportReply, any Error>) -> Void

    /// The request as it goes out.
    let bytes: ByteBuffer
    let watch: ExchangeWatch
    private let loop: any EventLoop
    private var completion: Completion?
    /// Nobody waits for its reply, yet or any more.
    private(set) var isOver = true
    private var isBeginning = false
    private var isCancelled = false
    /// The connection that carries it, once one does.
    weak var connection: KeptConnection?
    /// Whether it goes out a second time.
    var isAgain = false

    init(_ bytes: ByteBuffer, _ watch: ExchangeWatch, on loop: any EventLoop) {
        self.bytes = bytes
        self.watch = watch
        self.loop = loop
    }

    /// On the loop. `completion` is called there, once this has returned.
    func begin(at origin: KeptOrigin, _ completion: @escaping Completion) {
        self.completion = completion
        isOver = false
        isBeginning = true
        if isCancelled { end(.failure(HTTPClientError.cancelled)) } else { origin.carry(self) }
        isBeginning = false
    }

    func end(_ result: Result<TransportReply, any Error>) {
        guard !isOver else { return }
        isOver = true
        watch.finish()
        if isBeginning { loop.execute { self.deliver(result) } } else { deliver(result) }
    }

    private func deliver(_ result: Result<TransportReply, any Error>) {
        let completion = completion
        self.completion = nil
        completion?(result)
    }

    func cancel() {
        loop.execute { self.cancelNow() }
    }

    /// At once on the loop, and from any other thread as soon as the loop comes to it.
    func cancelNow() {
        guard loop.inEventLoop else { return cancel() }
        isCancelled = true
        fail(HTTPClientError.cancelled)
    }

    /// On the loop.
    func fail(_ error: any Error) {
        if let connection { connection.abandon(self) }
        end(.failure(error))
    }
}
