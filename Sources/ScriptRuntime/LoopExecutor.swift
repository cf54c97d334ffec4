internal import DequeModule
internal import NIOCore
internal import Synchronization

/// Runs the runtime's jobs, and those of the Swift tasks it starts, on one event loop: a reply that arrives on that
/// loop reaches the script without a change of threads.
///
/// Jobs wait in a queue of its own, and the loop is asked once for many of them: a status poll takes several. It knows
/// when none is left, so that virtual time moves on only then.
final class LoopExecutor: SerialExecutor, TaskExecutor {
    private enum Work {
        case job(UnownedJob)
        case body(@Sendable () -> Void)
    }

    private struct State {
        var queue: Deque<Work> = []
        /// The loop was asked to run what is queued, or is doing so.
        var isDue = false
        var drained: Drain?
    }

    /// What to do when the queue has been drained. A bare closure would be wrapped again each time it leaves a `Mutex`.
    private struct Drain: Sendable {
        var body: @Sendable () -> Void
    }

    let loop: any EventLoop
    private let state = Mutex(State())
    /// After this many jobs the loop serves its sockets before it goes on.
    private static let jobsPerTurn = 256

    init(loop: any EventLoop) {
        self.loop = loop
    }

    /// Calls `body` on the loop each time the last of the pending jobs has been run.
    func onDrained(_ body: (@Sendable () -> Void)?) {
        state.withLock { $0.drained = body.map(Drain.init) }
    }

    /// Runs `body` on the loop, counted like a job.
    func execute(_ body: @escaping @Sendable () -> Void) {
        add(.body(body))
    }

    func enqueue(_ job: consuming ExecutorJob) {
        add(.job(UnownedJob(job)))
    }

    private func add(_ work: Work) {
        let wasDue = state.withLock { state in
            state.queue.append(work)
            defer { state.isDue = true }
            return state.isDue
        }
        if !wasDue { loop.execute { self.runQueued() } }
    }

    private func runQueued() {
        for _ in 0..<Self.jobsPerTurn {
            guard let work = state.withLock({ $0.queue.popFirst() }) else { break }
            switch work {
            case .job(let job):
                job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            case .body(let body): body()
            }
        }
        let (isDone, drained) = state.withLock { state in
            state.isDue = !state.queue.isEmpty
            return (state.queue.isEmpty, state.drained)
        }
        if isDone { drained?.body() } else { loop.execute { self.runQueued() } }
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
