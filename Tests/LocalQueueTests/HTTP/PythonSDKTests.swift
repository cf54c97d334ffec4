import RunClock
import TestSupport
import Testing

@testable import LocalQueue

/// The public Python SDK, an implementation of the other end that is not ours, against the served queue: all that it
/// has of queue, process and tokens.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct PythonSDKTests {
    @Test(arguments: ["0.1.4", "newest"])
    func `the public Python SDK runs unchanged`(version: String) async throws {
        let configuration = LocalQueueServer.Configuration(
            settings: QueueSettings(pending: .milliseconds(300), processing: .milliseconds(600)), apiKey: "dct_check")
        var failing = configuration
        failing.settings.failRate = 1
        let bad = failing
        // The SDK waits on the real clock, and so does the queue here.
        try await RunningServer.with(configuration, clock: SystemClock()) { good in
            try await RunningServer.with(bad, clock: SystemClock()) { failing in
                let check = Repository.root + "/scripts/python-sdk-check"
                let outcome = try await ChildProgram("bash").run([check, version, good.base, failing.base])
                #expect(
                    outcome.exitCode != 3,
                    "The Python SDK could not be installed, so this proves nothing: \(outcome.errors)")
                #expect(outcome.exitCode == 0, "\(outcome.output)\(outcome.errors)")
            }
        }
    }
}
