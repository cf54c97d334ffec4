import DecartAPI
import Foundation
import Glibc
import Logging
import RunClock
import TestSupport
import Testing

@testable import LocalQueue

@Suite(.timeLimit(.minutes(5)))
struct KilledQueueTests {
    private static func open(_ path: String, _ clock: VirtualClock) throws -> JobQueue {
        try JobQueue(
            settings: QueueSettings(concurrency: 1, seed: 1), database: path, clips: .builtIn, clock: clock,
            logger: Logger(label: "test"))
    }

    @Test func `every job that was answered outlives a kill`() async throws {
        let scratch = try ScratchFolder()
        let path = scratch.file("jobs.db")
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let queue = try KilledQueueTests.open(path, VirtualClock())
            let model = try ModelCatalog.find(name: "lucy-pro-t2v", kind: .video)
            let answered = try FileSink(path: path + ".answered")
            for number in 0..<20 {
                let form = ReceivedForm(fields: [("prompt", Array("prompt \(number)".utf8))])
                try answered.write(Array((try queue.submit(model: model, form: form).id + "\n").utf8))
            }
            kill(getpid(), SIGKILL)
        }
        let answered = try String(contentsOfFile: path + ".answered", encoding: .utf8)
        let ids = answered.split(separator: "\n").map(String.init)
        #expect(ids.count == 20)
        let clock = VirtualClock()
        let queue = try Self.open(path, clock)
        clock.advance(by: .milliseconds(1500))
        #expect(ids.map { queue.job($0)?.status } == [.processing] + Array(repeating: .pending, count: 19))
        clock.advance(by: .seconds(4 * 20))
        #expect(ids.allSatisfy { queue.job($0)?.clip != nil })
    }
}
