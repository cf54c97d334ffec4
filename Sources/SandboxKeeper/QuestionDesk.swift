import Foundation
import Glibc
import SandboxLink
import SandboxWalls
import ScriptPermissions
import Synchronization

/// Asks the user one thing after the other, on a thread for that.
final class QuestionDesk: Sendable {
    private let permissions: Permissions
    private let prompt: any PermissionPrompt
    private let queue = DispatchQueue(label: "decart-lua.questions")
    private let said = Mutex(AskedPermissions())

    init(_ permissions: Permissions, _ prompt: any PermissionPrompt) {
        self.permissions = permissions
        self.prompt = prompt
    }

    /// What became of a file.
    enum Opened: Sendable {
        case descriptor(Int32, path: [UInt8])
        case failed(code: Int32)
        case refused
    }

    /// Opens a file if the user lets it.
    ///
    /// - Parameter done: called once, on the thread for questions.
    func open(_ opening: LinkedOpening, done: @escaping @Sendable (Opened) -> Void) {
        queue.async { [self] in done(open(opening)) }
    }

    private func open(_ opening: LinkedOpening) -> Opened {
        guard let path = Self.whole(opening.path) else { return .refused }
        let kinds = opening.way.kinds.filter { !permissions.covers($0, path: path) }
        guard !kinds.contains(where: { permissions.denies($0, path: path) }),
            isAllowed(PermissionQuestion(kinds: kinds, what: path))
        else { return .refused }
        var flags = opening.way.writes ? (opening.way.reads ? O_RDWR : O_WRONLY) : O_RDONLY
        if opening.way.makes { flags |= O_CREAT }
        if opening.way.appends { flags |= O_APPEND }
        switch HandedFile.open(path, flags, empties: opening.way.empties) {
        case .success(let descriptor): return .descriptor(descriptor, path: path)
        // Something else is there now than what was shown.
        case .failure(let number) where number.code == ELOOP: return .refused
        case .failure(let number): return .failed(code: number.code)
        }
    }

    /// Asks whether a host may be talked to.
    ///
    /// - Parameter done: called once, on the thread for questions.
    func host(_ rule: HostRule, done: @escaping @Sendable (Bool) -> Void) {
        queue.async { [self] in
            done(isAllowed(PermissionQuestion(kinds: [.net], what: Array(rule.description.utf8))))
        }
    }

    private func isAllowed(_ question: PermissionQuestion) -> Bool {
        guard !question.kinds.isEmpty else { return true }
        let (known, open) = said.withLock { ($0.known(question), $0.open(question)) }
        if let known { return known }
        let answer = prompt.ask(open)
        said.withLock { $0.answered(open, answer) }
        return answer != .no
    }

    /// Returns once nothing is asked any more.
    func finish() async {
        await withCheckedContinuation { continuation in queue.async { continuation.resume() } }
    }

    /// The path of what is there, or would be: from the root, and through no symbolic link. Nil for what no file can be
    /// at.
    private static func whole(_ path: [UInt8]) -> [UInt8]? {
        guard path.first == 0x2F, path.count < Int(PATH_MAX), !path.contains(0) else { return nil }
        if let real = real(path) { return real }
        guard errno == ENOENT, let slash = path.lastIndex(of: 0x2F) else { return nil }
        let name = path[(slash + 1)...]
        guard !name.isEmpty, name != [0x2E], name != [0x2E, 0x2E], name.count <= 255,
            let folder = real(slash == 0 ? [0x2F] : Array(path[..<slash]))
        else { return nil }
        let there = folder + (folder.last == 0x2F ? [] : [0x2F]) + name
        // A link that leads nowhere is there too.
        var facts = stat()
        return lstat(there.map { CChar(bitPattern: $0) } + [0], &facts) == 0 ? nil : there
    }

    private static func real(_ path: [UInt8]) -> [UInt8]? {
        guard let real = realpath(path.map { CChar(bitPattern: $0) } + [0], nil) else { return nil }
        defer { free(real) }
        return Array(UnsafeRawBufferPointer(start: real, count: strlen(real)))
    }
}
