import DecartAPI
import Glibc
public import PlainErrors
import Synchronization
import SystemPackage

/// An HTTP Archive of a run, for the network panel of a browser's tools.
///
/// Each entry is written as its exchange ends, over the end of the file, which is then written again: so the file is
/// whole at any moment, whichever way the process ends. Only its owner may read it.
public final class HARFile: ExchangeObserver {
    private struct State {
        /// Where the next entry goes.
        var end: Int64
        var isEmpty = true
        var hasFailed = false
    }

    private let file: FileDescriptor
    private let shownPath: String
    private let warn: @Sendable (String) -> Void
    private let state: Mutex<State>

    /// Makes the file, or empties the one that is there if it is a trace of an earlier run.
    ///
    /// - Parameters:
    ///   - path: bytes, which need not be text.
    ///   - warn: is told once if the disk takes no more; the run goes on.
    /// - Throws: for a path that cannot be written, is not a regular file's, or is that of a file with other contents: a
    ///   name in the wrong place of a command line must not cost somebody a file.
    public init(_ path: [UInt8], warn: @escaping @Sendable (String) -> Void) throws(MessageError) {
        shownPath = String(decoding: path, as: UTF8.self)
        self.warn = warn
        do {
            file = try Self.open(path)
        } catch {
            throw MessageError("the trace cannot be written to '\(shownPath)': \(error)")
        }
        let head = HAREntry.head
        state = Mutex(State(end: Int64(head.count)))
        do {
            guard try Self.isOurs(file) else {
                throw MessageError("it is there already, and is no trace of decart-lua's. Name another file")
            }
            // One that is there may have been readable for all.
            guard fchmod(file.rawValue, S_IRUSR | S_IWUSR) == 0 else { throw Errno(rawValue: errno) }
            try file.resize(to: 0)
            try file.writeAll(toAbsoluteOffset: 0, head + HAREntry.tail)
        } catch {
            try? file.close()
            throw MessageError("the trace cannot be written to '\(shownPath)': \(error)")
        }
    }

    deinit { try? file.close() }

    private static func open(_ path: [UInt8]) throws -> FileDescriptor {
        guard !path.isEmpty, !path.contains(0) else { throw Errno.noSuchFileOrDirectory }
        let file = try FileDescriptor.open(
            FilePath(platformString: path.map { CChar(bitPattern: $0) } + [0]), .readWrite,
            options: [.create, .closeOnExec, .nonBlocking], permissions: .ownerReadWrite)
        do {
            // What cannot be written again at the same place is no file for this.
            var facts = stat()
            guard fstat(file.rawValue, &facts) == 0 else { throw Errno(rawValue: errno) }
            guard facts.st_mode & S_IFMT == S_IFREG else { throw MessageError("it is no regular file") }
            return file
        } catch {
            try? file.close()
            throw error
        }
    }

    /// Whether the file is empty, or begins as this or an earlier version has begun it.
    private static func isOurs(_ file: FileDescriptor) throws -> Bool {
        let mark = HAREntry.mark
        var bytes = [UInt8](repeating: 0, count: mark.count)
        let count = try bytes.withUnsafeMutableBytes { try file.read(fromAbsoluteOffset: 0, into: $0) }
        return count == 0 || bytes[..<count].elementsEqual(mark)
    }

    public func observe(_ exchange: Exchange) {
        let entry = HAREntry.json(exchange).serialized()
        let failure = state.withLock { state -> (any Error)? in
            guard !state.hasFailed else { return nil }
            let bytes = Array((state.isEmpty ? "\n" : ",\n").utf8) + entry
            do {
                try file.writeAll(toAbsoluteOffset: state.end, bytes + HAREntry.tail)
                state.end += Int64(bytes.count)
                state.isEmpty = false
                return nil
            } catch {
                state.hasFailed = true
                // What fitted before fits again.
                try? file.resize(to: state.end)
                _ = try? file.writeAll(toAbsoluteOffset: state.end, HAREntry.tail)
                return error
            }
        }
        if let failure { warn("the trace '\(shownPath)' ends here, and the run goes on: \(failure)") }
    }
}
