import Foundation
import Glibc
import RunClock
import Synchronization

/// One run of another program: no shell, no standard input, no output kept, and none of this process's secrets.
struct ChildProcess: Sendable {
    var executable: String
    var arguments: [String]
    /// Where it runs.
    var directory: String

    /// The child's environment: what fonts and libraries are found by, and not the API key.
    private static let passedOn = ["PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "TMPDIR", "XDG_CACHE_HOME"]

    /// The exit status; nil if it could not be started, was killed, took longer than `timeout`, or the task was
    /// cancelled (it is killed then). Returns only when the child is gone.
    func run(timeout: Duration, clock: any RunClock) async -> Int32? {
        let child = RunningChild()
        let deadline = clock.wake(at: clock.now + timeout) { child.kill() }
        defer { clock.cancelWake(deadline) }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let process = Process()
                process.executableURL = URL(fileURLWithPath: executable)
                process.arguments = arguments
                process.currentDirectoryURL = URL(fileURLWithPath: directory)
                process.environment = ProcessInfo.processInfo.environment.filter { Self.passedOn.contains($0.key) }
                process.standardInput = FileHandle.nullDevice
                process.standardOutput = FileHandle.nullDevice
                process.standardError = FileHandle.nullDevice
                process.terminationHandler = { process in
                    child.ended()
                    let exited = process.terminationReason == .exit
                    continuation.resume(returning: exited ? process.terminationStatus : nil)
                }
                do {
                    try process.run()
                    child.started(process.processIdentifier)
                } catch {
                    continuation.resume(returning: nil)
                }
            }
        } onCancel: {
            child.kill()
        }
    }
}

/// Kills a child unless it is known to have ended: by then its number may be another's.
private final class RunningChild: Sendable {
    private enum State {
        case starting(doomed: Bool)
        case running(pid_t)
        case ended
    }

    private let state = Mutex(State.starting(doomed: false))

    func started(_ pid: pid_t) {
        state.withLock { state in
            guard case .starting(let doomed) = state else { return }
            if doomed { Glibc.kill(pid, SIGKILL) }
            state = .running(pid)
        }
    }

    func ended() {
        state.withLock { $0 = .ended }
    }

    func kill() {
        state.withLock { state in
            switch state {
            case .starting: state = .starting(doomed: true)
            case .running(let pid): Glibc.kill(pid, SIGKILL)
            case .ended: break
            }
        }
    }
}
