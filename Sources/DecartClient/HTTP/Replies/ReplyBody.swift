import DecartAPI
import RunClock

/// The reader's end of a streamed reply. Releasing it ends the exchange, so that an unwanted body does not occupy a
/// connection.
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

    func next() async throws(TransportError) -> [UInt8]? {
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
