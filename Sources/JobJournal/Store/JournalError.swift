/// Why the journal could not be read or written.
public struct JournalError: Error, Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// Another process held it for too long.
        case busy
        case diskFull
        /// The place cannot be written, or is on a network file system.
        case place
        /// A later version of the program has written it.
        case newerFormat
        /// It is not a journal, or was damaged.
        case damaged
        /// The database does not answer.
        case unreachable
        /// The database has no journal in it yet.
        case notMigrated
        /// The address, or something that has to be installed, is wrong: the reason says what to do.
        case setup
        /// Another process that lives has this run's name.
        case runInUse
        case other
    }

    public var kind: Kind
    /// A clause that goes on after "the journal FILE", such as "cannot be written: the disk is full".
    public var reason: String

    public init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }
}
