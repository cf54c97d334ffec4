import LuaVM
import PlainErrors
import PollingLab
import ScriptRuntime

/// Connects a run in the lab with the Lua that asks the policy. Used on the runtime's actor only.
final class LabDriver {
    private(set) var result: LabResult?
    private var run: LabRun
    private let runtime: ScriptRuntime
    private let clock: LabClock?
    private let watch: AnswerWatch
    private let progress: @Sendable (Int) -> Void
    private var shown = 0

    init(
        _ run: LabRun, _ runtime: ScriptRuntime, _ watch: AnswerWatch,
        _ progress: @escaping @Sendable (Int) -> Void
    ) {
        self.run = run
        self.runtime = runtime
        clock = runtime.clock as? LabClock
        self.watch = watch
        self.progress = progress
    }

    /// `next(answer)`: takes the policy's answer to the last question (nil to give up, false if there was none), and
    /// gives the next one.
    func next() -> ModuleFunction {
        ModuleFunction("next") { [self] call throws(LuaError) in
            if call.type(1) != .boolean { run.answer(call.type(1) == .number ? try call.number(1) : nil) }
            let step: LabStep
            do throws(MessageError) {
                step = try run.next()
            } catch {
                throw LuaError.value(.text(error.message), message: error.message)
            }
            push(step, to: call)
            if case .over = step {
                // A policy's file may have started something that never ends.
                runtime.interrupt(with: .success, message: "the lab is over")
            }
            watch.passes()
            return .returns
        }
    }

    private func push(_ step: LabStep, to call: borrowing HostCall) {
        switch step {
        case .ask(let wait):
            clock?.move(to: wait.now)
            call.push(.text("ask"))
            call.push(.integer(Int64(wait.job + 1)))
            call.push(.integer(Int64(wait.attempt)))
            call.push(.boolean(wait.status == "processing"))
            call.push(.number(wait.elapsed))
            call.push(.boolean(wait.missed))
        case .ended(let outcome):
            clock?.move(to: outcome.now)
            call.push(.text("ended"))
            call.push(.integer(Int64(outcome.job + 1)))
            call.push(.number(outcome.after))
            call.push(outcome.before.map { .number($0) } ?? .nil)
            if run.over - shown >= 100 {
                shown = run.over
                progress(shown)
            }
        case .over(let result):
            self.result = result
        }
    }
}
