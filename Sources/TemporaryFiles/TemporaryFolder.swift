import FoundationEssentials
import Glibc
import Synchronization
public import SystemPackage

/// A process's own folder for temporary files, made when the first of them is, and removed with all that is in it.
///
/// The folder is locked while the process lives. One that is not is left over from a process that was killed, and is
/// removed when another is made beside it, or by `sweep`.
public final class TemporaryFolder: Sendable {
    /// The one that all parts of this process share. It is removed when the process calls `exit` or returns from `main`;
    /// whoever ends the process with `_exit` calls `remove` first.
    public static let process = TemporaryFolder(in: systemFolder)

    /// Where temporary files belong: `TMPDIR` where that is an absolute path, else `/tmp`.
    public static var systemFolder: String {
        let named = getenv("TMPDIR").map { String(cString: $0) }
        return named.flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
    }

    private enum State {
        case unmade
        case made(path: String, lock: FileDescriptor)
        case removed
    }

    /// The folder that it is made in.
    public let parent: String
    private let state = Mutex(State.unmade)

    public init(in parent: String) {
        self.parent = parent
    }

    deinit {
        remove()
    }

    /// The folder's path, which exists now.
    /// - Throws: if it cannot be made; `.noSuchFileOrDirectory` also once it was removed.
    public func path() throws(Errno) -> String {
        let outcome = state.withLock { state -> Result<String, Errno> in
            switch state {
            case .made(let path, _): return .success(path)
            case .removed: return .failure(.noSuchFileOrDirectory)
            case .unmade:
                do throws(Errno) {
                    let (path, lock) = try make()
                    state = .made(path: path, lock: lock)
                    return .success(path)
                } catch {
                    return .failure(error)
                }
            }
        }
        return try outcome.get()
    }

    /// A path in the folder that nothing has yet.
    /// - Parameter kind: what its name begins with.
    /// - Throws: as `path`.
    public func newPath(_ kind: String) throws(Errno) -> String {
        "\(try path())/\(kind)-\(Self.randomName)"
    }

    /// Removes the folder with all that is in it. No other is made in its place.
    public func remove() {
        let made = state.withLock { state in
            defer { state = .removed }
            return state
        }
        guard case .made(let path, let lock) = made else { return }
        Self.removeAll(at: path)
        try? lock.close()
    }

    private func make() throws(Errno) -> (path: String, lock: FileDescriptor) {
        Self.sweep(parent)
        while true {
            let path = "\(parent)/\(Self.prefix)\(Self.randomName)"
            guard mkdir(path, 0o700) == 0 else { throw Errno(rawValue: errno) }
            // Another process may have taken it for a leftover in the moment before it was locked.
            guard let lock = Self.lock(path) else { continue }
            if self === Self.process { atexit { TemporaryFolder.process.remove() } }
            return (path, lock)
        }
    }

    static let prefix = "decart-lua-run-"

    private static var randomName: String {
        String(UInt64.random(in: .min ... .max), radix: 36)
    }

    /// Locks the folder; nil if another process has it, or it is gone. The lock ends with the process, however that ends.
    static func lock(_ path: String) -> FileDescriptor? {
        let options: FileDescriptor.OpenOptions = [.directory, .noFollow, .closeOnExec]
        guard let folder = try? FileDescriptor.open(FilePath(path), .readOnly, options: options) else { return nil }
        if flock(folder.rawValue, LOCK_EX | LOCK_NB) == 0, isSame(folder, path) { return folder }
        try? folder.close()
        return nil
    }

    /// Whether the folder of this user's that was opened is still the one at `path`.
    private static func isSame(_ folder: FileDescriptor, _ path: String) -> Bool {
        var (opened, named) = (stat(), stat())
        return fstat(folder.rawValue, &opened) == 0 && lstat(path, &named) == 0 && opened.st_ino == named.st_ino
            && opened.st_dev == named.st_dev && opened.st_uid == geteuid()
    }

    /// A thread or a program that is still at work there may make a file meanwhile.
    static func removeAll(at path: String) {
        for _ in 0..<100 where access(path, F_OK) == 0 {
            try? FileManager.default.removeItem(atPath: path)
        }
    }
}
