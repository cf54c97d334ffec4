internal import NIOCore
internal import Synchronization

/// Runs the runtime's jobs, and those of the Swift tasks it starts, on one event loop: a reply that arrives on that loop
/// reaches the script without a change of threads.
///
/// It counts the jobs it was given, so that virtual time moves on only when none is left.
final class LoopExecutor: SerialExecutor, TaskExecutor {
    let loop: any EventLoop
    private let pending = Atomic<Int>(0)
    private let drained = Mutex<(@Sendable () -> Void)?>(nil)

    init(loop: any EventLoop) {
        self.loop = loop
    }

    /// Calls `body` on the loop each time the last of the pending jobs has been run.
    func onDrained(_ body: (@Sendable () -> Void)?) {
        drained.withLock { $0 = body }
    }

    var isDrained: Bool { pending.load(ordering: .acquiring) == 0 }

    /// Runs `body` on the loop, counted like a job.
    func execute(_ body: @escaping @Sendable () -> Void) {
        pending.add(1, ordering: .acquiringAndReleasing)
        loop.execute {
            body()
            self.jobEnded()
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        execute {
            job.runSynchronously(
                isolatedTo: self.asUnownedSerialExecutor(), taskExecutor: self.asUnownedTaskExecutor())
        }
    }

    private func jobEnded() {
        guard pending.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 else { return }
        drained.withLock { $0 }?()
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    func checkIsolated() {
        loop.preconditionInEventLoop()
    }

    func isIsolatingCurrentContext() -> Bool? {
        loop.inEventLoop
    }
}
