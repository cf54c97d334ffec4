import DecartAPI
import RunClock

/// The reader's end of a streamed reply. Letting go of it ends the exchange, so that a body nobody wants does not hold
/// a connection.
final class ReplyBody: Sendable {
    private let streamer: ReplyStreamer
    private let link: CancellationLink
    private let clock: any RunClock

    init(streamer: ReplyStreamer, link: CancellationLink, clock: any RunClock) {
        self.streamer = streamer
        self.link = link
        self.clock = clock
    }

    deinit { link.cancel() }

    func next() async throws(TransportFailure) -> [UInt8]? {
        clock.beginExternalWork()
        defer { clock.endExternalWork() }
        let chunk = await withTaskCancellationHandler {
            await streamer.next()
        } onCancel: {
            link.cancel()
        }
        return try chunk.get()
    }
}
