import DecartAPI
import RunClock
import Synchronization

/// Cancels a task when its time is up, and knows whether it did.
final class TimeLimit: Sendable {
    private let state = Mutex(false)

    var hasRunOut: Bool { state.withLock { $0 } }

    func runOut() { state.withLock { $0 = true } }
}

extension TimeLimit {
    /// What came of work with a deadline.
    struct Outcome<Value: Sendable>: Sendable {
        var result: Result<Value, DecartError>
        /// Whether the deadline cancelled it. It may have come to a value all the same.
        var ranOut: Bool
    }

    /// Does `body` in a task of its own, but on the caller's actor or executor, and cancels it at the deadline. It costs
    /// no thread hop, and under virtual time things keep their order.
    static func run<Value: Sendable>(
        until deadline: RunInstant, _ clock: any RunClock, on executor: (any TaskExecutor)?,
        isolation: isolated (any Actor)? = #isolation,
        _ body: @escaping @Sendable () async -> Result<Value, DecartError>
    ) async -> Outcome<Value> {
        let task =
            if let executor {
                Task(executorPreference: executor) { await body() }
            } else {
                Task {
                    _ = isolation
                    return await body()
                }
            }
        let limit = TimeLimit()
        let wake = clock.wake(at: deadline) {
            limit.runOut()
            task.cancel()
        }
        let result = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        clock.cancelWake(wake)
        return Outcome(result: result, ranOut: limit.hasRunOut)
    }
}

extension Requester {

    /// Does `body` with a requester that begins nothing that cannot end before `deadline`, and cancels it at that time.
    /// Without a deadline it just runs.
    func limited<Value: Sendable>(
        to deadline: RunInstant?, isolation: isolated (any Actor)? = #isolation,
        _ body: @escaping @Sendable (Requester) async throws(DecartError) -> Value
    ) async -> TimeLimit.Outcome<Value> {
        guard let deadline else {
            return TimeLimit.Outcome(result: await Self.outcome(of: body, with: self), ranOut: false)
        }
        var requester = self
        requester.deadline = deadline
        let bounded = requester
        return await TimeLimit.run(until: deadline, clock, on: executor) { await Self.outcome(of: body, with: bounded) }
    }

    private static func outcome<Value>(
        of body: @Sendable (Requester) async throws(DecartError) -> Value, with requester: Requester
    ) async -> Result<Value, DecartError> {
        do throws(DecartError) {
            return .success(try await body(requester))
        } catch {
            return .failure(error)
        }
    }
}
