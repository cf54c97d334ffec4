package import DecartAPI
import Glibc

/// What went wrong with a file or folder, in words.
package struct FileSystemError: Error {
    /// One clause, such as "permission denied".
    package var reason: String

    package init(_ reason: String) {
        self.reason = reason
    }

    init(_ error: SystemError) {
        reason = error.message
    }
}

/// Files and folders, by calls that block: they belong on `FileWork`'s threads.
package enum FileSystem {
    package enum Kind: String, Sendable {
        case file, directory, other
    }

    /// What is at a path, symbolic links followed.
    package struct Facts: Sendable {
        package var kind: Kind
        /// Bytes.
        package var size: Int
        /// When it was last written to, in milliseconds since 1970.
        package var modified: Double
    }

    package static func facts(of path: BytePath) throws(FileSystemError) -> Facts {
        let facts = try reporting { () throws(SystemError) in try FileFacts.of(path) }
        let kind: Kind =
            switch facts.kind {
            case .regular: .file
            case .folder: .directory
            case .other: .other
            }
        return Facts(kind: kind, size: facts.size, modified: (Double(facts.modified) / 1e6).rounded(.down))
    }

    /// All bytes of a regular file.
    ///
    /// - Parameter limit: how many there may be.
    package static func read(_ path: BytePath, limit: Int) throws(FileSystemError) -> [UInt8] {
        let file = try reporting { () throws(SystemError) in try OpenFile(reading: path) }
        let facts = try regular(file)
        var all: [UInt8] = []
        all.reserveCapacity(min(facts.size, limit))
        while true {
            // Not as many as its size says: files of the system's own say 0.
            let rest = max(facts.size - all.count, 64 << 10)
            let chunk = try reporting { () throws(SystemError) in try file.read(upTo: min(rest, 1 << 20)) }
            if chunk.isEmpty { return all }
            all += chunk
            guard all.count <= limit else {
                throw FileSystemError("it has more than \(limit) bytes; io.open reads it piece by piece")
            }
        }
    }

    /// Adds bytes at the end of a regular file, which is made if it is not there.
    package static func append(_ bytes: [UInt8], to path: BytePath) throws(FileSystemError) {
        let file = try reporting { () throws(SystemError) in try OpenFile(appendingTo: path) }
        _ = try regular(file)
        try reporting { () throws(SystemError) in try file.write(bytes) }
    }

    /// The names in a folder, sorted by their bytes.
    package static func names(in path: BytePath) throws(FileSystemError) -> [[UInt8]] {
        guard let name = path.cString else { throw FileSystemError(SystemError(code: EINVAL)) }
        guard let folder = opendir(name) else { throw FileSystemError(.last) }
        defer { closedir(folder) }
        return try entries(of: folder).sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Makes a folder and those above it; one that is there already is as good.
    package static func makeFolder(_ path: BytePath) throws(FileSystemError) {
        let name = try reporting { () throws(SystemError) in try path.forSystem() }
        if mkdir(name, 0o777) == 0 { return }
        let failure = SystemError.last
        switch failure.code {
        case EEXIST where (try? FileFacts.of(path))?.kind == .folder: return
        case EEXIST: throw FileSystemError("a file of that name is there")
        case ENOENT where path.trimmed.folder != path:
            try makeFolder(path.trimmed.folder)
            // Another program may have made it meanwhile.
            guard mkdir(name, 0o777) == 0 || errno == EEXIST else { throw FileSystemError(.last) }
        default: throw FileSystemError(failure)
        }
    }

    /// Removes a file, a symbolic link or an empty folder.
    ///
    /// - Parameter recursive: a folder with all that is in it; links in there are removed and not followed.
    package static func remove(_ path: BytePath, recursive: Bool) throws(FileSystemError) {
        // A slash at the end would follow a link.
        let name = try reporting { () throws(SystemError) in try path.trimmed.forSystem() }
        var facts = stat()
        guard lstat(name, &facts) == 0 else { throw FileSystemError(.last) }
        guard facts.st_mode & S_IFMT == S_IFDIR else {
            guard path == path.trimmed else { throw FileSystemError(SystemError(code: ENOTDIR)) }
            guard unlink(name) == 0 else { throw FileSystemError(.last) }
            return
        }
        if recursive {
            guard ![".", "..", ""].contains(path.trimmed.lastComponent) else {
                throw FileSystemError("that would remove the current folder, or one that it is in")
            }
            try removeContents(of: AT_FDCWD, name)
        }
        guard rmdir(name) == 0 else {
            let failure = SystemError.last
            guard failure.code == ENOTEMPTY || failure.code == EEXIST else { throw FileSystemError(failure) }
            throw FileSystemError("the folder is not empty; { recursive = true } removes what is in it")
        }
    }

    /// Gives a file or folder another name; a file of that name is replaced.
    package static func rename(_ path: BytePath, to new: BytePath) throws(FileSystemError) {
        let (from, to) = try reporting { () throws(SystemError) in (try path.forSystem(), try new.forSystem()) }
        guard Glibc.rename(from, to) != 0 else { return }
        let failure = SystemError.last
        switch failure.code {
        case EXDEV:
            throw FileSystemError("the new path is on another file system: write it there, then remove this one")
        case ENOTEMPTY, EEXIST: throw FileSystemError("a folder of the new name is there, and is not empty")
        case ENOENT where (try? FileFacts.of(path)) != nil:
            throw FileSystemError("there is no folder for the new name")
        default: throw FileSystemError(failure)
        }
    }

    // MARK: Parts

    private static func regular(_ file: OpenFile) throws(FileSystemError) -> FileFacts {
        let facts = try reporting { () throws(SystemError) in try file.facts() }
        switch facts.kind {
        case .regular: return facts
        case .folder: throw FileSystemError(SystemError(code: EISDIR))
        case .other: throw FileSystemError("it is a device, a pipe or a socket; io.open can use those")
        }
    }

    private static func entries(of folder: OpaquePointer) throws(FileSystemError) -> [[UInt8]] {
        var names: [[UInt8]] = []
        while true {
            errno = 0
            guard let entry = readdir(folder) else {
                guard errno == 0 else { throw FileSystemError(.last) }
                return names
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
        }
    }

    /// By descriptors, so that a folder that becomes a link meanwhile leads nowhere else.
    private static func removeContents(of parent: Int32, _ name: [CChar]) throws(FileSystemError) {
        let descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileSystemError(.last) }
        guard let folder = fdopendir(descriptor) else {
            let failure = SystemError.last
            close(descriptor)
            throw FileSystemError(failure)
        }
        defer { closedir(folder) }
        for entry in try entries(of: folder) {
            let name = entry.map { CChar(bitPattern: $0) } + [0]
            if unlinkat(descriptor, name, 0) == 0 { continue }
            let failure = SystemError.last
            guard failure.code == EISDIR || failure.code == EPERM else { throw inside(entry, failure) }
            do throws(FileSystemError) {
                try removeContents(of: descriptor, name)
            } catch {
                throw FileSystemError("\(error.reason), in \(Excerpt.quoted(entry, limit: 100))")
            }
            guard unlinkat(descriptor, name, AT_REMOVEDIR) == 0 else { throw inside(entry, .last) }
        }
    }

    private static func inside(_ entry: [UInt8], _ error: SystemError) -> FileSystemError {
        FileSystemError("\(error.message) for \(Excerpt.quoted(entry, limit: 100)) in it")
    }

    private static func reporting<Value>(
        _ body: () throws(SystemError) -> Value
    ) throws(FileSystemError) -> Value {
        do throws(SystemError) {
            return try body()
        } catch {
            throw FileSystemError(error)
        }
    }
}

extension BytePath {
    /// Without slashes at its end, which say no more than that it is a folder.
    fileprivate var trimmed: BytePath {
        var bytes = bytes
        while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        return BytePath(bytes: bytes)
    }
}
