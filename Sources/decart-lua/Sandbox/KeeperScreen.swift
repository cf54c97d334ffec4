import DecartAPI
import DecartModule
import Dispatch
import Glibc
import LiveDocument
import PlainErrors
import SandboxKeeper
import SandboxedScript
import ScriptPermissions
import Synchronization
import TerminalUI
import WebUI

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

extension PageWalls {
    /// What a script may show and save that has these permissions.
    ///
    /// - Parameters:
    ///   - used: is told of each permission that is used.
    ///   - note: says why something does not show.
    init(
        _ permissions: Permissions, used: @escaping @Sendable (PermissionKind, [UInt8]) -> Void,
        note: @escaping @Sendable (String) -> Void
    ) {
        let net = permissions.net
        // A browser knows nothing of what is denied: then it gets what is named, and not that.
        sources =
            net.isAll && net.denied.isEmpty && !net.deniesAll
            ? .web
            : .hosts(
                net.isEmpty
                    ? []
                    : net.named.filter { !net.denied.contains($0) }.compactMap {
                        HostRule(String(decoding: $0, as: UTF8.self))?.description
                    })
        let guardian = SandboxGuard(permissions, used: used)
        let complaints = Complaints()
        open = { path in
            guard let file = permissions.open(BytePath(path)) else {
                do throws(DecartError) {
                    try SandboxGuard(permissions).checkFile(.read, BytePath(path))
                } catch {
                    if complaints.isNew(path) { note("the page does not show it: \(error.message)") }
                }
                return nil
            }
            used(.read, file.path)
            return OpenedFile(path: "/proc/self/fd/\(file.descriptor)", owner: OpenDescriptor(file.descriptor))
        }
        saving = { path throws(DecartError) in
            try guardian.checkFile(.write, path)
            // Another name in that folder is taken then.
            if let name = path.cString, faccessat(AT_FDCWD, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0 {
                try guardian.checkFile(.write, path.folder)
            }
        }
    }

    /// What was said once is not said again, and a page that asks for much is no flood.
    private final class Complaints: Sendable {
        private static let limit = 20
        private let made = Mutex<Set<String>>([])

        func isNew(_ path: String) -> Bool {
            made.withLock { $0.count < Self.limit && $0.insert(path).inserted }
        }
    }

    private final class OpenDescriptor: Sendable {
        private let descriptor: Int32

        init(_ descriptor: Int32) { self.descriptor = descriptor }
        deinit { close(descriptor) }
    }
}
