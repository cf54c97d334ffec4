import DecartAPI
import DecartClient
import DecartModule
import FoundationEssentials
import Glibc
import JobJournal
import JournaledClient
import LiveDocument
import Logging
import NIOCore
import NIOPosix
import PlainErrors
import RunClock
import SandboxKeeper
import SandboxLink
import SandboxWalls
import SandboxedScript
import ScriptPermissions
import ScriptRuntime
import SeededNumbers
import Synchronization
import TemporaryFiles

/// A run under `--sandbox`, as its keeper: starts the script process, and does for it what the script may do.
struct KeeperRun {
    let options: ScriptOptions
    /// What runs in place of a script.
    private let command: SandboxedCommand?
    /// Is told which files are loaded, in a run that is watched.
    private let watched: WatchedChild?
    private let ledger = JobLedger()
    private var console: Console

    init(options: ScriptOptions, watched: WatchedChild?) {
        self.init(options: options, command: nil, watched: watched)
    }

    /// For a command that runs Lua: it has no client, may read what it names, and asks nobody.
    init(_ command: SandboxedCommand) throws(UsageError) {
        var options = try ScriptOptions([DecartLua.name], isSandboxed: true)
        options.isLocal = true
        options.sandbox.asks = false
        options.sandbox.permissions.read.named = command.files
        self.init(options: options, command: command, watched: nil)
    }

    private init(options: ScriptOptions, command: SandboxedCommand?, watched: WatchedChild?) {
        self.options = options
        self.watched = watched
        self.command = command
        console = Console(isJSON: options.ui == .json)
        console.isQuiet = logLevel > .warning
        console.isGuarded = true
    }

    private var logLevel: Logger.Level { Logger.Level(rawValue: options.logLevel) ?? .warning }

    /// - Returns: the exit status.
    func run() async -> Int32 {
        do throws(MessageError) {
            try check()
            return try await keep()
        } catch {
            console.error(error.message)
            return EXIT_FAILURE
        }
    }

    private func check() throws(MessageError) {
        if command == nil, options.script == nil, options.actions.isEmpty, isatty(STDIN_FILENO) == 1 {
            throw MessageError("'--sandbox' is for scripts: there is no prompt in it")
        }
        if options.sandbox.mode == .lua {
            console.notice(
                Notice(
                    kind: .warning,
                    message: "--sandbox=lua has only Lua's own walls, whose faults are known: what gets out of Lua can "
                        + "do what you can do"))
            return
        }
        let missing = KernelWalls.missing
        guard missing.isEmpty else {
            throw MessageError(
                "'--sandbox' needs \(missing.joined(separator: " and ")), which this machine lacks; '--sandbox=lua' has "
                    + "Lua's own walls only")
        }
    }

    private func keep() async throws(MessageError) -> Int32 {
        do throws(WallFailure) {
            try KernelWalls.hideProcess()
            try KernelWalls.adoptOrphans()
        } catch {
            throw MessageError(error.reason)
        }
        LoggingSystem.bootstrap { [console] label -> any LogHandler in
            console.isJSON
                ? JSONLogHandler(console: console, label: label) : StreamLogHandler.standardError(label: label)
        }
        ProcessEnd.followSignals()
        TemporaryFolder.sweep()
        let environment = ProcessInfo.processInfo.environment
        let permissions = try options.sandbox.permissions.resolved(path: environment["PATH"])
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let clock: any RunClock = EventLoopClock(loop: group.next())
        let watch = try RequestWatch(options, logLevel, .process, console)
        // One for all: the script decides how many replies are under way.
        let reads = ReadSizes.sparing
        let network = Network(group: group, clock: clock, queue: nil, watch: watch, reads: reads)
        let journal = try Journal.ofRun(
            options, clock: clock, chance: options.chanceSeed.map { Chance(seed: $0) }, environment: .process,
            console: console)
        let (client, fault) = options.isLocal ? (nil, nil) : makeClient(network, journal, clock, environment)
        var audit: PermissionAudit?
        if let path = options.sandbox.audit { audit = try PermissionAudit(path, clock: clock) }
        let news = LedgerNews(ledger: ledger, console: console, audit: audit)
        let elsewhere: ElsewhereTransports
        do throws(DecartError) {
            var connections = try HTTPTransport.Configuration.fromEnvironment(environment)
            connections.reads = reads
            elsewhere = ElsewhereTransports(on: group, clock: clock, configuration: connections)
        } catch {
            throw MessageError(error.message)
        }
        let turn = TerminalTurn()
        let prompt = options.sandbox.asks ? TerminalPrompt(turn: turn) : nil
        let page = try await startPage(permissions, news)
        let terminal =
            command == nil && [.auto, .tty].contains(options.ui)
            ? Renderers.terminal(options.ui, options.colour, SystemClock(), console, sharing: RendererTurn(turn: turn))
            : nil
        let screen = KeeperScreen(terminal: terminal, page: page, console: console)
        var display: Greeting.Display = []
        if terminal != nil { display.insert(.terminal) }
        if page != nil { display.insert(.page) }
        let settings = KeeperSettings(
            paid: client, transport: { () throws(DecartError) in try network.transport() },
            elsewhere: elsewhere, permissions: permissions, files: files, mayPay: options.journal.cap != nil,
            clock: clock, news: news, prompt: prompt, display: screen,
            loads: watched?.loads)
        let greeting = Greeting(
            words: command.map { [Array(DecartLua.name.utf8)] + $0.words }
                ?? options.words.map { CommandWord.bytes(of: $0) },
            environment: variables(permissions, environment),
            server: client?.client.configuration.baseURL.text,
            clientFault: fault, permissions: permissions, temporaryFolder: try temporaryFolder(),
            stateFolder: stateFolder(permissions), canAsk: prompt != nil, display: display)
        let process: ScriptProcess
        do throws(WallFailure) {
            process = try ScriptProcess(
                [Array(DecartLua.name.utf8), Array(SandboxedProcess.word.utf8)],
                hasOneOutput: OutputPump.hasOneTarget)
        } catch {
            await page?.stop()
            throw MessageError(error.reason)
        }
        news.process.withLock { $0 = process }
        let signals = KeeperSignals(process) {
            prompt?.end()
        } resized: {
            screen?.resize()
        }
        page?.signals(signals)
        var status = await serve(
            process, settings, greeting, group, Terminal(turn: turn, prompt: prompt, screen: screen))
        // A video that waits in a page to be seen can still be lost.
        await journal.finish(endedWell: status == EXIT_SUCCESS, sparing: page?.videos.unseenJobs ?? [])
        tellUnfinished(journal)
        if screen?.hasLeft == true {
            page?.close(.processEnds(isSuccess: status == EXIT_SUCCESS))
        } else if let page, await !page.serveOn(after: ExitStatus(code: status)), status == EXIT_SUCCESS {
            status = EXIT_FAILURE
        }
        // A page uses permissions too.
        if let audit {
            audit.close()
            let flags = audit.flags
            console.notice(
                Notice(
                    kind: .warning,
                    message: flags.isEmpty
                        ? "the script has used no permission" : "these flags would have been enough: \(flags)"))
        }
        withExtendedLifetime(signals) {}
        await network.shutdown()
        await elsewhere.shutdown()
        await page?.stop()
        return status
    }

    /// The page of a run with `--web`, at its address.
    private func startPage(_ permissions: Permissions, _ news: LedgerNews) async throws(MessageError) -> PageRun? {
        // A script that cannot be opened ends the run, so a page would have nothing to show.
        guard command == nil, options.isScriptThere, let web = options.web else { return nil }
        let page = PageRun(
            web, title: options.title, logLevel: logLevel, console: console,
            walls: PageWalls(permissions) {
                news.used($0, $1)
            } note: { [console] in
                console.notice(Notice(kind: .warning, message: $0))
            })
        try await page.start()
        return page
    }

    /// What of the terminal a script process has to do with.
    private struct Terminal {
        let turn: TerminalTurn
        let prompt: TerminalPrompt?
        let screen: KeeperScreen?
    }

    private func serve(
        _ process: ScriptProcess, _ settings: KeeperSettings, _ greeting: Greeting, _ group: any EventLoopGroup,
        _ terminal: Terminal
    ) async -> Int32 {
        let (turn, prompt) = (terminal.turn, terminal.prompt)
        var pumps = [OutputPump(from: process.ends.output, to: STDOUT_FILENO, turn: turn)]
        if let errors = process.ends.errors { pumps.append(OutputPump(from: errors, to: STDERR_FILENO, turn: turn)) }
        for pump in pumps { pump.start() }
        let session: KeeperSession
        do {
            session = try await KeeperSession.start(
                settings, socket: process.ends.link, on: group, greeting: greeting.payload)
        } catch {
            process.kill()
            console.error("the script process cannot be talked to: \(error)")
            return EXIT_FAILURE
        }
        terminal.screen?.follow(session)
        InputPump.start(to: process.ends.input, turn: turn)
        limitTime(of: process)
        var status = await process.end()
        prompt?.end()
        // What it has started ends with it, whatever group or session that has gone to; first of all because it may hold
        // the pipes open.
        KernelWalls.killChildren()
        await session.stop()
        let failures = pumps.map { $0.finish() }
        // Below all that it has printed.
        terminal.screen?.scriptEnded()
        if status > 128, (settings.news as? LedgerNews)?.isBroken != true { tellSignal(status - 128) }
        if failures.contains(EPIPE), status == EXIT_SUCCESS { status = StandardOutput.statusOfLostReader }
        return status
    }

    /// A script process that does not heed its own alarm has a little longer.
    private func limitTime(of process: ScriptProcess) {
        guard let seconds = options.limits.seconds else { return }
        let clock = SystemClock()
        clock.wake(at: clock.now + .seconds(seconds + 15)) {
            withExtendedLifetime(clock) { process.kill() }
        }
    }

    private func tellSignal(_ number: Int32) {
        // Ended by itself, in its own words.
        guard ![SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXCPU, SIGALRM].contains(number) else { return }
        let name = strsignal(number).map { String(cString: $0) } ?? "signal \(number)"
        console.error("the script process was ended by the signal \(number) (\(name))")
    }

    private func tellUnfinished(_ journal: Journal) {
        LastWords(console: console, renderers: Renderers(), ledger: ledger, isLocal: options.isLocal, journal: journal)
            .unfinishedJobs()
    }

    /// Or why there is none. No `Result`: Swift's runtime would look for its type in each start.
    private func makeClient(
        _ network: Network, _ journal: Journal, _ clock: any RunClock, _ environment: [String: String]
    ) -> (client: JournaledClient?, fault: DecartError?) {
        do throws(DecartError) {
            let configuration = try ClientConfiguration.resolve(
                ClientOptions(), environment: environment, server: options.baseURL.map { .baseURL($0) })
            let chance = options.chanceSeed.map { Chance(seed: $0) } ?? Chance()
            let client = DecartClient(
                configuration: configuration, transport: NetworkTransport(network: network), clock: clock,
                chance: chance, onNotice: { [console] in console.notice(Notice(kind: .warning, message: $0.message)) })
            var paid = JournaledClient(client, journal: journal, clock: clock, chance: chance)
            paid.writesSidecars = false
            paid.trustsLengths = false
            return (paid, nil)
        } catch {
            return (nil, error)
        }
    }

    /// Where a script keeps how long jobs took, if it may.
    private func stateFolder(_ permissions: Permissions) -> String? {
        guard let folder = StateFolder.path(.process) else { return nil }
        do throws(DecartError) {
            for kind in [PermissionKind.read, .write] {
                try SandboxGuard(permissions).checkFile(kind, BytePath(folder))
            }
            return folder
        } catch {
            return nil
        }
    }

    private var files: ScriptFiles {
        let script = options.script.flatMap { $0 == "-" ? nil : BytePath(word: $0) }
        return ScriptFiles(script: script, named: [options.policy, options.scenario].compactMap { $0 })
    }

    /// What scripts may see of the environment; never the key, under whatever name it stands.
    private func variables(_ permissions: Permissions, _ environment: [String: String]) -> [Greeting.Variable] {
        let key = (environment["DECART_API_KEY"] ?? "").trimmingSpaces
        var shown = environment.filter { name, value in
            permissions.shows(variable: Array(name.utf8)) && name != "DECART_API_KEY"
                && (key.isEmpty || !value.contains(key))
        }
        // Programs are looked for along it.
        if !permissions.run.isEmpty { shown["PATH"] = environment["PATH"] }
        return shown.sorted { $0.key < $1.key }.map { .init(name: Array($0.key.utf8), value: Array($0.value.utf8)) }
    }

    /// The queue in the script process keeps its jobs' files there.
    private func temporaryFolder() throws(MessageError) -> [UInt8]? {
        guard options.isLocal else { return nil }
        do {
            let path = try TemporaryFolder.process.newPath("script")
            guard mkdir(path, 0o700) == 0, let real = realpath(path, nil) else {
                throw MessageError("a folder for temporary files cannot be made: \(String(cString: strerror(errno)))")
            }
            defer { free(real) }
            return Array(String(cString: real).utf8)
        } catch let error as MessageError {
            throw error
        } catch {
            throw MessageError("a folder for temporary files cannot be made: \(error)")
        }
    }
}

/// The connections of a run, made when the first request is.
private struct NetworkTransport: QueueTransport {
    let network: Network

    func send(_ request: TransportRequest) async throws(TransportError) -> TransportReply {
        let transport: any QueueTransport
        do throws(DecartError) {
            transport = try network.transport()
        } catch {
            throw TransportError(refusal: error)
        }
        return try await transport.send(request)
    }
}

/// Keeps the ledger of the run's jobs, and ends a script process that breaks the protocol.
final class LedgerNews: KeeperNews {
    private let ledger: JobLedger
    private let console: Console
    private let audit: PermissionAudit?
    let process = Mutex<ScriptProcess?>(nil)
    private let broken = Mutex(false)

    init(ledger: JobLedger, console: Console, audit: PermissionAudit?) {
        self.ledger = ledger
        self.audit = audit
        self.console = console
    }

    var isBroken: Bool { broken.withLock { $0 } }

    func submitBegan() { ledger.submitBegan() }
    func submitEnded() { ledger.submitEnded() }
    func submitted(_ id: JobID) { ledger.submitted(id) }

    func submitFailed(_ error: DecartError) {
        if error.code == .submitUnknown { ledger.submitLost() }
        if let text = error.data["job_id"]?.text, let id = try? JobID(text) { ledger.submitted(id) }
    }

    func saw(_ reply: JobReply) { ledger.saw(reply) }
    func gone(_ id: JobID) { ledger.gone(id) }

    func used(_ kind: PermissionKind, _ what: [UInt8]) { audit?.used(kind, what) }

    func broken(_ reason: String) {
        broken.withLock { $0 = true }
        console.error("the script process is ended: it sent \(reason)")
        process.withLock { $0 }?.kill()
    }
}
