import Glibc
internal import SystemPackage
import TemporaryFiles

/// A child process's standard input as a file without a name: written before the child starts, so that a child that
/// does not read it all is no matter (a pipe would raise SIGPIPE, or wait).
enum InputFile {
    /// Why the bytes could not be kept.
    struct Problem: Error, CustomStringConvertible {
        var folder: String
        var cause: any Error
        var description: String {
            "its input cannot be written to a file in \(folder): \(cause). TMPDIR names another folder."
        }
    }

    /// A descriptor at the start of these bytes, for the child to own.
    static func make(_ bytes: [UInt8]) throws -> FileDescriptor {
        // Closed to programs from the start: another thread may be starting one at this moment.
        guard !bytes.isEmpty else { return try .open("/dev/null", .readOnly, options: .closeOnExec) }
        do {
            let path = FilePath(try TemporaryFolder.process.newPath("input"))
            let file = try FileDescriptor.open(
                path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
            unlink(path.string)
            do {
                try file.writeAll(bytes)
                try file.seek(offset: 0, from: .start)
            } catch {
                try? file.close()
                throw error
            }
            return file
        } catch {
            throw Problem(folder: TemporaryFolder.process.parent, cause: error)
        }
    }
}
