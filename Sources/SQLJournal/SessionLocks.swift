/// Who of the processes that use a journal is alive.
///
/// Calls are made in a transaction, on the connection's thread.
public protocol SessionLocks: Sendable {
    /// Whether a process is held for dead that does not renew.
    var needRenewal: Bool { get }
    /// Marks this process, which is in the journal already, as alive. Once.
    func take(_ session: String, _ db: any SQLConnection) throws(SQLError)
    /// Says that it still lives.
    ///
    /// - Returns: false if others may hold it for dead: then it is.
    func renew(_ session: String, _ db: any SQLConnection) throws(SQLError) -> Bool
    func isAlive(_ session: String, _ db: any SQLConnection) throws(SQLError) -> Bool
    /// Those in the journal, besides `own`, that are dead; none of them can come back before the transaction is over.
    func dead(besides own: String, _ db: any SQLConnection) throws(SQLError) -> [String]
    /// Forgets a process that is dead, or this one.
    func release(_ session: String)
}

/// For a journal that no other process can see.
public struct NoSessionLocks: SessionLocks {
    public init() {}
    public var needRenewal: Bool { false }
    public func take(_ session: String, _ db: any SQLConnection) throws(SQLError) {}
    public func renew(_ session: String, _ db: any SQLConnection) throws(SQLError) -> Bool { true }
    public func isAlive(_ session: String, _ db: any SQLConnection) throws(SQLError) -> Bool { true }
    public func dead(besides own: String, _ db: any SQLConnection) throws(SQLError) -> [String] { [] }
    public func release(_ session: String) {}
}
