import DecartAPI
public import JobJournal

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The file `accepted.log` beside a journal: ids of paid jobs that the journal could not take, one JSON object a line.
/// It is taken in, and removed, by the next process that writes to the journal.
///
/// Whoever changes it has a lock on it. The file may have been removed, or replaced by what was left of it, while
/// somebody waited for that lock: a line written then would go with the old file, so it is opened again.
public struct AcceptedLog: Sendable {
    public let path: String
    /// The journal's name: those of several may be in one file.
    private let journal: String

    public init(path: String, journal: String) {
        self.path = path
        self.journal = journal
    }

    /// Appends an accepted job and brings it to the disk; false if that cannot be done either, and then nothing of it
    /// is there.
    public func append(_ change: JobChange) -> Bool {
        guard case .submission(let submission) = change.subject, let id = change.jobID else { return false }
        let line: JSONValue = [
            "journal": .string(journal), "submission": .string(submission), "jobId": .string(id),
            "acceptedAt": .integer(change.at),
        ]
        guard let file = opened(making: true) else { return false }
        defer { close(file) }
        let size = lseek(file, 0, SEEK_END)
        guard size >= 0 else { return false }
        // A process that died in the middle of a line must not spoil the next one.
        var last = UInt8(ascii: "\n")
        if size > 0, pread(file, &last, 1, size - 1) != 1 { return false }
        let start = last == UInt8(ascii: "\n") ? [] : [UInt8(ascii: "\n")]
        guard Self.write(start + line.serialized() + [UInt8(ascii: "\n")], to: file), fdatasync(file) == 0 else {
            // Half a line would take the next one with it.
            ftruncate(file, size)
            return false
        }
        if size == 0 { Self.sync(folder) }
        return true
    }

    /// The jobs in it, and a call that takes out again what has a place in the journal by then.
    public func takeIn() -> (changes: [JobChange], done: @Sendable (_ taken: [JobChange]) -> Void) {
        guard let file = opened(making: false) else { return ([], { _ in }) }
        defer { close(file) }
        return (Self.lines(of: file).compactMap { change($0) }, { remove(Set($0)) })
    }

    /// Lines that came meanwhile stay, as do those of other journals.
    private func remove(_ taken: Set<JobChange>) {
        guard !taken.isEmpty, let file = opened(making: false) else { return }
        defer { close(file) }
        let left = Self.lines(of: file).filter { line in change(line).map { !taken.contains($0) } ?? true }
        if left.isEmpty {
            unlink(path)
            return
        }
        // In one step: what is left is not to be lost where this process dies in between.
        let next = "\(path).next"
        let copy = open(next, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard copy >= 0 else { return }
        let isCopied = Self.write(left.flatMap { $0 + [UInt8(ascii: "\n")] }, to: copy) && fsync(copy) == 0
        close(copy)
        guard isCopied, rename(next, path) == 0 else {
            unlink(next)
            return
        }
        Self.sync(folder)
    }

    private func change(_ line: [UInt8]) -> JobChange? {
        guard let json = try? JSONValue(parsing: line), json["journal"]?.text == journal,
            let submission = json["submission"]?.text, let id = json["jobId"]?.text,
            case .integer(let time)? = json["acceptedAt"]
        else { return nil }
        var change = JobChange(.submission(submission), .accept, at: time)
        change.jobID = id
        return change
    }

    // MARK: The file

    private var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The file that bears the name now, with a lock on it; nil where there is none, or it cannot be had.
    private func opened(making: Bool) -> Int32? {
        let flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW
        while true {
            var file = open(path, making ? flags | O_CREAT : flags, 0o600)
            if file < 0, errno == ENOENT, making {
                // The journal is elsewhere, and nothing has made this machine's folder yet.
                makeFolders()
                file = open(path, flags | O_CREAT, 0o600)
            }
            guard file >= 0 else { return nil }
            while flock(file, LOCK_EX) != 0 {
                guard errno == EINTR else {
                    close(file)
                    return nil
                }
            }
            var mine = stat()
            var named = stat()
            guard fstat(file, &mine) == 0 else {
                close(file)
                return nil
            }
            if lstat(path, &named) == 0, mine.st_dev == named.st_dev, mine.st_ino == named.st_ino { return file }
            close(file)
        }
    }

    private func makeFolders() {
        var made = folder.hasPrefix("/") ? "" : "."
        for part in folder.split(separator: "/") {
            made += "/\(part)"
            // The last one is the program's own.
            mkdir(made, made == folder ? 0o700 : 0o755)
        }
    }

    private static func lines(of file: Int32) -> [[UInt8]] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = pread(file, &buffer, buffer.count, off_t(bytes.count))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return bytes.split(separator: UInt8(ascii: "\n")).map(Array.init)
    }

    /// - Returns: false where not all of it could be written.
    private static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Brings a folder's list of names to the disk.
    private static func sync(_ folder: String) {
        let handle = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { return }
        fsync(handle)
        close(handle)
    }
}
