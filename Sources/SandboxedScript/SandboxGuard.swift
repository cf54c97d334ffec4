public import DecartAPI
import Glibc
import PlainErrors
public import SandboxLink
public import ScriptPermissions

/// What a script may do, decided in its own process, for errors that say which flag is missing. The kernel and the
/// keeper decide again, and theirs is the word that counts.
public struct SandboxGuard: Sendable {
    private let permissions: Permissions
    private let used: (@Sendable (PermissionKind, [UInt8]) -> Void)?
    private let ask: (@Sendable (LinkedOpening) -> LinkedAnswer)?
    private let instead: String?

    /// - Parameters:
    ///   - used: is told of each use that was allowed.
    ///   - ask: has the user decide about a file, and blocks the calling thread meanwhile; nil where nobody is asked.
    ///   - instead: a sentence that a refusal has in place of the flag that would allow it, where none can be given.
    public init(
        _ permissions: Permissions, used: (@Sendable (PermissionKind, [UInt8]) -> Void)? = nil,
        ask: (@Sendable (LinkedOpening) -> LinkedAnswer)? = nil, instead: String? = nil
    ) {
        self.permissions = permissions
        self.used = used
        self.ask = ask
        self.instead = instead
    }

    /// How a script comes to a file that it may open.
    public enum Opening: Hashable, Sendable {
        /// By its path, as anybody does.
        case byPath
        /// It is open: the user has said yes. Whoever gets this closes it.
        case descriptor(Int32)
        /// The user has said yes, and it cannot be opened: the system's number for why.
        case failed(code: Int32)
    }

    /// Whether the user is asked for files that are not allowed.
    public var canAsk: Bool { ask != nil }

    /// Checks that a file may be opened, and has the user asked where it may not. That blocks the calling thread.
    ///
    /// - Throws: `PERMISSION_DENIED`.
    public func open(_ way: LinkedOpening.Way, _ path: BytePath) throws(DecartError) -> Opening {
        do throws(DecartError) {
            for kind in way.kinds { try checkFile(kind, path) }
            return .byPath
        } catch {
            guard let ask, let whole = Self.whole(path) else { throw error }
            switch ask(LinkedOpening(way: way, path: whole)) {
            case .opened(let descriptor): return .descriptor(descriptor)
            case .unopened(let code): return .failed(code: code)
            case .file, .none, .journal, .failed: throw error
            }
        }
    }

    /// A variable that the script sees was read.
    public func read(variable name: [UInt8]) {
        if permissions.shows(variable: name) { used?(.environment, name) }
    }

    /// - Throws: `PERMISSION_DENIED`.
    public func checkFile(_ kind: PermissionKind, _ path: BytePath) throws(DecartError) {
        // What is no path at all is for the system to refuse.
        guard let whole = Self.whole(path) else { return }
        guard !permissions.covers(kind, path: whole) else {
            used?(kind, whole)
            return
        }
        let what = "\(kind.rawValue) \(Excerpt.quoted(path.bytes, limit: 200))"
        guard !permissions.denies(kind, path: whole) else {
            throw Self.denial(what, "--deny-\(kind.rawValue)", of: "\(path)")
        }
        // Only what is there can be allowed, and no name with a comma in it.
        let allowed = Self.allowable(path)
        guard allowed != path else { throw refusal(what, kind.flag, of: "\(path)") }
        if kind == .read, !path.bytes.contains(UInt8(ascii: ",")) {
            throw refusal("\(what), which is not there", kind.flag, of: "\(path)", "Make it first, and ")
        }
        var error = refusal(what, kind.flag, of: "\(allowed)")
        guard instead == nil else { throw error }
        error.message.removeLast()
        error.message += ", with all that is in that folder."
        error.data["what"] = .string("\(path)")
        throw error
    }

    /// The path itself, or the nearest folder above it that a flag can name.
    private static func allowable(_ path: BytePath) -> BytePath {
        var path = path
        while path.bytes.contains(UInt8(ascii: ",")) || path.cString.map({ access($0, F_OK) != 0 }) ?? true {
            let folder = path.folder
            guard folder != path, !folder.bytes.isEmpty else { return folder.bytes.isEmpty ? "." : folder }
            path = folder
        }
        return path
    }

    /// - Parameter program: as a script has named it; nil: a command for the shell.
    /// - Throws: `PERMISSION_DENIED`.
    public func checkProgram(_ program: [UInt8]?) throws(DecartError) {
        let name = program ?? Array("/bin/sh".utf8)
        if let allowed = ([name] + Self.places(of: name)).first(where: permissions.runs) {
            used?(.run, allowed)
            return
        }
        let shown = program.map { String(decoding: $0, as: UTF8.self) } ?? "sh"
        let what = program == nil ? "run a shell" : "run \(Excerpt.quoted(name, limit: 200))"
        // The script process need not know where programs are looked for.
        let isDenied = permissions.run.denied.contains { $0 == name || BytePath(bytes: $0).lastComponent.bytes == name }
        guard !permissions.run.deniesAll, !isDenied else { throw Self.denial(what, "--deny-run", of: shown) }
        throw refusal(what, "--allow-run", of: shown)
    }

    public var mayLoadNative: Bool { permissions.native }

    private static func denial(_ what: String, _ flag: String, of name: String) -> DecartError {
        DecartError(
            .permissionDenied, "The script may not \(what): \(flag) takes it away.",
            data: ["flag": .string(flag), "what": .string(name)])
    }

    private func refusal(
        _ what: String, _ flag: String, of name: String, _ condition: String = ""
    ) -> DecartError {
        if let instead {
            return DecartError(
                .permissionDenied, "The script may not \(what). \(instead)", data: ["what": .string(name)])
        }
        return DecartError(
            .permissionDenied,
            "The script may not \(what). \(condition)\(ShellWord.quoted("\(flag)=\(name)")) allows it.",
            data: ["flag": .string(flag), "what": .string(name)])
    }

    /// Where a program of that name may be.
    private static func places(of name: [UInt8]) -> [[UInt8]] {
        if name.contains(0x2F) { return [whole(BytePath(bytes: name)) ?? name] }
        let folders = getenv("PATH").map { String(cString: $0) } ?? ""
        return folders.split(separator: ":").compactMap { folder in
            whole(BytePath(bytes: Array(folder.utf8) + [0x2F] + name))
        }
    }

    /// The path from the root, without symbolic links as far as it exists.
    static func whole(_ path: BytePath) -> [UInt8]? {
        guard path.cString != nil, !path.bytes.isEmpty else { return nil }
        var head = path
        var tail: [[UInt8]] = []
        while true {
            if let name = head.cString, let real = realpath(name, nil) {
                defer { free(real) }
                let start = Array(UnsafeRawBufferPointer(start: real, count: strlen(real)))
                return tail.reversed().reduce(start) { $0 + ($0.last == 0x2F ? [] : [0x2F]) + $1 }
            }
            var rest = head.bytes
            while rest.last == 0x2F { rest.removeLast() }
            let last = BytePath(bytes: rest).lastComponent
            // Behind something that is not there, `..` leads nowhere.
            guard !rest.isEmpty, last.bytes != [0x2E, 0x2E], tail.count < 4096 else { return nil }
            if last.bytes != [0x2E] { tail.append(last.bytes) }
            head = BytePath(bytes: rest).folder
        }
    }
}
