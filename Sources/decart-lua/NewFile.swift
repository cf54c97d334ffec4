import DecartAPI
import DecartClient
import PlainErrors
import RunClock

/// A file that a command writes where the command line says.
enum NewFile {
    /// A file that stands there is replaced by a whole one or not at all. A link stays, and what is no regular file is
    /// refused.
    static func write(_ text: String, to path: BytePath) async throws(MessageError) {
        do throws(FileSystemError) {
            try await FileSystem.write(Array(text.utf8), to: path, on: SystemClock())
        } catch {
            throw unwritable(path, error)
        }
    }

    /// Makes a folder and those on the way to it, unless it is there.
    static func makeFolder(_ path: BytePath) throws(MessageError) {
        do throws(FileSystemError) {
            try FileSystem.makeFolder(path)
        } catch {
            throw unwritable(path, error)
        }
    }

    private static func unwritable(_ path: BytePath, _ error: FileSystemError) -> MessageError {
        MessageError("\(path) cannot be written: \(error.reason)")
    }
}
