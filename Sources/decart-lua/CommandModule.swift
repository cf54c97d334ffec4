import DecartModule
import FoundationEssentials
import LuaVM
import RunClock
import ScriptReference
import ScriptRuntime

/// The functions of the command's own Lua: the prompt, and leaving.
///
/// Used on the runtime's actor only.
final class CommandModule {
    private let runtime: ScriptRuntime
    private let leave: LeaveRun
    private let historyFile: () -> String?
    var signals: SignalWatch?
    private var reader: LineReader?
    private var completer: LuaReference?
    private var stopper: LuaReference?

    init(runtime: ScriptRuntime, historyFile: @escaping () -> String?, leave: LeaveRun) {
        self.runtime = runtime
        self.historyFile = historyFile
        self.leave = leave
    }

    /// Compiles the command, and the prompt if there is one; returns the main task's function.
    ///
    /// - Parameter work: is given what the script returns.
    func install(
        in runtime: isolated ScriptRuntime, hasPrompt: Bool, work: LuaReference? = nil
    ) throws(LuaError) -> LuaReference {
        var arguments: [LuaVM.Argument] = work.map { [.value(.nil), .reference($0)] } ?? []
        if hasPrompt {
            let inspect = try runtime.loadModule(PackageResources.inspect_lua, name: "inspection")
            let repl = try runtime.loadModule(
                PackageResources.repl_lua, name: "prompt", functions: promptFunctions(),
                arguments: [.reference(inspect)])
            completer = try runtime.loadModule(
                PackageResources.complete_lua, name: "completion", functions: [membersFunction()])
            arguments = [.reference(repl)]
        }
        return try runtime.loadModule(
            PackageResources.command_lua, name: "command", functions: [exitFunction()], arguments: arguments)
    }

    /// The names that an object of that kind has.
    private func membersFunction() -> ModuleFunction {
        ModuleFunction("members") { [self] call throws(LuaError) in
            let kind = try call.string(1)
            let group = runtime.assumeIsolated { $0.reference }.groups.first { $0.isObject && $0.path == kind }
            let names = group.map { $0.fields.map(\.name) + $0.functions.map(\.name) } ?? []
            call.push(.table(LuaTable(sequence: names.map { .text($0) })))
            return .returns
        }
    }

    private func exitFunction() -> ModuleFunction {
        ModuleFunction("exit") { [leave] call throws(LuaError) in
            leave(code: Int32(truncatingIfNeeded: try call.integer(1)), closing: call.value(2).isTrue)
        }
    }

    private func promptFunctions() -> [ModuleFunction] {
        [
            ModuleFunction("prompt", mayWait: true) { [self] call throws(LuaError) in
                let prompt = try call.string(1)
                let continues = call.value(2).isTrue
                let reader = openReader()
                signals?.promptBegan(reader)
                let clock = runtime.clock
                return .waits(
                    ModuleFunction.Operation {
                        clock.beginExternalWork()
                        defer { clock.endExternalWork() }
                        return await reader.line(prompt: prompt, continues: continues)
                    } conclude: { [self] line in
                        signals?.promptEnded()
                        // False for a line that was cleared.
                        let value: LuaValue =
                            switch line {
                            case .text(let bytes): .string(bytes)
                            case .cleared: .boolean(false)
                            case .end: .nil
                            }
                        return .values([value])
                    })
            },
            ModuleFunction("remember") { [self] call throws(LuaError) in
                openReader().remember(try call.string(1))
                return .returns
            },
            // The function that cancels what is being evaluated. There is one for the whole run, so that a late Ctrl-C
            // never calls a function that no longer exists.
            ModuleFunction("stopper") { [self] call throws(LuaError) in
                try call.requireFunction(1)
                stopper = call.reference(1)
                return .returns
            },
            // Whether Ctrl-C stops what is being evaluated, rather than the run.
            ModuleFunction("evaluating") { [self] call throws(LuaError) in
                guard let stopper, call.value(1).isTrue else {
                    signals?.evaluationEnded()
                    return .returns
                }
                let runtime = runtime
                signals?.evaluationBegan { Task { try? await runtime.spawn(stopper) } }
                return .returns
            },
            // The help on one name, or on everything.
            ModuleFunction("help") { [self] call throws(LuaError) in
                let help = HelpText(runtime.assumeIsolated { $0.reference })
                guard call.type(1) != .nil, call.type(1) != .none else {
                    call.push(.text(help.overview))
                    return .returns
                }
                let name = try call.string(1)
                guard let text = help.text(for: name) else { throw .message(help.complaint(about: name)) }
                call.push(.text(text))
                return .returns
            },
        ]
    }

    private func openReader() -> LineReader {
        if let reader { return reader }
        let runtime = runtime
        let completer = completer
        let reader = LineReader(historyFile: historyFile()) { word, before in
            guard let completer else { return [] }
            let names = try? await runtime.call(completer, [.value(.text(word)), .value(.text(before))])
            guard case .table(let table)? = names?.first else { return [] }
            return table.sequence.compactMap(\.text)
        }
        self.reader = reader
        return reader
    }
}
