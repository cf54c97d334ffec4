import DecartAPI
import DecartClient
import LocalQueue
import RunClock
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct VideoOrderTests {
    /// Runs `body` with a client of a queue in this process, in time that is real and takes none.
    private func client(_ settings: QueueSettings) throws -> DecartClient {
        let clock = SystemClock()
        let queue = try InProcessQueue(settings: settings, clock: clock)
        let configuration = ClientConfiguration(apiKey: nil, baseURL: try BaseURL("http://local"))
        return DecartClient(configuration: configuration, transport: queue, clock: clock)
    }

    @Test
    func `a video is ordered once, also where the first run ends before it is there`() async throws {
        let client = try client(QueueSettings(pending: .zero, processing: .zero, seed: 1))
        let scratch = try ScratchFolder()
        let ids = Mutex<[JobID]>([])
        let stopped = VideoOrder(
            client: client,
            keep: { id in
                ids.withLock { $0.append(id) }
                throw CancellationError()
            })
        await #expect(throws: CancellationError.self) {
            try await stopped.fulfil(prompt: "A sunset", file: scratch.file("a.mp4"))
        }
        let id = try #require(ids.withLock { $0.first })
        let resumed = VideoOrder(client: client, keep: { _ in Issue.record("a second job") }, kept: id)
        let file = try await resumed.fulfil(prompt: "A sunset", file: scratch.file("a.mp4"))
        #expect(file == scratch.file("a.mp4"))
        #expect(scratch.names == ["a.mp4"])
    }

    @Test
    func `a job that fails leaves no file`() async throws {
        let client = try client(QueueSettings(pending: .zero, processing: .zero, failRate: 1, seed: 1))
        let scratch = try ScratchFolder()
        let order = VideoOrder(client: client, keep: { _ in })
        #expect(try await order.fulfil(prompt: "A sunset", file: scratch.file("a.mp4")) == nil)
        #expect(scratch.names.isEmpty)
    }
}
