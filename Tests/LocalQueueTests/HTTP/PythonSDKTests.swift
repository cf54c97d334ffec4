import Foundation
import RunClock
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
                let outcome = try await Self.check([version, good.base, failing.base])
                #expect(
                    outcome.status != 3,
                    "The Python SDK could not be installed, so this proves nothing: \(outcome.errors)")
                #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
            }
        }
    }

    /// Runs the script beside the tests, on a thread that may block for as long as pip takes.
    private static func check(_ arguments: [String]) async throws -> Tool.Outcome {
        let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../..").standardized.path
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        try Tool.run("/usr/bin/env", ["bash", "\(root)/scripts/python-sdk-check"] + arguments)
                    })
            }
        }
    }
}
