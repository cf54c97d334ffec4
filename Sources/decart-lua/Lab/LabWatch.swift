import LuaVM
import NIOCore
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Ends the lab when a policy is inside one long call of Lua's own, a search for a hostile pattern say, where the bound
/// on what a policy may run does not reach it. It watches from another thread than the policy's.
final class LabWatch: Sendable {
    private struct State {
        /// Questions so far, and how many there were when last looked.
        var questions = 0
        var seen = -1
        var idle = 0
        var check: RepeatedTask?
    }

    /// Seconds of wall-clock time that a policy has for an answer.
    static let patience = 15

    private let state = Mutex(State())

    /// A question goes out, or an answer has come.
    func passes() {
        state.withLock { $0.questions += 1 }
    }

    func start(on loop: any EventLoop, _ interrupter: LuaInterrupter) {
        let check = loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { [self] _ in
            let idle = state.withLock { state in
                state.idle = state.questions == state.seen ? state.idle + 1 : 0
                state.seen = state.questions
                return state.idle
            }
            guard idle >= Self.patience else { return }
            let place = interrupter.interrupt(.look).map { "\($0.line): " } ?? ""
            Console().error(
                "\(place)the policy has not answered for \(Self.patience) s: it is inside one long call of "
                    + "a library's, which cannot be interrupted; the lab ends")
            _exit(EXIT_FAILURE)
        }
        state.withLock { $0.check = check }
    }

    func stop() {
        state.withLock { state in
            state.check?.cancel()
            state.check = nil
        }
    }
}
