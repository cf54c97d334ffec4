import DecartModule
import Foundation
import LiveDocument
import Logging
import NIOCore
import RunClock
import ScriptRuntime
import ServiceLifecycle
import Synchronization
import WebUI

/// The page of a run with `--web`, served on threads of its own.
final class PageRun: Sendable {
    let hub: PageHub
    private let way: Way
    private let console: Console
    private let options: ScriptOptions.Web
    private let addresses: AsyncStream<String>
    private let services: ServiceGroup
    private let serving: Task<Void, any Error>
    private let address = Mutex("")
    private let signals = Mutex<SignalWatch?>(nil)
    private let videos = ShownVideos()

    /// How events come to the script, once there is one.
    private final class Way: Sendable {
        let events = Mutex<EventDelivery?>(nil)
        let runtime = Mutex<ScriptRuntime?>(nil)
    }

    init(_ options: ScriptOptions.Web, title: String, logLevel: Logger.Level, console: Console) {
        self.console = console
        self.options = options
        let way = Way()
        self.way = way
        hub = PageHub(
            clock: SystemClock(),
            onEvent: { event, taken in
                if let events = way.events.withLock({ $0 }) { events.deliver(event, taken: taken) } else { taken() }
            },
            onPresence: { way.runtime.withLock { $0 }?.reconsider() },
            note: { console.notice(Notice(kind: .warning, message: $0)) })
        let (addresses, found) = AsyncStream.makeStream(of: String.self)
        self.addresses = addresses
        var logger = Logger(label: "decart-lua.page")
        logger.logLevel = logLevel
        let server = PageServer(
            configuration: .init(host: options.host, port: options.port, page: options.page, title: title), hub: hub,
            logger: logger
        ) { address in
            found.yield(address)
        }
        let services = ServiceGroup(services: [server], logger: logger)
        self.services = services
        serving = Task.detached {
            defer { found.finish() }
            try await services.run()
        }
    }

    /// Why there is no page.
    struct Problem: Error {
        var message: String
    }

    /// Returns once it accepts connections, and has told where.
    func start() async throws(Problem) {
        if let page = options.page, !FileManager.default.isReadableFile(atPath: page) {
            throw Problem(message: "--page: \(page) cannot be read: there is no such file, or it is not yours to read")
        }
        for await address in addresses {
            self.address.withLock { $0 = address }
            console.notice(Notice(kind: .page, message: "the page is at \(address)"))
            return
        }
        do {
            try await serving.value
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw Problem(message: "--web: port \(options.port) is in use; take another, or none for a free one")
        } catch let error as IOError where error.errnoCode == EADDRNOTAVAIL {
            throw Problem(message: "--web-host: \(options.host) is no address of this machine")
        } catch let error as IOError where error.errnoCode == EACCES {
            throw Problem(message: "--web: port \(options.port) is not for this user; take one above 1023")
        } catch {
            throw Problem(message: "the page cannot be served on \(options.host): \(error)")
        }
        throw Problem(message: "the page's server has ended")
    }

    /// Joins the page to the script: what it shows goes one way, what people do the other.
    /// - Returns: looks at the document once more, on the script's thread.
    func join(_ module: DecartModule, in runtime: isolated ScriptRuntime) -> () -> Void {
        way.events.withLock { $0 = module.events }
        way.runtime.withLock { $0 = runtime }
        let hub = hub
        module.takesEvents = { !hub.areAllClosed }
        module.shownVideos = videos
        let face = PageFace(hub: hub)
        let look = { face.look(at: &module.document) }
        runtime.onWait(look)
        return look
    }

    /// Saves the videos that no page has fetched, nor can any more.
    /// - Returns: false if one could not be saved.
    private func saveUnseen() async -> Bool {
        let isWell = Mutex(true)
        let (hub, console) = (hub, console)
        await videos.save(unless: { hub.hasFetched(.blob($0)) }) {
            console.notice($0)
        } failed: { message in
            console.error(message)
            isWell.withLock { $0 = false }
        }
        return isWell.withLock { $0 }
    }

    /// How long a process that is about to end waits for what is still to be done.
    private static let farewell = Duration.seconds(2)

    /// The process ends as soon as this returns: tells the pages, and saves what they have not fetched. From a thread
    /// that goes no further meanwhile, on which none of this may therefore be done.
    func leave(well: Bool) {
        hub.runEnded(well: well)
        let done = DispatchSemaphore(value: 0)
        SystemClock().wake(at: SystemClock().now + Self.farewell) { done.signal() }
        Task.detached { [self] in
            _ = await saveUnseen()
            await hub.untilAllHaveHeard()
            done.signal()
        }
        done.wait()
    }

    /// Who is told of Ctrl-C.
    func signals(_ watch: SignalWatch?) { signals.withLock { $0 = watch } }

    /// The run is over: shows how, and serves on until the pages are closed, or Ctrl-C. Videos that nobody has seen are
    /// saved: now if nobody is here, and else when nobody is any more.
    /// - Returns: whether all of that went well.
    func serveOn(after status: ExitStatus) async -> Bool {
        let signals = signals.withLock { $0 }
        way.runtime.withLock { $0 = nil }
        hub.runEnded(well: status == .success)
        let isWell = hub.isSomebodyHere ? true : await saveUnseen()
        await serveOn(after: status, signals)
        return await saveUnseen() && isWell
    }

    private func serveOn(after status: ExitStatus, _ signals: SignalWatch?) async {
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
