import DecartAPI
import DecartClient
import DecartModule
import Foundation
import LocalQueue
import Logging
import LuaVM
import NIOCore
import NIOPosix
import RunClock
import ScriptRuntime
import TerminalUI

/// One run of a script: makes the parts, joins them, and takes them down again.
struct ScriptRun {
    let options: ScriptOptions

    func run() async -> ExitStatus {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        // Lua, its timers and its connections live on this one thread.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let clock = EventLoopClock(loop: loop)
        let queue = options.isLocal ? LocalQueueRun(logLevel: logLevel) : nil
        let server: ServerOverride?
        do {
            if let queue {
                server = .local(try await queue.start())
            } else {
                server = options.baseURL.map { .baseURL($0) }
            }
        } catch {
            Console.error("\(DecartLua.name): the local queue cannot start: \(error)")
            return .failure
        }
        let environment = ProcessInfo.processInfo.environment
        let network: HTTPTransport.Configuration
        do throws(DecartError) {
            network = try .fromEnvironment(environment)
        } catch {
            Console.error("\(DecartLua.name): \(error)")
            await queue?.stop()
            return .failure
        }
        let transport = HTTPTransport(on: group, clock: clock, configuration: network)
        let bytecode = options.bytecode || environment["DECART_LUA_BYTECODE"] == "1"
        let status: ExitStatus
        do {
            let runtime = try ScriptRuntime(
                loop: loop, clock: clock, bytecode: bytecode, report: { ErrorReport.show($0) })
            let settings = DecartModule.Settings(server: server, environment: environment)
            status = await run(on: runtime, settings, transport)
        } catch {
            Console.error("\(DecartLua.name): \(error)")
            status = .failure
        }
        await transport.shutdown()
        await queue?.stop()
        try? await group.shutdownGracefully()
        return status
    }

    private var logLevel: Logger.Level { Logger.Level(rawValue: options.logLevel) ?? .warning }

    private func run(
        on runtime: isolated ScriptRuntime, _ settings: DecartModule.Settings, _ transport: HTTPTransport
    ) async -> ExitStatus {
        let module = DecartModule(
            settings: settings, transport: transport, clock: runtime.clock, note: { Console.error($0) })
        var lines = PlainLines()
        do {
            try runtime.loadPrelude()
            try module.install(in: runtime)
            runtime.onQuiet {
                for line in lines.lines(for: &module.document) { Console.error(line) }
            }
            let main = try runtime.loadModule(PackageResources.command_lua, name: "command", functions: [])
            let status = await runtime.run(main, arguments: mainArguments)
            showUnfinished(module.jobs.unfinished)
            return status
        } catch {
            Console.error("\(DecartLua.name): \(error)")
            return .failure
        }
    }

    /// What `command.lua` is given: the actions, the script, and `arg`.
    private var mainArguments: [LuaVM.Argument] {
        let actions = options.actions.map { action -> LuaValue in
            switch action {
            case .code(let text): .table(LuaTable(fields: [("kind", .text("code")), ("text", .text(text))]))
            }
        }
        var arg = LuaTable(sequence: options.scriptArguments.map { .text($0) })
        arg.entries.append(.init(key: .integer(0), value: .text(options.script ?? DecartLua.name)))
        for (index, word) in options.wordsBeforeScript.reversed().enumerated() {
            arg.entries.append(.init(key: .integer(Int64(-1 - index)), value: .text(word)))
        }
        return [
            .value(.table(LuaTable(sequence: actions))), .value(options.script.map { .text($0) } ?? .nil),
            .value(.table(arg)),
        ]
    }

    /// A paid job whose end the run did not see is not to be lost.
    private func showUnfinished(_ jobs: [JobID]) {
        guard !jobs.isEmpty, !options.isLocal else { return }
        let ids = jobs.map { "  \($0)" }.joined(separator: "\n")
        Console.error(
            """
            \(DecartLua.name): \(jobs.count == 1 ? "1 job is" : "\(jobs.count) jobs are") not finished yet:
            \(ids)
            Ask for one later with client.queue.status(id), and fetch it with client.queue.result(id).
            """)
    }
}
