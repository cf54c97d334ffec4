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
import WebUI

/// One run of a script: makes the parts, joins them, and takes them down again.
struct ScriptRun {
    let options: ScriptOptions
    private let ledger = JobLedger()
    private let console: Console

    init(options: ScriptOptions) {
        self.options = options
        console = Console(isJSON: options.ui == .json)
    }

    func run() async -> ExitStatus {
        if options.showsVersion || (isPrompt && readsTerminal) {
            print("decart-lua \(ClientConfiguration.version), \(LuaVM.copyright)")
        }
        LoggingSystem.bootstrap { [console] label -> any LogHandler in
            if console.isJSON { JSONLogHandler(label: label) } else { StreamLogHandler.standardError(label: label) }
        }
        // Lua, its timers and its connections live on this one thread.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let clock: any RunClock =
            options.isVirtual ? VirtualClock(mode: .automatic) : EventLoopClock(loop: group.next())
        let queue: RunQueue
        do throws(RunQueue.Problem) {
            queue = try await RunQueue.start(options, clock: clock, logLevel: logLevel)
        } catch {
            console.error(error.message)
            return .failure
        }
        let page = options.web.map { PageRun($0, title: options.title, logLevel: logLevel, console: console) }
        do throws(PageRun.Problem) {
            try await page?.start()
        } catch {
            console.error(error.message)
            await queue.stop()
            return .failure
        }
        let network = Network(group: group, clock: clock, queue: queue.transport)
        var status: ExitStatus
        do throws(LuaError) {
            let runtime = try ScriptRuntime(
                loop: group.next(), clock: clock,
                bytecode: options.bytecode || Self.variable("DECART_LUA_BYTECODE") == "1",
                environment: !options.ignoresEnvironment,
                report: { [console] report in
                    console.show(report)
                    page?.hub.report(ErrorReport.text(of: report))
                })
            var settings = DecartModule.Settings(
                server: queue.server ?? options.baseURL.map { .baseURL($0) },
                environment: { ProcessInfo.processInfo.environment },
                chance: options.chanceSeed.map { Chance(seed: $0) } ?? Chance())
            if !options.isLocal, let folder = Self.stateFolder() {
                settings.durations = .file("\(folder)/durations.csv")
            }
            status = await run(on: runtime, settings, network, page)
        } catch {
            console.show(error)
            status = .failure
        }
        showUnfinishedJobs()
        if let page, await !page.serveOn(after: status), status == .success { status = .failure }
        await network.shutdown()
        await page?.stop()
        await queue.stop()
        return status
    }

    private var logLevel: Logger.Level { Logger.Level(rawValue: options.logLevel) ?? .warning }

    private func run(
        on runtime: isolated ScriptRuntime, _ settings: DecartModule.Settings, _ network: Network, _ page: PageRun?
    ) async -> ExitStatus {
        let module = DecartModule(
            settings: settings, transport: { () throws(DecartError) in try network.transport() }, clock: runtime.clock,
            jobs: ledger, note: { [console] in console.notice($0) })
        let faces = Faces(
            options.ui, colour: options.colour, isInteractive: isInteractive, runtime: runtime, console: console)
        defer { faces.close() }
        do throws(LuaError) {
            try runtime.loadPrelude()
            if let seed = options.chanceSeed { try runtime.makeRepeatable(seed: seed) }
            try module.install(in: runtime)
            faces.follow(module, in: runtime)
            if console.isJSON { runtime.onWarning { [console] in console.luaWarning($0) } }
            let lookFromPage = page?.join(module, in: runtime)
            let command = CommandModule(runtime: runtime, historyFile: Self.historyFile) { [self] code in
                faces.look(at: module)
                lookFromPage?()
                faces.close()
                page?.leave(well: code == 0)
                showUnfinishedJobs()
            }
            let main = try command.install(in: runtime, hasPrompt: isInteractive)
            command.signals = SignalWatch(
                runtime: runtime, interrupter: runtime.makeInterrupter(message: "interrupted"), console: console,
                showLast: { [self] in
                    faces.close()
                    page?.leave(well: false)
                    showUnfinishedJobs()
                },
                resized: { faces.resized() },
                hasJobs: { [ledger] in !ledger.unfinished.isEmpty || ledger.submitsUnderWay > 0 })
            page?.signals(command.signals)
            let status = await runtime.run(main, arguments: [.value(plan)])
            // What C's streams hold goes out above the last state.
            Console.flush()
            faces.close()
            runtime.close()
            return status
        } catch {
            console.show(error)
            return .failure
        }
    }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// Where the program keeps what outlives a run; nil where there is no home.
    private static func stateFolder() -> String? {
        // As the XDG specification has it, what is no whole path is as good as not set.
        let state = variable("XDG_STATE_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (state ?? variable("HOME").map { "\($0)/.local/state" }).map { "\($0)/decart-lua" }
    }

    /// Where the prompt keeps its lines; makes the folder.
    @Sendable private static func historyFile() -> String? {
        guard let folder = stateFolder() else { return nil }
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return "\(folder)/history"
    }

    /// A paid job whose end the run did not see is not to be lost. Those of a queue in this process end with it.
    private func showUnfinishedJobs() {
        let submits = ledger.submitsUnderWay + ledger.submitsUnknown
        if submits > 0, !options.isLocal {
            console.error(
                "the reply to \(submits == 1 ? "a submit" : "\(submits) submits") never came: there may be a job, and "
                    + "a bill, whose id is not known")
        }
        let jobs = ledger.unfinished
        guard !jobs.isEmpty, !options.isLocal else { return }
        console.unfinished(
            jobs.map { "\($0)" },
            advice: "Ask for one later with client.queue.status(id), and fetch it with client.queue.result(id).")
    }
}
