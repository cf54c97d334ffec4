import RunClock
import Testing

@testable import LocalQueue

@Suite(.timeLimit(.minutes(5)))
struct FFmpegProcessTests {
    private let clock = VirtualClock()

    @Test(arguments: [("exit 0", 0), ("exit 3", 3), ("test -z \"$DECART_API_KEY\"", 0)] as [(String, Int32)])
    func `the exit status is returned`(script: String, status: Int32) async {
        let process = FFmpegProcess(executable: "/bin/sh", arguments: ["-c", script], directory: "/")
        #expect(await process.run(timeout: .seconds(1), clock: clock) == status)
    }

    @Test func `a process that takes too long is killed`() async {
        let process = FFmpegProcess(executable: "/bin/sh", arguments: ["-c", "exec sleep 600"], directory: "/")
        async let status = process.run(timeout: .seconds(20), clock: clock)
        while clock.pendingWakes == 0 { await Task.yield() }
        clock.advance(by: .seconds(20))
        #expect(await status == nil)
    }

    @Test func `a cancelled process is killed`() async {
        let process = FFmpegProcess(executable: "/bin/sh", arguments: ["-c", "exec sleep 600"], directory: "/")
        let task = Task { await process.run(timeout: .seconds(20), clock: clock) }
        task.cancel()
        #expect(await task.value == nil)
        #expect(clock.pendingWakes == 0)
    }
}
