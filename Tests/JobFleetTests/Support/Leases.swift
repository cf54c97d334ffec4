import SQLJournal
import Synchronization

/// Says who lives as a database that several machines share does, but for the time: a test says when it is over.
final class Leases: SessionLocks {
    private let killed = Mutex<Set<String>>([])

    func kill(_ session: String?) {
        guard let session else { return }
        killed.withLock { _ = $0.insert(session) }
    }

    private func isKilled(_ session: String) -> Bool { killed.withLock { $0.contains(session) } }

    var needRenewal: Bool { true }
    func take(_ session: String, _ db: any SQLConnection) throws(SQLError) {}
    func renew(_ session: String, _ db: any SQLConnection) throws(SQLError) -> Bool { !isKilled(session) }
    func isAlive(_ session: String, _ db: any SQLConnection) throws(SQLError) -> Bool { !isKilled(session) }

    func dead(besides own: String, _ db: any SQLConnection) throws(SQLError) -> [String] {
        try db.run("select id from session where id <> $1", [.text(own)]).compactMap { $0[0].text }.filter(isKilled)
    }

    func release(_ session: String) {}
}
