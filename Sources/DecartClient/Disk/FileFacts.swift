import DecartAPI
import Glibc

/// What the system says of a file.
struct FileFacts: Hashable, Sendable {
    enum Kind: Sendable { case regular, folder, other }

    var kind: Kind
    /// Bytes.
    var size: Int
    /// When it was last written to, in nanoseconds since 1970.
    var modified: Int64
    var rights: mode_t

    init(_ facts: stat) {
        switch facts.st_mode & S_IFMT {
        case S_IFREG: kind = .regular
        case S_IFDIR: kind = .folder
        default: kind = .other
        }
        size = Int(facts.st_size)
        modified = Int64(facts.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(facts.st_mtim.tv_nsec)
        rights = facts.st_mode & 0o777
    }

    /// Follows symbolic links.
    static func of(_ path: BytePath) throws(SystemError) -> FileFacts {
        var facts = stat()
        guard stat(try path.forSystem(), &facts) == 0 else { throw SystemError.last }
        return FileFacts(facts)
    }
}
