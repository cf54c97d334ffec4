import DecartAPI
import Glibc
import SystemPackage

/// A refused system call.
struct SystemError: Error {
    /// `errno`.
    var code: Int32

    static var last: SystemError { SystemError(code: errno) }

    var message: String { systemMessage(code) }

    /// Why no file could be made at `path`.
    func reason(making path: BytePath) -> String {
        // It is the folder that is not there.
        code == ENOENT ? "there is no folder \(Excerpt.quoted(path.folder.bytes, limit: 200)); make it first" : message
    }

    /// What `body` comes to, with `Errno` as this.
    static func catching<Value>(_ body: () throws -> Value) throws(SystemError) -> Value {
        do {
            return try body()
        } catch let error as Errno {
            throw SystemError(code: error.rawValue)
        } catch {
            throw SystemError(code: EIO)
        }
    }
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
    case EINVAL: "it is not a usable path"
    case EBUSY: "it is in use"
    case ETXTBSY: "it is a program that is running"
    case ENXIO: "it is a device, a pipe or a socket"
    case EFBIG: "the file would be too large"
    case EIO: "the disk reports an error"
    case ELOOP: "too many symbolic links"
    default: "system error \(code)"
    }
}

extension BytePath {
    /// For a system call.
    func forSystem() throws(SystemError) -> [CChar] {
        guard let name = cString else { throw SystemError(code: EINVAL) }
        return name
    }
}
