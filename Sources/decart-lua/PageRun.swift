import DecartAPI
import DecartModule
import Foundation
import LiveDocument
import Logging
import NIOCore
import PlainErrors
import RunClock
import ScriptRuntime
import ServiceLifecycle
import Synchronization
import WebUI

/// The page of a run with `--web`, served on threads of its own.
final class PageRun: DocumentRenderer, EventSource {
    private let hub: PageHub
    private let script: Script
    private let console: Console
    private let options: ScriptOptions.Web
    private let addresses: AsyncStream<String>
    private let services: ServiceGroup
    private let serving: Task<Void, any Error>
    private let address = Mutex("")
    private let signals = Mutex<(any ServiceSignals)?>(nil)
    private let walls: PageWalls
    /// What `displayVideo` has shown here.
    let videos = ShownVideos()

    /// The script that the page belongs to, once there is one.
    private final class Script: Sendable {
        let end = Mutex<PageScript?>(nil)
    }

    /// - Parameter walls: what of a script's it may show and save.
    init(
        _ options: ScriptOptions.Web, title: String, logLevel: Logger.Level, console: Console,
        walls: PageWalls = PageWalls()
    ) {
        self.console = console
        self.options = options
        self.walls = walls
        let script = Script()
        self.script = script
        hub = PageHub(
            clock: SystemClock(),
            onEvent: { event, taken in
                if let end = script.end.withLock({ $0 }) { end.deliver(event, taken) } else { taken() }
            },
            onPresence: { script.end.withLock { $0 }?.presenceChanged() },
            onFetch: { [videos] source in
                if case .blob(let media) = source { videos.seen(media) }
            }, openFile: walls.open,
            note: { console.notice(Notice(kind: .warning, message: $0)) })
        let (addresses, found) = AsyncStream.makeStream(of: String.self)
        self.addresses = addresses
        let page = options.page.map { ScriptRun.reachable($0) ?? $0.description }
        var logger = Logger(label: "decart-lua.page")
        logger.logLevel = logLevel
        let server = PageServer(
            configuration: .init(
                host: options.host, port: options.port, page: page, title: title, sources: walls.sources),
            hub: hub, logger: logger
        ) { address in
            found.yield(address)
        }
        let services = ServiceGroup(services: [server], logger: logger.ofServices)
        self.services = services
        serving = Task.detached {
            defer { found.finish() }
            try await services.run()
        }
    }

    /// Returns once it accepts connections and its address has been printed.
    /// - Throws: why there is no page.
    func start() async throws(MessageError) {
        if let page = options.page, page.cString.map({ access($0, R_OK) }) != 0 {
            throw MessageError("--page: \(page) cannot be read: there is no such file, or it is not yours to read")
        }
        for await address in addresses {
            self.address.withLock { $0 = address }
            console.notice(Notice(kind: .page, message: "the page is at \(address)"))
            return
        }
        do {
            try await serving.value
        } catch {
            let address = ListenFailure.message(
                error, host: options.host, hostOption: "--web-host", port: options.port, portOption: "--web")
            throw MessageError(address ?? "the page cannot be served on \(options.host): \(error)")
        }
        throw MessageError("the page's server has ended")
    }

    /// Joins the page to the script, which receives what people do from now on.
    func join(_ module: DecartModule, in runtime: ScriptRuntime) {
        guard let events = module.events else { return }
        join(PageScript(deliver: { events.deliver($0, taken: $1) }, presenceChanged: { runtime.reconsider() }))
    }

    func join(_ end: PageScript) { script.end.withLock { $0 = end } }

    /// Whether somebody can do something in the page, now or later.
    var takesEvents: Bool { !hub.areAllClosed }

    /// An error of the script's, with its traceback.
    func report(_ error: String) { hub.report(error) }

    // MARK: Rendering

    func update(from document: inout LiveDocument) { hub.update(from: &document) }

    func close(_ end: DocumentEnd) {
        if case .processEnds(let isSuccess) = end { leave(isSuccess: isSuccess) }
    }

    // MARK: The end

    /// Saves the videos that no page has fetched, or can fetch any more.
    /// - Parameter includingSeen: also those that pages have fetched: pages that stay open cannot play them any more.
    /// - Returns: false if one could not be saved.
    private func saveVideos(includingSeen: Bool) async -> Bool {
        let areAllSaved = Mutex(true)
        await videos.save(includingSeen: includingSeen, check: walls.saving) { [console] in
            console.notice($0)
        } failed: { [console] in
            console.error($0)
            areAllSaved.withLock { $0 = false }
        }
        return areAllSaved.withLock { $0 }
    }

    /// The process ends as soon as this returns. Tells the pages, and saves what they have not fetched. It blocks the
    /// calling thread, so none of this may need that thread.
    private func leave(isSuccess: Bool) {
        hub.runEnded(isSuccess: isSuccess)
        ProcessEnd.finish { [self] in
            _ = await saveVideos(includingSeen: !hub.areAllClosed)
            if isSuccess { await videos.settle() }
            await stop()
        }
    }

    /// Handles Ctrl-C.
    func signals(_ watch: (any ServiceSignals)?) { signals.withLock { $0 = watch } }

    /// The run is over: shows how it ended, and goes on serving until the pages are closed, or Ctrl-C. Videos that
    /// nobody has seen are saved: now if no page is open, else when the last one closes. After Ctrl-C all are saved,
    /// since pages that are still open lose them.
    /// - Returns: whether all could be saved.
    func serveOn(after status: ExitStatus) async -> Bool {
        let signals = signals.withLock { $0 }
        script.end.withLock { $0 = nil }
        hub.runEnded(isSuccess: status == .success)
        let areUnseenSaved = hub.hasOpenPages ? true : await saveVideos(includingSeen: false)
        await serveOn(after: status, signals)
        let areAllSaved = await saveVideos(includingSeen: !hub.areAllClosed)
        if status == .success { await videos.settle() }
        return areAllSaved && areUnseenSaved
    }

    private func serveOn(after status: ExitStatus, _ signals: (any ServiceSignals)?) async {
        guard status != .interrupted, !hub.areAllClosed else { return }
        console.notice(
            Notice(
                kind: .page,
                message: "the script has ended; the page is still there until it is closed, or Ctrl-C ends it: "
                    + address.withLock { $0 }))
        let hub = hub
        let waiting = Task { await hub.untilAllClosed() }
        signals?.serving { waiting.cancel() }
        await waiting.value
        signals?.serving(nil)
    }

    func stop() async {
        hub.sayGoodbye()
        await services.triggerGracefulShutdown()
        _ = await serving.result
    }
}

/// Where what people do in a page goes.
struct PageScript: Sendable {
    /// Has to call `taken` once the script has it.
    var deliver: @Sendable (_ event: DocumentEvent, _ taken: @escaping @Sendable () -> Void) -> Void
    /// Pages were opened or closed.
    var presenceChanged: @Sendable () -> Void
}

/// What a page may show and save of a script's.
struct PageWalls: Sendable {
    var sources = PageSources.web
    /// Finds a file that the script shows; nil: by its path.
    var open: (@Sendable (_ path: String) -> OpenedFile?)?
    /// Throws for a file that a video may not be saved as.
    var saving: @Sendable (BytePath) throws(DecartError) -> Void = { (_) throws(DecartError) in }
}

/// Where somebody can do something with what a run shows, in this process or in another.
protocol EventSource: DocumentRenderer {
    /// Whether somebody can, now or later.
    var takesEvents: Bool { get }
    /// What `displayVideo` has shown there.
    var videos: ShownVideos { get }

    /// Brings what people do to the script from now on.
    func join(_ module: DecartModule, in runtime: ScriptRuntime)

    /// An error of the script's, with its traceback.
    func report(_ error: String)
}

/// Who handles Ctrl-C.
protocol ServiceSignals: Sendable {
    /// The script has ended, and what it has left is served until `stop`; or, with nil, that is over too.
    func serving(_ stop: (@Sendable () -> Void)?)
}
