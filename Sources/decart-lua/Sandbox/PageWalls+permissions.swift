import DecartAPI
import Glibc
import SandboxKeeper
import SandboxedScript
import ScriptPermissions
import Synchronization
import WebUI

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
