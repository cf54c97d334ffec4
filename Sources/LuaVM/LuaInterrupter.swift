internal import CLuaShim
import Glibc
internal import Synchronization

/// Stops the script code of a machine from any thread.
public final class LuaInterrupter: Sendable {
    /// @unchecked: the pointer is used under the lock only, and only for what may be done from another thread.
    private struct Target: @unchecked Sendable {
        var state: OpaquePointer
        var thread: pthread_t
    }

    /// The signal that it sends to the thread that runs Lua; nobody else may use it.
    public static var signal: Int32 { shim_interrupt_signal() }

    private let target: Mutex<Target?>

    init(state: OpaquePointer, thread: pthread_t) {
        target = Mutex(Target(state: state, thread: thread))
    }

    /// What script code was found doing.
    public struct Sighting: Sendable {
        /// "poll.lua:7"; empty if no line of a file's was running.
        public var line: String
        /// Which run of which task: the same number later means it has not come to a wait since.
        public var turn: UInt64
    }

    /// How hard busy script code is interrupted.
    public enum Force: Sendable {
        /// Only looks.
        case look
        /// Raises once, at the next instruction: a `pcall` may catch it. What a library call waits for is asked to end.
        case once
        /// Raises at every instruction until the task has been left, and calls no message handlers. Programs that a
        /// library call waits for are killed.
        case forGood
    }

    /// Answers what script code is doing; nil if none is running.
    @discardableResult
    public func interrupt(_ force: Force) -> Sighting? {
        let how =
            switch force {
            case .look: SHIM_LOOK
            case .once: SHIM_INTERRUPT_ONCE
            case .forGood: SHIM_INTERRUPT_FOR_GOOD
            }
        return target.withLock { target in
            guard let target else { return nil }
            var line = [CChar](repeating: 0, count: 256)
            let turn = shim_interrupt_from_outside(target.state, target.thread, CInt(how), &line, line.count)
            guard turn != 0 else { return nil }
            let bytes = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            return Sighting(line: String(decoding: bytes, as: UTF8.self), turn: turn)
        }
    }

    /// The machine goes away.
    func retire() {
        target.withLock { $0 = nil }
    }
}

/// The programs that Lua's own `os.execute` and `io.popen` have running, in all machines of this process.
public enum LuaPrograms {
    /// Sends a signal to them, and to what they have started. From any thread.
    public static func signal(_ number: Int32) {
        shim_signal_programs(nil, number)
    }
}

/// Signals of the process as bytes in a pipe.
public enum SignalPipe {
    /// From now on a signal of one of these numbers writes its number, one byte, to `descriptor`. Programs that the
    /// script starts are not concerned.
    public static func catchSignals(_ numbers: [Int32], writingTo descriptor: Int32) -> Bool {
        numbers.allSatisfy { shim_catch_signal($0, descriptor) }
    }

    /// Whether the process ignores this signal, as it does with SIGHUP if `nohup` has started it.
    public static func isIgnored(_ number: Int32) -> Bool {
        shim_ignores_signal(number)
    }

    /// From now on a signal of one of these numbers does nothing: the call that brought it about fails instead.
    public static func disarm(_ numbers: [Int32]) {
        for number in numbers { _ = shim_disarm_signal(number) }
    }
}
