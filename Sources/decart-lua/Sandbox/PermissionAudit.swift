import DecartAPI
import Glibc
import PlainErrors
import RunClock
import ScriptPermissions
import Synchronization
import SystemPackage

/// `--audit FILE`: each permission that a script has used, once, as a line of JSON; and at the end the flags that would
/// have been enough.
final class PermissionAudit: Sendable {
    private struct Use: Hashable {
        var kind: PermissionKind
        var what: [UInt8]
    }

    /// More than these are one kind's affair, not single names.
    private static let limit = 10_000
    /// And what their names have together, in bytes: a script can make them as long as it likes.
    private static let longest = 4 << 20

    private struct State {
        var size = 0
        var seen: Set<Use> = []
        var order: [Use] = []
    }

    private let file: FileDescriptor
    private let clock: any RunClock
    private let state = Mutex(State())

    /// - Throws: if the file cannot be written.
    init(_ path: BytePath, clock: any RunClock) throws(MessageError) {
        self.clock = clock
        guard let name = path.cString else { throw MessageError("--audit: the path has a NUL in it") }
        let opened = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard opened >= 0 else {
            throw MessageError("--audit: \(path) cannot be written: \(String(cString: strerror(errno)))")
        }
        file = FileDescriptor(rawValue: opened)
    }

    func used(_ kind: PermissionKind, _ what: [UInt8]) {
        let use = Use(kind: kind, what: what)
        let isNew = state.withLock { state in
            guard state.seen.count < Self.limit, state.size + what.count <= Self.longest,
                state.seen.insert(use).inserted
            else { return false }
            state.size += what.count
            state.order.append(use)
            return true
        }
        guard isNew else { return }
        let line: JSONValue = [
            "permission": .string(kind.rawValue), "what": .string(String(decoding: what, as: UTF8.self)),
            "ts": .number(clock.unixTime),
        ]
        _ = try? file.writeAll(line.serialized() + [UInt8(ascii: "\n")])
    }

    /// What would have been enough, to be typed; empty where nothing was used.
    var flags: String {
        let order = state.withLock { $0.order }
        return PermissionKind.allCases.compactMap { kind in
            // A comma would begin another name, and a control character drive the terminal: no flag can hold them.
            let names = order.filter { $0.kind == kind && !$0.what.contains { $0 < 0x20 || $0 == 0x7F || $0 == 0x2C } }
                .map { String(decoding: $0.what, as: UTF8.self) }.filter { $0 == $0.onOneLine }
            return names.isEmpty ? nil : ShellWord.quoted("\(kind.flag)=\(names.joined(separator: ","))")
        }.joined(separator: " ")
    }

    func close() { try? file.close() }
}
