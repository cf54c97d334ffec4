internal import NIOCore
internal import Synchronization

/// Runs the runtime's jobs, and those of the Swift tasks it starts, on one event loop: a reply that arrives on that loop
/// reaches the script without a change of threads.
///
/// It counts the jobs it was given, so that virtual time moves on only when none is left.
final class LoopExecutor: SerialExecutor, TaskExecutor {
    let loop: any EventLoop
    private let pending = Atomic<Int>(0)
    private let drained = Mutex<Drain?>(nil)

    /// What is done after every last job. In a type of its own: a bare closure that is read out of a `Mutex` goes back
    /// into it with one more wrapper around it each time, and its calls get slower and slower.
    private struct Drain: Sendable {
        var body: @Sendable () -> Void
    }

    init(loop: any EventLoop) {
        self.loop = loop
    }

    /// Calls `body` on the loop each time the last of the pending jobs has been run.
    func onDrained(_ body: (@Sendable () -> Void)?) {
        drained.withLock { $0 = body.map(Drain.init) }
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
        drained.withLock { $0 }?.body()
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
