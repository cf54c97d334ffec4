internal import Glibc
internal import NIOCore
internal import NIOPosix

/// Writing to a connection whose other end has gone is an error of that write, and nothing else. The signal that comes
/// with it would end the program, or be mistaken for the loss of whoever reads its output.
enum PipeSignal {
    /// Blocks the signal for everything that these threads write.
    static func silence(_ group: MultiThreadedEventLoopGroup) {
        for loop in group.makeIterator() {
            loop.execute {
                var signals = sigset_t()
                sigemptyset(&signals)
                sigaddset(&signals, SIGPIPE)
                pthread_sigmask(SIG_BLOCK, &signals, nil)
            }
        }
    }
}
