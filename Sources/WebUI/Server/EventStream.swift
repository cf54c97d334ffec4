internal import Hummingbird
internal import NIOCore
internal import RunClock

/// The stream of one page: what is new to it, as often as it reads, and a sign of life now and then when nothing is
/// new, so that each end knows that the other is there.
///
/// The next text is asked for when the one before has been sent, so that a page is never sent more than it reads.
struct EventStream: AsyncSequence {
    typealias Element = ByteBuffer

    let hub: PageHub
    let watch: StreamWatch
    let channel: any Channel
    let title: String
    /// What the page knows already; nil for nothing.
    let sequence: Int?
    /// Whether it ends as soon as the page is up to date: a browser with many pages open has no connection to spare.
    let isBrief: Bool

    func makeAsyncIterator() -> Iterator { Iterator(self) }

    final class Iterator: AsyncIteratorProtocol {
        /// How long it is silent at most, apart from the beat's own period.
        private static let silence = Duration.seconds(5)

        private let hub: PageHub
        private let watch: StreamWatch
        private let title: String
        private let isBrief: Bool
        private let stream: Int
        private let subscription: Int
        private var rings: AsyncStream<Void>.Iterator
        private var position: PageState.Position
        private var lastWord: RunInstant
        private var hasBegun = false
        private var isOver = false

        init(_ stream: EventStream) {
            hub = stream.hub
            watch = stream.watch
            title = stream.title
            isBrief = stream.isBrief
            self.stream = stream.watch.open(stream.channel)
            let (id, bell) = stream.hub.subscribe()
            subscription = id
            rings = bell.makeAsyncIterator()
            position = stream.hub.position(after: stream.sequence)
            lastWord = stream.hub.clock.now
        }

        deinit {
            hub.unsubscribe(subscription)
            watch.close(stream)
        }

        func next() async -> ByteBuffer? {
            watch.hasSent(stream)
            guard let text = await nextText() else { return nil }
            lastWord = hub.clock.now
            watch.isSending(stream)
            return ByteBuffer(string: text)
        }

        private func nextText() async -> String? {
            guard hasBegun else {
                hasBegun = true
                return ServerEvent(name: "hello", data: MessageText.of(Hello(title: title, version: hub.version))).text
            }
            if isBrief, !isOver {
                isOver = true
                return (hub.news(for: position)?.events ?? "") + ServerEvent(name: "later", data: "{}").text
            }
            // Nothing comes after the end.
            while !Task.isCancelled, !position.hasEnded, !isOver {
                if let news = hub.news(for: position) {
                    position = news.position
                    return news.events
                }
                if hub.clock.now - lastWord >= Self.silence { return ServerEvent(name: "beat", data: "{}").text }
                if await rings.next(isolation: #isolation) == nil { return nil }
            }
            return nil
        }
    }

    /// The first event of each stream.
    private struct Hello: Encodable {
        /// The title of our page until the script sets one.
        var title: String
        /// The version of the user's page. A page that was loaded as another version has to reload.
        var version: Int
    }
}
