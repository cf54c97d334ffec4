internal import Glibc

/// Tells one state of a file from another.
struct FileMark: Hashable, Sendable {
    var isRegular: Bool
    /// Bytes.
    var size: Int
    /// Nanoseconds since 1970.
    var modified: Int64
    /// The file's identity: an editor may put another file in its place.
    private var number: UInt64

    /// nil if there is none, or it cannot be read.
    init?(_ path: String) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return nil }
        isRegular = facts.st_mode & S_IFMT == S_IFREG
        size = Int(facts.st_size)
        modified = Int64(facts.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(facts.st_mtim.tv_nsec)
        number = UInt64(facts.st_ino)
    }
}
