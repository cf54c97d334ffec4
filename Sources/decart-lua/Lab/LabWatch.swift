import LuaVM
import NIOCore
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Ends a policy that does not answer. It runs on another thread than the policy does.
final class LabWatch: Sendable {
    private struct State {
        /// Questions so far, and how many there were when last looked.
        var questions = 0
        var seen = -1
        var idle = 0
        /// Where the policy was when it was ended; nil if it was not.
        var line: String?
        var check: RepeatedTask?
    }

    /// Seconds of wall-clock time that a policy has for an answer.
    static let patience = 5

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
            if idle == Self.patience {
                let sighting = interrupter.interrupt(.look)
                state.withLock { $0.line = sighting?.line ?? "" }
                interrupter.interrupt(.forGood)
            } else if idle > 2 * Self.patience {
                // Inside one long call of Lua's own, where nothing reaches it.
                Console().error("\(complaint(at: nil)) and cannot be stopped; the lab ends")
                _exit(EXIT_FAILURE)
            }
        }
        state.withLock { $0.check = check }
    }

    func stop() {
        state.withLock { state in
            state.check?.cancel()
            state.check = nil
        }
    }

    /// Whether it ended the policy.
    var hasEnded: Bool { state.withLock { $0.line != nil } }

    /// What to say of a policy that was ended.
    /// - Parameter line: where; if nil, where it was seen, which in a tight loop is the beginning of the function.
    func complaint(at line: String?) -> String {
        let place = line ?? state.withLock { $0.line } ?? ""
        return "\(place.isEmpty ? "" : "\(place): ")the policy has not answered for \(Self.patience) s"
    }
}
