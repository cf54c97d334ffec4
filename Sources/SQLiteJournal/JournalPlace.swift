import JobJournal

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where a journal's file is, and whether a journal can be there.
struct JournalPlace: Sendable {
    var path: String
    /// Whether it is the program's own place, which it makes and keeps closed to others.
    var isDefault: Bool

    var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// Makes the file, and the default's folder, closed to others.
    func prepare() throws(JournalError) {
        if isDefault {
            try makeFolders()
            // Other files of the program's made the folder open to all in earlier versions.
            chmod(folder, 0o700)
        }
        guard access(folder, F_OK) == 0 else {
            throw JournalError(.place, "cannot be opened: it \(Self.problem())")
        }
        guard !Self.isOnNetwork(folder) else {
            throw JournalError(
                .place, "cannot be used: \(folder) is on a network file system, where its locks do not hold")
        }
        let file = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw JournalError(errno == ENOSPC ? .diskFull : .place, "cannot be opened: it \(Self.problem())")
        }
        close(file)
    }

    /// Refuses what is no file: to open a pipe is to wait for whoever is at its other end.
    func checkKind() throws(JournalError) {
        var facts = stat()
        guard stat(path, &facts) == 0, facts.st_mode & S_IFMT != S_IFREG else { return }
        let kind = facts.st_mode & S_IFMT == S_IFDIR ? "a folder" : "a device, a pipe or a socket"
        throw JournalError(.place, "cannot be opened: it is \(kind)")
    }

    private func makeFolders() throws(JournalError) {
        var made = ""
        for part in folder.split(separator: "/") {
            made += "/\(part)"
            // Those above are of the system's kind; the last one is ours alone.
            if mkdir(made, made == folder ? 0o700 : 0o755) != 0, errno != EEXIST {
                // One that exists may be refused for another reason first.
                guard access(made, F_OK) != 0 else { continue }
                throw JournalError(.place, "cannot be made: the folder \(made) \(Self.problem())")
            }
        }
    }

    private static let networkTypes: Set<String> = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "afs", "fuse.sshfs", "fuse.glusterfs",
    ]

    /// Whether the file system of `folder` is another machine's, as far as the system tells.
    private static func isOnNetwork(_ folder: String) -> Bool {
        guard let resolved = realpath(folder, nil) else { return false }
        defer { free(resolved) }
        let path = String(cString: resolved)
        guard let stream = fopen("/proc/self/mountinfo", "re") else { return false }
        defer { fclose(stream) }
        var line = [CChar](repeating: 0, count: 8192)
        var best = (length: -1, type: "")
        // 36 35 98:0 /root /mount/point options … - type source options
        while fgets(&line, Int32(line.count), stream) != nil {
            let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                .split(separator: " ")
            guard words.count > 6, let dash = words.firstIndex(of: "-"), dash + 1 < words.count else { continue }
            let point = words[4].replacing("\\040", with: " ")
            let isAbove = point == "/" || path == point || path.hasPrefix(point + "/")
            // Of mounts on one place the last is the one that shows.
            if isAbove, point.utf8.count >= best.length { best = (point.utf8.count, String(words[dash + 1])) }
        }
        return networkTypes.contains(best.type)
    }

    private static func problem() -> String {
        switch errno {
        case ENOENT: "is in no folder that exists"
        case EACCES, EPERM: "may not be written by this user"
        case EROFS: "is on a file system that is read-only"
        case EISDIR: "is a folder"
        case ENOTDIR: "has something in its path that is not a folder"
        case ENOSPC: "has no room: the disk is full"
        default: "is refused by the system: \(String(cString: strerror(errno)))"
        }
    }

    /// Whether all of the journal is in its file: nothing waits beside it to be brought there.
    var isWhole: Bool {
        var facts = stat()
        guard stat(path, &facts) == 0, facts.st_size > 0 else { return false }
        return stat("\(path)-wal", &facts) != 0 || facts.st_size == 0
    }

    // MARK: Damage

    /// Puts a file that is no database aside, under another name beside it.
    ///
    /// - Returns: where it is now; nil if it is a database, or nothing yet.
    func putDamagedAside(now: Int64) throws(JournalError) -> String? {
        let guarding = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard guarding >= 0 else { return nil }
        defer { close(guarding) }
        // Two processes that find the damage at once must not put the new journal aside too.
        flock(guarding, LOCK_EX)
        guard hasDamagedHeader() else { return nil }
        guard isDefault || [".sqlite", ".sqlite3", ".db"].contains(where: path.hasSuffix) else {
            throw JournalError(.damaged, "is not a journal: the file is something else, and was left as it is")
        }
        let aside = "\(path).damaged-\(UTC.text(now).filter { $0 != ":" })"
        guard rename(path, aside) == 0 else {
            throw JournalError(.damaged, "is damaged, and cannot be put aside: it \(Self.problem())")
        }
        for end in ["-wal", "-shm"] { rename(path + end, aside + end) }
        return aside
    }

    private func hasDamagedHeader() -> Bool {
        guard let file = fopen(path, "re") else { return false }
        defer { fclose(file) }
        var header = [UInt8](repeating: 0, count: 16)
        let count = fread(&header, 1, 16, file)
        return count > 0 && !header.elementsEqual(Array("SQLite format 3".utf8) + [0])
    }
}
