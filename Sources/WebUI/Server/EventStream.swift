internal import NIOCore
internal import NIOHTTP1
internal import RunClock
internal import Synchronization

/// The stream of one page: what is new to it, as often as it reads, and a sign of life now and then when nothing is
/// new, so that each end knows that the other is there.
///
/// The next text is only made when the one before has been written, so that a page is never sent more than it reads.
///
/// It writes to the connection on its event loop, past the task that answers the request, which would have to wake up for
/// every text, and past the encoder, which would frame the same text for each page anew. The task writes the reply's head
/// before and its end after, and waits in between. The server replies in HTTP/1.1, and the reply has no length, so that its
/// body is chunks.
final class EventStream: Sendable {
    private struct State {
        var position: PageState.Position
        /// When the last text was given to the connection.
        var lastWord: RunInstant
        var hasBegun = false
        /// Where bytes go to the connection; nil until the reply's head has been written.
        var connection: ChannelHandlerContext?
        /// The page is to be told nothing more.
        var isLast = false
        var isOver = false
        /// The task that waits for the end.
        var waiting: CheckedContinuation<Void, Never>?
    }

    /// How long a page may take to read what it is sent.
    private static let patience = Duration.seconds(10)
    /// How long it is silent at most, apart from the beat's own period.
    private static let silence = Duration.seconds(5)

    private let hub: PageHub
    private let channel: any Channel
    private let title: String
    private let isBrief: Bool
    private let state: NIOLoopBoundBox<State>
    /// Since when the page has been sent something that it has not read; nil if it has read everything.
    private let waitingSince = Mutex<RunInstant?>(nil)

    /// - Parameters:
    ///   - sequence: what the page knows already; nil for nothing.
    ///   - isBrief: whether it ends as soon as the page is up to date: a browser with many pages open has no connection to
    ///     spare.
    init(hub: PageHub, channel: any Channel, title: String, sequence: Int?, isBrief: Bool) {
        self.hub = hub
        self.channel = channel
        self.title = title
        self.isBrief = isBrief
        state = .makeBoxSendingValue(
            State(position: hub.position(after: sequence), lastWord: hub.clock.now), eventLoop: channel.eventLoop)
    }

    /// Tells the page what is new until there is nothing more to come, the page has gone or the task is cancelled. The
    /// reply's head has been written.
    func run() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                channel.eventLoop.execute { self.begin(continuation) }
            }
        } onCancel: {
            channel.eventLoop.execute { self.end() }
        }
    }

    /// Cuts off a page that does not read. If it is still there, it comes back for the current state. From any thread.
    func checkProgress() {
        let now = hub.clock.now
        if waitingSince.withLock({ $0.map { now - $0 >= Self.patience } ?? false }) { close() }
    }

    /// From any thread.
    func close() { channel.close(promise: nil) }

    // MARK: On the event loop

    private func begin(_ task: CheckedContinuation<Void, Never>) {
        guard !state.value.isOver,
            let encoder = try? channel.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
        else { return task.resume() }
        state.value.connection = encoder
        state.value.waiting = task
        goOn()
    }

    private func end() {
        state.value.isOver = true
        state.value.connection = nil
        state.value.waiting.take()?.resume()
    }

    /// Tells the page what is new, if it has read what there was before.
    func goOn() {
        guard let connection = state.value.connection, waitingSince.withLock({ $0 == nil }) else { return }
        let now = hub.clock.now
        guard let chunk = state.withValue({ nextChunk(&$0, now) }) else {
            if state.value.isLast { end() }
            return
        }
        state.value.lastWord = now
        waitingSince.withLock { $0 = now }
        let written = connection.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { [self] result in
            waitingSince.withLock { $0 = nil }
            if case .failure = result { end() } else { goOn() }
        }
        connection.writeAndFlush(NIOAny(IOData.byteBuffer(chunk)), promise: written)
    }

    private func nextChunk(_ state: inout State, _ now: RunInstant) -> ByteBuffer? {
        guard !state.isLast else { return nil }
        guard state.hasBegun else {
            state.hasBegun = true
            let hello = Hello(title: title, version: hub.version)
            return HTTPChunk.bytes(ServerEvent(name: "hello", data: MessageText.of(hello)).text)
        }
        let news = hub.news(for: state.position)
        if isBrief {
            state.isLast = true
            return HTTPChunk.bytes((news?.events ?? "") + ServerEvent(name: "later", data: "{}").text)
        }
        guard let news else { return now - state.lastWord >= Self.silence ? Self.beat : nil }
        state.position = news.position
        state.isLast = news.position.hasEnded
        return news.chunk
    }

    private static let beat = HTTPChunk.bytes(ServerEvent(name: "beat", data: "{}").text)

    /// The first event of each stream.
    private struct Hello: Encodable {
        /// The title of our page until the script sets one.
        var title: String
        /// The version of the user's page. A page that was loaded as another version has to reload.
        var version: Int
    }
}
