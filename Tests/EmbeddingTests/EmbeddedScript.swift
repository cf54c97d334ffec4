import LuaVM
import NIOCore
import NIOPosix
import RunClock
import ScriptRuntime

/// A program that runs scripts of its users, with a function of its own: `decart.measure(name)` waits for a number.
struct EmbeddedScript {
    struct Ending {
        var status: ExitStatus
        /// What was reported meanwhile: errors that nobody handled, deadlocks.
        var reports: [ScriptReport]
    }

    /// What `measure` waits for. It runs on the script's loop and must not block it.
    var measure: @Sendable (String) async throws -> Double
    /// The script's time; nil: real time.
    var clock: (any RunClock)?

    func run(_ source: String, name: String) async throws -> Ending {
        // The script gets a loop of its own: as long as it computes, nothing else on that loop goes on.
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let (reports, reported) = AsyncStream.makeStream(of: ScriptReport.self)
        let status: ExitStatus
        do {
            let runtime = try ScriptRuntime(loop: loops.next(), clock: clock) { reported.yield($0) }
            status = try await run(source, name: name, on: runtime)
        } catch {
            try await loops.shutdownGracefully()
            throw error
        }
        reported.finish()
        try await loops.shutdownGracefully()
        return Ending(status: status, reports: await reports.reduce(into: []) { $0.append($1) })
    }

    /// All that touches Lua happens on the runtime, which is an actor.
    private func run(_ source: String, name: String, on runtime: isolated ScriptRuntime) async throws -> ExitStatus {
        // Whatever happens: nothing may be done with the runtime afterwards.
        defer { runtime.close() }
        try runtime.loadPrelude()
        // A few lines of Lua say where scripts find the function.
        let glue = "local core, host = ... core.decart.measure = host.measure"
        runtime.release(
            try runtime.loadModule(Array(glue.utf8), name: "measuring", functions: [measureFunction()]))
        let main = try runtime.compile(Array(source.utf8), name: "@\(name)")
        return await runtime.run(main)
    }

    private func measureFunction() -> ModuleFunction {
        ModuleFunction("measure", mayWait: true) { [measure] call throws(LuaError) in
            let what = try call.string(1)
            return .waits(
                ModuleFunction.Operation {
                    await Outcome { try await measure(what) }
                } conclude: { outcome in
                    switch outcome {
                    case .measured(let number): .values([.number(number)])
                    case .cancelled: .cancelled
                    case .failed(let reason): .error(.message("cannot measure \(what): \(reason)"))
                    }
                })
        }
    }

    private enum Outcome: Sendable {
        case measured(Double)
        case cancelled
        case failed(String)

        init(_ work: () async throws -> Double) async {
            do {
                self = .measured(try await work())
            } catch is CancellationError {
                self = .cancelled
            } catch {
                self = .failed("\(error)")
            }
        }
    }
}
