internal import CLuaShim
internal import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Stops the script code of a machine from any thread: it raises at its next instruction, and goes on raising until the
/// task has been left.
public final class LuaInterrupter: Sendable {
    /// @unchecked: the pointer is used under the lock only, and only for what may be done from another thread.
    private struct Target: @unchecked Sendable {
        var state: OpaquePointer
        var thread: pthread_t
    }

    private let target: Mutex<Target?>

    init(state: OpaquePointer, thread: pthread_t) {
        target = Mutex(Target(state: state, thread: thread))
    }

    /// Answers the line at which script code was running; nil if none was.
    public func interrupt() -> String? {
        target.withLock { target in
            guard let target else { return nil }
            var line = [CChar](repeating: 0, count: 256)
            guard shim_interrupt_from_outside(target.state, target.thread, &line, line.count) else { return nil }
            let bytes = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// The machine goes away.
    func retire() {
        target.withLock { $0 = nil }
    }
}

/// Signals of the process as bytes in a pipe.
public enum SignalPipe {
    /// From now on a signal of one of these numbers writes its number, one byte, to `descriptor`. Programs that the
    /// script starts are not concerned.
    public static func catchSignals(_ numbers: [Int32], writingTo descriptor: Int32) -> Bool {
        numbers.allSatisfy { shim_catch_signal($0, descriptor) }
    }
}
