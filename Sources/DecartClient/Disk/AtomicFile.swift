import DecartAPI
import Glibc
import RunClock
import Synchronization

/// A file that is either whole under its name or not there: it grows under another name in the same folder, is brought
/// to the disk, and only then takes its own name. Let go without `commit`, it leaves nothing behind.
///
/// While it grows only its owner may read it. In the end it has the rights of the file it replaces, else those that
/// the user's umask leaves.
final class AtomicFile: ByteSink {
    let path: BytePath
    /// `path`, or where it leads to as a symbolic link: the link stays.
    private let target: BytePath
    private let partPath: BytePath
    private let file: WriteBehind
    private let rights: mode_t
    private let clock: any RunClock
    private let isDone = Mutex(false)

    private init(
        path: BytePath, target: BytePath, partPath: BytePath, file: OpenFile, rights: mode_t, clock: any RunClock
    ) {
        self.path = path
        self.target = target
        self.partPath = partPath
        self.file = WriteBehind(file, clock: clock)
        self.rights = rights
        self.clock = clock
    }

    deinit {
        if !isDone.withLock({ $0 }) { removePart() }
    }

    /// Finds out whether `path` can be written by making the file beside it.
    static func create(_ path: BytePath, on clock: any RunClock) async throws(FileWriteError) -> AtomicFile {
        try await FileWork.run(on: clock) { () throws(FileWriteError) in
            // To the system a path ends at its first NUL, and an empty one would put the part into the current folder.
            guard !path.bytes.isEmpty, !path.bytes.contains(0) else {
                throw unwritable(path, "it is empty or has a NUL in it")
            }
            let target: BytePath
            do throws(SystemError) {
                target = try path.followingLinks()
            } catch {
                throw unwritable(path, error.message)
            }
            let existing = try? FileFacts.of(target)
            switch existing?.kind {
            case .folder?: throw unwritable(path, "it is a folder")
            case .other?: throw unwritable(path, "it is not a regular file")
            case .regular?, nil: break
            }
            do throws(SystemError) {
                let partPath = Self.partPath(of: target)
                let file = try OpenFile(creating: partPath)
                let own = try file.facts().rights
                let atomic = AtomicFile(
                    path: path, target: target, partPath: partPath, file: file, rights: existing?.rights ?? own,
                    clock: clock)
                try file.setRights(0o600)
                return atomic
            } catch {
                throw unwritable(path, error.reason(making: target))
            }
        }
    }

    private static func unwritable(_ path: BytePath, _ reason: String) -> FileWriteError {
        FileWriteError(path: path, reason: reason, isDestination: true)
    }

    var count: Int { file.count }

    func write(_ bytes: [UInt8]) async throws(FileWriteError) {
        try await reporting { () async throws(SystemError) in try await file.write(bytes) }
    }

    func takeBuffer() -> [UInt8] { file.takeBuffer() }

    func restart() async throws(FileWriteError) {
        try await reporting { () async throws(SystemError) in try await file.rewind() }
    }

    func finish() async throws(FileWriteError) {
        try await reporting { () async throws(SystemError) in try await file.finish() }
    }

    /// Gives the whole file its name.
    func commit() async throws(FileWriteError) {
        try await finish()
        try await work { () throws(SystemError) in
            try self.file.file.setRights(self.rights)
            try self.file.file.synchronize()
            guard rename(try self.partPath.forSystem(), try self.target.forSystem()) == 0 else {
                throw SystemError.last
            }
            self.isDone.withLock { $0 = true }
            // The name is the folder's content. Some file systems cannot bring a folder to the disk; the file itself
            // is there by now, and a failure here must not say otherwise.
            try? OpenFile(folder: self.target.folder).synchronize()
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
            if !wasDone { self.removePart() }
        }
    }

    private func work(_ body: @escaping @Sendable () throws(SystemError) -> Void) async throws(FileWriteError) {
        try await reporting { () async throws(SystemError) in try await FileWork.run(on: clock, body) }
    }

    private func reporting(_ body: () async throws(SystemError) -> Void) async throws(FileWriteError) {
        do throws(SystemError) {
            try await body()
        } catch {
            throw FileWriteError(path: path, reason: error.message, isDestination: false)
        }
    }

    private func removePart() {
        if let name = partPath.cString { unlink(name) }
    }

    /// Beside `target`, so that the last step is a rename within one file system; unlike any other writer's.
    private static func partPath(of target: BytePath) -> BytePath {
        let mark = Array(("." + String(UInt64.random(in: .min ... .max), radix: 36) + ".part").utf8)
        let name = target.lastComponent.bytes
        // A name may have 255 bytes.
        let kept = name.count + mark.count <= 255 ? name : Array("result".utf8)
        return target.folder.appending(BytePath(bytes: kept + mark))
    }
}
