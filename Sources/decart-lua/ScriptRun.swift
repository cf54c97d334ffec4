import DecartAPI
import DecartClient
import DecartModule
import FoundationEssentials
import JobFleet
import JobJournal
import JournaledClient
import LearnedDurations
import LiveDocument
import LocalQueue
import Logging
import LuaVM
import NIOCore
import NIOPosix
import PlainErrors
import RunClock
import SandboxedScript
import ScriptRuntime
import SeededNumbers
import TemporaryFiles
import TerminalUI
import WebUI

/// One run of a script: makes the parts, joins them, and shuts them down again.
struct ScriptRun {
    let options: ScriptOptions
    /// What the script's function is called for; nil for a script that runs by itself.
    private let work: Worker.Settings?
    private let watched: WatchedChild?
    /// In a process that runs a script for a keeper.
    private let sandbox: SandboxedProcess?
    private let ledger = JobLedger()
    private let virtualClock: VirtualClock?
    private var console: Console

    /// - Parameters:
    ///   - watched: is told which files are loaded, in a run that is watched.
    ///   - sandbox: what this process is, if it runs the script for a keeper.
    init(
        options: ScriptOptions, work: Worker.Settings? = nil, watched: WatchedChild? = nil,
        sandbox: SandboxedProcess? = nil
    ) {
        self.sandbox = sandbox
        self.options = options
        self.work = work
        self.watched = watched
        virtualClock = options.isVirtual ? VirtualClock(mode: .automatic) : nil
        console = Console(isJSON: options.ui == .json)
        console.isQuiet = logLevel > .warning
        if let virtualClock { console.clock = virtualClock }
    }

    func run() async -> ExitStatus {
        if options.showsVersion || (isPrompt && readsTerminal) {
            print("decart-lua \(ClientConfiguration.version), \(LuaVM.copyright)")
        }
        // Only these log; other starts need not pay for it.
        if options.isLocal || options.web != nil || logLevel <= .debug { Self.logs(to: console) }
        // Until the script's own watch takes over.
        let early = ProcessEnd.followSignals()
        // Removes what killed runs left behind.
        if sandbox == nil { TemporaryFolder.sweep() }
        // Lua, its timers and its connections live on this one thread.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let clock: any RunClock = virtualClock ?? EventLoopClock(loop: group.next())
        let environment = sandbox?.environment ?? .process
        let watch: RequestWatch?
        let queue: RunQueue
        do throws(MessageError) {
            // What a keeper sends is the keeper's to watch.
            watch = sandbox == nil ? try RequestWatch(options, logLevel, environment, console) : nil
            let isInProcess = options.isVirtual || sandbox != nil
            queue =
                options.isLocal
                ? try await .start(options, clock: clock, logLevel: logLevel, isInProcess: isInProcess) : RunQueue()
        } catch {
            console.error(error.message)
            return .failure
        }
        // A script that cannot be opened ends the run, so a page would have nothing to show.
        let web = options.isScriptThere && sandbox == nil ? options.web : nil
        let page = web.map { PageRun($0, title: options.title, logLevel: logLevel, console: console) }
        do throws(MessageError) {
            try await page?.start()
        } catch {
            console.error(error.message)
            await queue.stop()
            return .failure
        }
        let kept = sandbox.flatMap { KeptDisplay($0, console) }
        let shown: (any EventSource)? = page ?? kept
        let chance = options.chanceSeed.map { Chance(seed: $0) }
        let journal: Journal
        do throws(MessageError) {
            journal =
                sandbox == nil || options.isLocal
                ? try Journal.ofRun(options, clock: clock, chance: chance, environment: environment, console: console)
                : .none(clock: clock)
        } catch {
            console.error(error.message)
            await page?.stop()
            await queue.stop()
            return .failure
        }
        let keeper = sandbox.map { LinkTransport($0.connection, clock: clock, loop: group.next()) }
        let network = Network(
            group: group, clock: clock, queue: queue.transport(beside: options.isVirtual ? nil : keeper) ?? keeper,
            watch: watch)
        var status: ExitStatus
        let worker: Worker?
        do throws(DecartError) {
            worker = try await makeWorker(network, journal, clock, environment, chance)
        } catch {
            console.error("\(error)")
            await network.shutdown()
            await page?.stop()
            await queue.stop()
            return .failure
        }
        // A task is begun only where it has something to do: the first one has Swift start three threads.
        let life = worker.map { worker in Task { await worker.keepAlive() } }
        let limitEnd = RunLimitEnd()
        do throws(LuaError) {
            let runtime = try ScriptRuntime(
                loop: group.next(), clock: clock,
                bytecode: sandbox == nil && (options.bytecode || Self.variable("DECART_LUA_BYTECODE") == "1"),
                environment: sandbox == nil && !options.ignoresEnvironment,
                report: { [console] report in
                    if limitEnd.covers(report) { return }
                    console.show(report)
                    shown?.report(ErrorReport.text(of: report))
                })
            var settings = DecartModule.Settings(
                server: queue.server ?? options.baseURL.map { .baseURL($0) },
                environment: { environment.all }, chance: chance ?? Chance())
            settings.journal = journal
            settings.writesSidecars = options.journal.writesSidecars
            if let sandbox { sandbox.prepare(&settings, keeper: options.isLocal ? nil : keeper) }
            let state = sandbox == nil ? StateFolder.path(environment) : sandbox?.stateFolder
            if !options.isLocal, let folder = state {
                settings.durations = .file("\(folder)/durations.csv")
            }
            let renderers = Renderers(
                options.ui, colour: options.colour, isInteractive: isInteractive, page: page, keeper: kept,
                runtime: runtime, console: console)
            let words = LastWords(
                console: console, renderers: renderers, ledger: ledger, isLocal: options.isLocal || sandbox != nil,
                journal: journal, limitEnd: limitEnd)
            status = await run(on: runtime, settings, network, shown, words, worker, early)
            life?.cancel()
            await life?.value
            // A video that waits in a page to be seen can still be lost.
            await journal.finish(endedWell: status == .success, sparing: page?.videos.unseenJobs ?? [])
            if let worker, !worker.isAllDone, status == .success { status = .failure }
        } catch {
            life?.cancel()
            await life?.value
            await journal.finish(endedWell: false)
            console.show(error)
            status = .failure
        }
        if let page, await !page.serveOn(after: status), status == .success { status = .failure }
        await network.shutdown()
        await page?.stop()
        await queue.stop()
        return status
    }

    private func makeWorker(
        _ network: Network, _ journal: Journal, _ clock: any RunClock, _ environment: RunEnvironment,
        _ chance: Chance?
    ) async throws(DecartError) -> Worker? {
        guard let work else { return nil }
        let configuration = try ClientConfiguration.resolve(
            ClientOptions(), environment: environment.all, server: options.baseURL.map { .baseURL($0) })
        let chance = chance ?? Chance()
        var client = JournaledClient(
            DecartClient(
                configuration: configuration, transport: try network.transport(), clock: clock, chance: chance),
            journal: journal, clock: clock, chance: chance)
        client.writesSidecars = options.journal.writesSidecars
        return try await Worker(
            client, work, clock: clock, chance: chance, tell: { [console] in console.error($0.onOneLine) },
            report: { WorkReportLine($0).show() })
    }

    private var logLevel: Logger.Level { Logger.Level(rawValue: options.logLevel) ?? .warning }

    private func run(
        on runtime: isolated ScriptRuntime, _ settings: DecartModule.Settings, _ network: Network,
        _ shown: (any EventSource)?, _ words: LastWords, _ worker: Worker?, _ early: StopSignals?
    ) async -> ExitStatus {
        let module = DecartModule(
            settings: settings, transport: { () throws(DecartError) in try network.transport() }, clock: runtime.clock,
            jobs: ledger, takesEvents: { shown?.takesEvents ?? false },
            shownVideos: (shown as? KeptDisplay)?.hasPage == false ? nil : shown?.videos,
            note: { [console] in console.notice($0) })
        let renderers = words.renderers
        defer { renderers.close(.scriptEnded) }
        do throws(LuaError) {
            if let watched { runtime.onLoad { watched.loads($0) } }
            try runtime.loadPrelude()
            if let seed = options.chanceSeed { try runtime.makeRepeatable(seed: seed) }
            try module.install(in: runtime)
            shown?.join(module, in: runtime)
            renderers.follow(module, in: runtime)
            if console.isJSON { runtime.onWarning { [console] in console.luaWarning($0) } }
            let memory = sandbox?.memory ?? options.limits.memory
            if let memory { runtime.limitMemory(to: memory) }
            if let sandbox { try SandboxModule(sandbox).install(in: runtime) }
            let leave = LeaveRun(runtime: runtime, words: words) { renderers.update(from: module) }
            let command = CommandModule(runtime: runtime, historyFile: Self.historyFile, leave: leave)
            let work = try worker.map { worker throws(LuaError) in
                try WorkBinding(worker: worker, ledger: ledger).install(in: runtime)
            }
            let main = try command.install(in: runtime, hasPrompt: isInteractive, work: work)
            let signals = SignalWatch(
                runtime: runtime, interrupter: runtime.makeInterrupter(message: "interrupted"), console: console,
                words: words)
            early?.end()
            RunLimitAlarms(
                options.limits, isLimitedAlready: sandbox != nil && options.sandbox.mode == .kernel
            ).start()
            command.signals = signals
            (shown as? PageRun)?.signals(signals)
            let status = await runtime.run(main, arguments: [.value(plan)])
            signals?.scriptEnded()
            words.scriptEnded()
            // A finalizer may take its time, or for ever.
            words.unfinishedJobs()
            runtime.close()
            return status
        } catch {
            console.show(error)
            return .failure
        }
    }

    private static func logs(to console: Console) {
        LoggingSystem.bootstrap { label -> any LogHandler in
            if console.isJSON {
                JSONLogHandler(console: console, label: label)
            } else {
                StreamLogHandler.standardError(label: label)
            }
        }
    }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// The file of the prompt's history; creates its folder.
    @Sendable private static func historyFile() -> String? {
        guard let folder = StateFolder.path(.process) else { return nil }
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return "\(folder)/history"
    }
}
