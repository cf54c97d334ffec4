import DecartAPI
import DecartModule
import LiveDocument
import RunClock
import SandboxLink
import SandboxedScript
import ScriptRuntime
import Synchronization

/// What a run in a script process shows, on the keeper's terminal or in its page.
final class KeptDisplay: EventSource {
    private let link: LinkDisplay
    private let connection: LinkConnection
    private let display: Greeting.Display
    private let isSomebodyThere: Atomic<Bool>
    let videos = ShownVideos()

    /// Nil where the keeper shows nothing.
    init?(_ process: SandboxedProcess, _ console: Console) {
        display = process.greeting.display
        guard !display.isEmpty else { return nil }
        isSomebodyThere = Atomic(display.contains(.page))
        connection = process.connection
        link = LinkDisplay(
            connection, clock: SystemClock(), hasPage: display.contains(.page),
            videos: { [videos] in videos.all.map { ($0.media, $0.name.bytes) } },
            warn: { [console] in console.notice(Notice(kind: .warning, message: $0)) })
    }

    /// Whether it shows on a terminal, which then has no lines.
    var hasTerminal: Bool { display.contains(.terminal) }
    /// Whether it shows in a page, which plays videos.
    var hasPage: Bool { display.contains(.page) }

    var takesEvents: Bool { isSomebodyThere.load(ordering: .relaxed) }

    func join(_ module: DecartModule, in runtime: ScriptRuntime) {
        var events = LinkConnection.Events()
        events.patchTaken = { [link] in link.patchTaken() }
        if let delivery = module.events {
            events.event = { [connection] event in delivery.deliver(event) { connection.tookEvent() } }
        }
        events.presence = { [self] isThere in
            isSomebodyThere.store(isThere, ordering: .relaxed)
            runtime.reconsider()
        }
        connection.follow(events)
    }

    func report(_ error: String) { if hasPage { connection.report(error) } }

    func update(from document: inout LiveDocument) { link.update(from: &document) }

    func close(_ end: DocumentEnd) {
        link.close(end)
        if case .processEnds = end, hasPage { connection.leave() }
    }
}
