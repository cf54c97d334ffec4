import FoundationEssentials
import RunClock
import Subprocess
import SystemPackage

/// One run of `ffmpeg`: no shell, no input, no output kept, and none of this process's secrets.
struct FFmpegProcess: Sendable {
    var executable: String
    var arguments: [String]
    /// Where it runs.
    var directory: String

    /// What fonts and libraries are found by. The API key is not among them.
    private static let inherited: [Environment.Key] = [
        "PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "TMPDIR", "XDG_CACHE_HOME",
    ]

    /// Returns once the process has ended. It is killed after `timeout`, or when the task is cancelled.
    /// - Returns: the exit status; nil if the process was killed or could not be started.
    func run(timeout: Duration, clock: any RunClock) async -> Int32? {
        let running = Task { () -> Int32? in
            let result = try await Subprocess.run(
                .path(FilePath(executable)), arguments: Arguments(arguments), environment: .custom(Self.environment),
                workingDirectory: FilePath(directory), output: .discarded)
            guard case .exited(let code) = result.terminationStatus else { return nil }
            return code
        }
        let deadline = clock.wake(at: clock.now + timeout) { running.cancel() }
        defer { clock.cancelWake(deadline) }
        return await withTaskCancellationHandler {
            try? await running.value
        } onCancel: {
            running.cancel()
        }
    }

    private static var environment: [Environment.Key: String] {
        let all = ProcessInfo.processInfo.environment
        return Dictionary(uniqueKeysWithValues: inherited.compactMap { key in all[key.rawValue].map { (key, $0) } })
    }
}
