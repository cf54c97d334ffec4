import Dispatch
import Glibc
import RunClock
import ScriptRuntime
import TemporaryFiles

/// Ends the process at once.
enum ProcessEnd {
    /// How long a process that is about to end waits for what remains to be done.
    private static let farewell = Duration.seconds(2)

    /// Does what remains to be done, on other threads than the caller's, which waits for it, though not for long: none
    /// of it may need the caller's thread.
    static func finish(_ work: @escaping @Sendable () async -> Void) {
        let done = DispatchSemaphore(value: 0)
        let clock = SystemClock()
        clock.wake(at: clock.now + farewell) { done.signal() }
        Task.detached {
            await work()
            done.signal()
        }
        done.wait()
    }

    /// Ends the process from any thread, whatever the others are doing, and leaves no temporary files, and no program
    /// that a script has running.
    static func now(_ status: Int32) -> Never {
        ScriptRuntime.endPrograms()
        TemporaryFolder.process.remove()
        _exit(status)
    }

    /// Ctrl-C, SIGTERM and the like end the process as they would anyway, but without leaving anything behind.
    @discardableResult
    static func followSignals() -> StopSignals? {
        let die: @Sendable (Int32) -> Never = { number in
            ScriptRuntime.endPrograms()
            TemporaryFolder.process.remove()
            signal(number, SIG_DFL)
            kill(getpid(), number)
            // Reached only if the signal is blocked.
            _exit(128 + number)
        }
        return StopSignals(stop: { die($0) }, leave: die)
    }
}
