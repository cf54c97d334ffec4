import DecartAPI

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A refused system call.
struct SystemError: Error {
    /// `errno`.
    var code: Int32

    static var last: SystemError { SystemError(code: errno) }

    var message: String { systemMessage(code) }
}

/// What `code` means, in words that need no manual.
func systemMessage(_ code: Int32) -> String {
    switch code {
    case ENOENT: "no such file or folder"
    case EACCES, EPERM: "permission denied"
    case ENOTDIR: "a part of the path is not a folder"
    case EISDIR: "it is a folder"
    case ENOSPC: "the disk is full"
    case EDQUOT: "the disk quota is used up"
    case EROFS: "the file system is read-only"
    case EMFILE, ENFILE: "too many files are open"
    case ENAMETOOLONG: "the name is too long"
    case ELOOP: "too many symbolic links"
    default: "system error \(code)"
    }
}
