import Glibc
public import PlainErrors
internal import Synchronization

/// Tells when files change, by inotify: those that were named, be they there yet or not.
///
/// A file counts as changed when whoever wrote it closes it, or when another takes its place, which is how many editors
/// save. Its folder is watched rather than itself, for that very reason.
public final class FileWatch: Sendable {
    private struct Folder {
        var path: [UInt8]
        var names: Set<[UInt8]> = []
    }

    private let descriptor: Int32
    private let suffix: [UInt8]?
    private let folders = Mutex<[Int32: Folder]>([:])

    private static let events = UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_ONLYDIR)

    /// - Parameter suffix: a file of the folders counts although nobody has named it, if its name ends so.
    /// - Throws: if the system has no more of these to give.
    public init(alsoNamed suffix: String? = nil) throws(MessageError) {
        descriptor = inotify_init1(Int32(IN_CLOEXEC))
        self.suffix = suffix.map { Array($0.utf8) }
        guard descriptor >= 0 else {
            throw MessageError("files cannot be watched: \(String(cString: strerror(errno)))")
        }
    }

    /// From now on changes of this file are told. Of one that is a symbolic link, those of its target are told too.
    ///
    /// - Throws: if there is no such folder, or no more folders can be watched.
    public func add(_ path: [UInt8]) throws(MessageError) {
        try addEntry(path)
        let target = (path.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer -> [UInt8]? in
            guard let start = buffer.baseAddress, let resolved = realpath(start, nil) else { return nil }
            defer { free(resolved) }
            return Array(UnsafeRawBufferPointer(start: resolved, count: strlen(resolved)))
        }
        if let target { try addEntry(target) }
    }

    private func addEntry(_ path: [UInt8]) throws(MessageError) {
        let slash = path.lastIndex(of: UInt8(ascii: "/"))
        let folder = slash.map { $0 == 0 ? [UInt8(ascii: "/")] : Array(path[..<$0]) } ?? [UInt8(ascii: ".")]
        let name = Array(slash.map { path[($0 + 1)...] } ?? path[...])
        // The kernel answers with the same number for the same folder.
        let number = inotify_add_watch(descriptor, folder.map { CChar(bitPattern: $0) } + [0], Self.events)
        guard number >= 0 else {
            throw MessageError(
                "\(String(decoding: folder, as: UTF8.self)) cannot be watched: \(String(cString: strerror(errno)))")
        }
        folders.withLock { _ = $0[number, default: Folder(path: folder)].names.insert(name) }
    }

    /// Waits, on the calling thread, until a watched file has changed.
    ///
    /// - Returns: its path as it was named; empty if so much happened that the system lost count; nil if there is
    ///   nothing to wait for any more.
    public func next() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            if let path = changed(in: buffer[..<count]) { return path }
        }
    }

    private func changed(in events: ArraySlice<UInt8>) -> [UInt8]? {
        // wd, mask, cookie and len, of four bytes each, then the name, filled up with zeros.
        func number(at offset: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(events[offset + $1]) << (8 * UInt32($1)) }
        }
        var offset = events.startIndex
        while offset + 16 <= events.endIndex {
            let (folder, mask) = (Int32(bitPattern: number(at: offset)), number(at: offset + 4))
            let end = offset + 16 + Int(number(at: offset + 12))
            let name = Array(events[(offset + 16)..<end].prefix { $0 != 0 })
            offset = end
            if mask & UInt32(IN_Q_OVERFLOW) != 0 { return [] }
            let path = folders.withLock { folders -> [UInt8]? in
                // The folder has gone: should it come back, it is to be named again.
                if mask & UInt32(IN_IGNORED) != 0 { folders[folder] = nil }
                guard let known = folders[folder], isWatched(name, in: known) else { return nil }
                return known.path == [UInt8(ascii: ".")] ? name : known.path + [UInt8(ascii: "/")] + name
            }
            if let path { return path }
        }
        return nil
    }

    private func isWatched(_ name: [UInt8], in folder: Folder) -> Bool {
        folder.names.contains(name) || suffix.map { name.reversed().starts(with: $0.reversed()) } ?? false
    }

    deinit { close(descriptor) }
}
