import Glibc
import LuaVM

/// The signals that end a process which does nothing about them, but for those that say that it is broken, and SIGQUIT,
/// the way to die at once.
enum EndingSignals {
    /// Without those that are ignored, and are to stay so: a shell starts a program like that with `trap '' INT`, with
    /// `nohup`, and in scripts with `&`.
    static var heeded: [Int32] { all.filter { !SignalPipe.isIgnored($0) } }

    private static let all: [Int32] = {
        let named = [
            SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGSTKFLT, SIGXCPU,
        ]
        let realTime = __libc_current_sigrtmin()...__libc_current_sigrtmax()
        return named + realTime.filter { $0 != LuaInterrupter.signal }
    }()
}
