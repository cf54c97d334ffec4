import DecartAPI
import RunClock
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that is either whole under its name or not there: it grows under another name in the same folder, is brought
/// to the disk, and only then takes its own name. Let go without `commit`, it leaves nothing behind.
///
/// While it grows only its owner may read it. In the end it has the rights of the file it replaces, else those that
/// the user's umask leaves.
final class AtomicFile: ByteSink {
    let path: String
    private let partPath: String
    private let file: WriteBehind
    private let rights: mode_t
    private let clock: any RunClock
    private let isDone = Mutex(false)

    private init(path: String, partPath: String, file: OpenFile, rights: mode_t, clock: any RunClock) {
        self.path = path
        self.partPath = partPath
        self.file = WriteBehind(file, clock: clock)
        self.rights = rights
        self.clock = clock
    }

    deinit {
        if !isDone.withLock({ $0 }) { unlink(partPath) }
    }

    /// Finds out whether `path` can be written by making the file beside it.
    static func create(_ path: String, on clock: any RunClock) async throws(FileProblem) -> AtomicFile {
        try await FileWork.run(on: clock) { () throws(FileProblem) in
            // To the system a path ends at its first NUL, and an empty one would put the part into the current folder.
            guard !path.isEmpty, !path.utf8.contains(0) else {
                throw FileProblem(path: path, reason: "it is empty or has a NUL in it", isDestination: true)
            }
            let existing = try? FileFacts.of(path)
            switch existing?.kind {
            case .folder?: throw FileProblem(path: path, reason: "it is a folder", isDestination: true)
            case .other?: throw FileProblem(path: path, reason: "it is not a regular file", isDestination: true)
            case .regular?, nil: break
            }
            do throws(SystemError) {
                let partPath = Self.partPath(of: path)
                let file = try OpenFile(creating: partPath)
                let rights = existing?.rights
                let own = try file.facts().rights
                let atomic = AtomicFile(path: path, partPath: partPath, file: file, rights: rights ?? own, clock: clock)
                try file.setRights(0o600)
                return atomic
            } catch {
                throw FileProblem(path: path, reason: error.message, isDestination: true)
            }
        }
    }

    var count: Int { file.count }

    func write(_ bytes: [UInt8]) async throws(FileProblem) {
        try await told { () async throws(SystemError) in try await file.write(bytes) }
    }

    func takeBuffer() -> [UInt8] { file.takeBuffer() }

    func restart() async throws(FileProblem) {
        try await told { () async throws(SystemError) in try await file.rewind() }
    }

    func finish() async throws(FileProblem) {
        try await told { () async throws(SystemError) in try await file.finish() }
    }

    /// Gives the whole file its name.
    func commit() async throws(FileProblem) {
        try await finish()
        try await work { () throws(SystemError) in
            try self.file.file.setRights(self.rights)
            try self.file.file.synchronize()
            guard rename(self.partPath, self.path) == 0 else { throw SystemError.last }
            self.isDone.withLock { $0 = true }
            // The name is the folder's content. Some file systems cannot bring a folder to the disk; the file itself
            // is there by now, and a failure here must not say otherwise.
            try? OpenFile(folder: Self.folder(of: self.path)).synchronize()
        }
    }

    /// Removes what there is. Nothing to do after `commit`.
    func discard() async {
        // What went wrong with bytes that nobody wants is of no interest.
        try? await file.finish()
        await FileWork.run(on: clock) {
            let wasDone = self.isDone.withLock { done in
                defer { done = true }
                return done
            }
            if !wasDone { unlink(self.partPath) }
        }
    }

    private func work(_ body: @escaping @Sendable () throws(SystemError) -> Void) async throws(FileProblem) {
        try await told { () async throws(SystemError) in try await FileWork.run(on: clock, body) }
    }

    private func told(_ body: () async throws(SystemError) -> Void) async throws(FileProblem) {
        do throws(SystemError) {
            try await body()
        } catch {
            throw FileProblem(path: path, reason: error.message, isDestination: false)
        }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Beside `path`, so that the last step is a rename within one file system; unlike any other writer's.
    private static func partPath(of path: String) -> String {
        let name = path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
        let mark = "." + String(UInt64.random(in: .min ... .max), radix: 36) + ".part"
        // A name may have 255 bytes.
        let kept = String(decoding: name.utf8.prefix(255 - mark.utf8.count), as: UTF8.self)
        return folder(of: path) + "/" + (kept.utf8.count + mark.utf8.count <= 255 ? kept : "result") + mark
    }
}
