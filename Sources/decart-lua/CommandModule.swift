import DecartModule
import Foundation
import LuaVM
import RunClock
import ScriptRuntime

/// The functions of the command's own Lua: the prompt, and leaving.
///
/// Used on the runtime's actor only.
final class CommandModule {
    private let runtime: ScriptRuntime
    private let showLast: (_ code: Int32) -> Void
    private let historyFile: () -> String?
    var signals: SignalWatch?
    private var reader: LineReader?
    private var completer: LuaReference?
    private var evaluated: LuaReference?

    /// - Parameter showLast: the process is about to end with this status, without the run's own end.
    init(runtime: ScriptRuntime, historyFile: @escaping () -> String?, showLast: @escaping (_ code: Int32) -> Void) {
        self.runtime = runtime
        self.historyFile = historyFile
        self.showLast = showLast
    }

    /// Compiles the command, and the prompt where there is to be one; answers the function of the main task.
    func install(in runtime: isolated ScriptRuntime, hasPrompt: Bool) throws(LuaError) -> LuaReference {
        var arguments: [LuaVM.Argument] = []
        if hasPrompt {
            let repl = try runtime.loadModule(PackageResources.repl_lua, name: "prompt", functions: promptFunctions())
            completer = try runtime.loadModule(PackageResources.complete_lua, name: "completion", functions: [])
            arguments = [.reference(repl)]
        }
        return try runtime.loadModule(
            PackageResources.command_lua, name: "command", functions: [exitFunction(in: runtime)], arguments: arguments)
    }

    private func exitFunction(in runtime: isolated ScriptRuntime) -> ModuleFunction {
        let leave = LeaveRun(runtime: runtime, showLast: showLast)
        return ModuleFunction("exit") { call throws(LuaError) in
            leave(code: Int32(truncatingIfNeeded: try call.integer(1)), closing: call.value(2).isTrue)
        }
    }

    private func promptFunctions() -> [ModuleFunction] {
        [
            ModuleFunction("prompt", mayWait: true) { [self] call throws(LuaError) in
                let prompt = try call.string(1)
                let reader = openReader()
                signals?.prompting(reader)
                let clock = runtime.clock
                return .waits(
                    ModuleFunction.Operation {
                        clock.beginExternalWork()
                        defer { clock.endExternalWork() }
                        return await reader.line(prompt: prompt)
                    } conclude: { [self] line in
                        signals?.prompting(nil)
                        return .values([line.map { .string($0) } ?? .nil])
                    })
            },
            ModuleFunction("remember") { [self] call throws(LuaError) in
                openReader().remember(try call.string(1))
                return .returns
            },
            // Tells whom Ctrl-C stops: the function that cancels what is being evaluated.
            ModuleFunction("evaluating") { [self] call throws(LuaError) in
                if let evaluated { runtime.assumeIsolated { $0.release(evaluated) } }
                evaluated = nil
                guard call.type(1) == .function else {
                    signals?.evaluating(nil)
                    return .returns
                }
                let stop = call.reference(1)
                evaluated = stop
                let runtime = runtime
                signals?.evaluating { Task { try? await runtime.spawn(stop) } }
                return .returns
            },
        ]
    }

    private func openReader() -> LineReader {
        if let reader { return reader }
        let runtime = runtime
        let completer = completer
        let reader = LineReader(historyFile: historyFile()) { word in
            guard let completer else { return [] }
            let names = try? await runtime.call(completer, [.value(.text(word))])
            guard case .table(let table)? = names?.first else { return [] }
            return table.sequence.compactMap(\.text)
        }
        self.reader = reader
        return reader
    }
}
