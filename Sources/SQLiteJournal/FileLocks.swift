import SQLJournal
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Says who lives by locks on files, which end with their process: a stopped process still has its own, a killed one's
/// is free at once, and no clock is asked.
final class FileLocks: SessionLocks {
    private let folder: String
    private let held = Mutex<[String: Int32]>([:])

    /// - Parameter folder: made when the first lock is taken.
    init(folder: String) {
        self.folder = folder
    }

    var needRenewal: Bool { false }

    func renew(_ session: String, _ db: any SQLConnection) throws(SQLError) -> Bool {
        // Whoever did not find its file, since somebody has cleared the folder, has taken the process for dead.
        guard held.withLock({ $0[session] != nil }) else { return false }
        return try !db.run("select id from session where id = $1", [.text(session)]).isEmpty
    }

    func dead(besides own: String, _ db: any SQLConnection) throws(SQLError) -> [String] {
        try db.run("select id from session where id <> $1", [.text(own)]).compactMap { $0[0].text }.filter {
            !isAlive($0)
        }
    }

    func take(_ session: String, _ db: any SQLConnection) throws(SQLError) { try take(session) }
    func isAlive(_ session: String, _ db: any SQLConnection) throws(SQLError) -> Bool { isAlive(session) }

    func take(_ session: String) throws(SQLError) {
        guard held.withLock({ $0[session] }) == nil else { return }
        if mkdir(folder, 0o700) != 0, errno != EEXIST { throw refused() }
        let file = open(path(session), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw refused() }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            throw SQLError(.other, "the session file \(path(session)) is locked by another process")
        }
        held.withLock { $0[session] = file }
    }

    func isAlive(_ session: String) -> Bool {
        if held.withLock({ $0[session] }) != nil { return true }
        let file = open(path(session), O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        // One that cannot be opened for another reason than that it is gone may be alive: its jobs stay its own.
        guard file >= 0 else { return errno != ENOENT }
        defer { close(file) }
        return flock(file, LOCK_EX | LOCK_NB) != 0
    }

    func release(_ session: String) {
        unlink(path(session))
        if let file = held.withLock({ $0.removeValue(forKey: session) }) { close(file) }
    }

    private func path(_ session: String) -> String { "\(folder)/\(session)" }

    private func refused() -> SQLError {
        SQLError(errno == ENOSPC ? .diskFull : .readOnly, "\(folder): \(String(cString: strerror(errno)))")
    }
}
