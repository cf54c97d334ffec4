public import DecartAPI
import Glibc
import SandboxWalls
public import ScriptPermissions

extension Permissions {
    /// The path of a file that may be read: from the root, and through no symbolic link; nil for any other.
    func file(_ path: BytePath) -> [UInt8]? {
        guard let name = path.cString, let real = realpath(name, nil) else { return nil }
        defer { free(real) }
        let whole = Array(UnsafeRawBufferPointer(start: real, count: strlen(real)))
        return covers(.read, path: whole) ? whole : nil
    }

    /// Opens a file that may be read, whatever is put in its place meanwhile.
    ///
    /// - Returns: its descriptor, which the caller closes, and its whole path; nil where it may not be read, or is none.
    public func open(_ path: BytePath) -> (descriptor: Int32, path: [UInt8])? {
        guard let whole = file(path), case .success(let descriptor) = HandedFile.open(whole, O_RDONLY, empties: false)
        else { return nil }
        return (descriptor, whole)
    }
}
