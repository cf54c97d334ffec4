import DecartAPI
import DecartModule
import Dispatch
import LiveDocument
import PlainErrors
import SandboxKeeper
import Synchronization
import TerminalUI

/// Shows what a sandboxed script shows: on the keeper's terminal, in its page, or both.
///
/// Renderers draw on a thread for that: while the user is asked something the terminal is not theirs, and what the script
/// asks for goes on.
final class KeeperScreen: KeeperDisplay {
    private let renderers: Renderers
    private let page: PageRun?
    private let console: Console
    private let queue = DispatchQueue(label: "decart-lua.screen")
    /// What is to be drawn next. What comes before it was drawn replaces it.
    private let next = Mutex<LiveDocument?>(nil)
    private let left = Atomic(false)

    /// Nil where nothing is shown, or as lines, which the script process prints.
    init?(terminal: TerminalRenderer?, page: PageRun?, console: Console) {
        let shown: [(any DocumentRenderer)?] = [terminal, page]
        guard terminal != nil || page != nil else { return nil }
        renderers = Renderers(shown.compactMap { $0 })
        self.page = page
        self.console = console
    }

    var hasPage: Bool { page != nil }

    func update(from document: inout LiveDocument) {
        let isUnderWay = next.withLock { next in
            defer { next = document }
            return next != nil
        }
        guard !isUnderWay else { return }
        queue.async { [self] in
            let taken = next.withLock { next in
                defer { next = nil }
                return next
            }
            if var document = taken { renderers.update(from: &document) }
        }
    }

    func keeps(_ video: MediaBlob, as name: [UInt8]) {
        page?.videos.add(video, named: BytePath(bytes: name))
    }

    func report(_ error: String) { page?.report(error) }

    func scriptLeaves() { left.store(true, ordering: .relaxed) }

    /// Whether the run ends with the script, although somebody may look at its page.
    var hasLeft: Bool { left.load(ordering: .relaxed) }

    func warn(_ message: String) { console.notice(Notice(kind: .warning, message: message)) }

    /// Takes what people do in the page to the script.
    func follow(_ session: KeeperSession) {
        guard let page else { return }
        page.join(
            PageScript(
                deliver: { session.deliver($0, taken: $1) },
                presenceChanged: { [page] in session.tell(presence: page.takesEvents) }))
    }

    /// The terminal has another size.
    func resize() { queue.async { [renderers] in renderers.resize() } }

    /// The script has ended: what it has shown last stays.
    func scriptEnded() { queue.sync { renderers.close(.scriptEnded) } }
}

/// The terminal's turns, as its renderer takes them.
struct RendererTurn: TerminalSharing {
    let turn: TerminalTurn

    func alone(_ body: () -> Void) { turn.take(body) }
    func redirect(_ isRedirected: Bool, _ body: () -> Bool) -> Bool { turn.redirect(isRedirected, body) }
}
