internal import NIOCore
internal import Synchronization

/// The streams to the pages that are open, all on one event loop. When there may be news it goes there once, for all of
/// them.
final class OpenStreams: Sendable {
    private let eventLoop: any EventLoop
    private let streams = Mutex<[ObjectIdentifier: EventStream]>([:])
    /// Whether the loop is about to look what is new.
    private let isDue = Atomic(false)

    init(on eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    var isEmpty: Bool { streams.withLock { $0.isEmpty } }

    private var all: [EventStream] { streams.withLock { Array($0.values) } }

    /// Runs a stream until it ends.
    func run(_ stream: EventStream) async {
        streams.withLock { $0[ObjectIdentifier(stream)] = stream }
        await stream.run()
        streams.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(stream)) }
    }

    /// Makes every stream look what is new.
    func ring() {
        guard !isDue.exchange(true, ordering: .acquiringAndReleasing) else { return }
        eventLoop.execute { [self] in
            isDue.store(false, ordering: .releasing)
            for stream in all { stream.goOn() }
        }
    }

    func cutOffIdlers() {
        for stream in all { stream.checkProgress() }
    }

    func closeAll() {
        for stream in all { stream.close() }
    }
}
