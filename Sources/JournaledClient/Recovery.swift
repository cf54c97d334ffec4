public import DecartAPI
import DecartClient
public import JobJournal
import RunClock

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Goes on with jobs that were paid for and left behind: looks at them until they are finished, and fetches what they
/// made. It never looks at a job's inputs again: their files may be gone.
public struct Recovery: Sendable {
    /// How a job ended.
    public enum Outcome: Hashable, Sendable {
        /// Its result can be fetched; it was only waited for.
        case completed
        /// Its result is in that file.
        case fetched(path: String)
        case failed(reason: String)
        /// The server does not know it any more.
        case expired
    }

    /// What happens to a job meanwhile.
    public enum Progress: Hashable, Sendable {
        case status(JobStatus)
        /// Bytes, and the whole number where the server says it.
        case received(Int, total: Int?)
    }

    let client: JournaledClient
    /// Where results go whose script gave them no path; nil: the current folder.
    let folder: String?
    /// What the file of such a result is called, without an ending; the job's id unless given.
    public var name: (@Sendable (JobRow) -> String)?
    /// The pause between two polls: what every public client of the service waits, unless given.
    public var interval: @Sendable () -> Duration = { .milliseconds(1500) }
    /// Whether results go nowhere but to the folder: where a job's row says otherwise, anybody may have written that who
    /// can write to the journal.
    public var keepsToFolder = false
    /// Asked before each request, and before a result gets its name: whether the job is still this process's. Unless
    /// given: whether the journal has it so, or its result was had before, which anybody may fetch again.
    public var mayGoOn: @Sendable (JobRow) -> Bool
    /// Called when the service answers 429.
    public var onThrottled: @Sendable () async -> Void = {}

    public init(_ client: JournaledClient, folder: String? = nil) {
        self.client = client
        self.folder = folder
        mayGoOn = { [journal = client.journal] row in row.state.hasResult || journal.owns(row) }
    }

    /// Takes over the jobs of this server and account that no living process has.
    ///
    /// - Parameter run: only that run's; nil: all.
    /// - Throws: `JOURNAL_UNAVAILABLE`.
    public func adopt(run: String? = nil) async throws(DecartError) -> [JobRow] {
        let journal = client.journal
        journal.use()
        return try await journal.adopt(
            run: run, server: client.server, key: client.client.configuration.apiKey.map { Array($0.secret.utf8) })
    }

    /// Whether a job of this server and account has a result that somebody has had already: its file may be gone since, or
    /// it never was in one.
    ///
    /// - Throws: `JOURNAL_UNAVAILABLE`.
    public func mayFetchAgain(_ row: JobRow) async throws(DecartError) -> Bool {
        guard row.state.hasResult, row.jobID != nil, row.server == client.server else { return false }
        let key = client.client.configuration.apiKey.map { Array($0.secret.utf8) }
        guard row.account == (try await client.journal.account(of: key)) else { return false }
        client.journal.follow(row)
        return true
    }

    /// Waits for a job and fetches its result, to the path that its script gave, or else as `<job_id>.<ext>`; beside a
    /// file that is there already, never over it.
    ///
    /// - Parameter fetches: whether the result is fetched; else the job is only waited for.
    /// - Throws: what ends the wait: `CANCELLED`, a refusal, a disk that cannot be written. The job is not touched.
    public func bring(
        _ row: JobRow, fetches: Bool = true, onProgress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) async throws(DecartError) -> Outcome {
        guard let text = row.jobID else { return .expired }
        let id = try JobID(text)
        if let path = row.result, await client.kept(row) != nil { return .fetched(path: path) }
        var known: JobStatus?
        while row.state != .completed || known != nil {
            try checkOwner(row, id)
            do throws(DecartError) {
                let reply = try await client.status(id)
                if reply.status != known { onProgress(.status(reply.status)) }
                known = reply.status
                if reply.status == .completed { break }
                if reply.status == .failed {
                    return .failed(reason: reply.members["error"]?.text ?? "Job failed")
                }
            } catch {
                if error.code == .notFound { return .expired }
                // Whatever may pass by itself is a missed look, and says nothing of the job.
                guard error.retryable else { throw error }
                if error.status == 429 { await onThrottled() }
            }
            do {
                try await client.clock.sleep(for: interval())
            } catch {
                throw DecartError(.cancelled, "Cancelled while waiting for job \(id). The job goes on.").about(job: id)
            }
        }
        return fetches ? try await fetch(row, id, onProgress) : .completed
    }

    private func checkOwner(_ row: JobRow, _ id: JobID) throws(DecartError) {
        guard mayGoOn(row) else {
            throw DecartError(
                .cancelled, "Another process has the job \(id) by now: this one could not be heard of for too long."
            ).about(job: id)
        }
    }

    /// Where the row says that the result is to go, if it may go there.
    private func givenPath(_ row: JobRow) -> String? {
        guard keepsToFolder else { return row.result }
        // It need not even be a place on this machine: another one may have written it.
        guard let path = row.result, let root = Self.resolved(folder ?? "."),
            let place = Self.resolved(Self.folder(of: path)), access(place, W_OK) == 0
        else { return nil }
        return place == root || root == "/" || place.hasPrefix(root + "/") ? path : nil
    }

    private static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private func fetch(
        _ row: JobRow, _ id: JobID, _ onProgress: @escaping @Sendable (Progress) -> Void
    ) async throws(DecartError) -> Outcome {
        let given = givenPath(row)
        let own = name?(row) ?? Self.name(of: id)
        let wanted = given ?? AbsolutePath.of(BytePath("\(folder ?? ".")/\(own)")).description
        // Beside its place, so that it can be given its name in one step that never replaces a file.
        let part = "\(Self.folder(of: wanted))/.\(Self.name(of: id)).fetched"
        try checkOwner(row, id)
        let blob: Blob
        do throws(DecartError) {
            blob = try await client.client.queue.result(id, to: .path(part)) { onProgress(.received($0, total: $1)) }
        } catch {
            if error.code == .notFound {
                await client.journal.gone(id, at: client.server)
                return .expired
            }
            throw error
        }
        do throws(DecartError) {
            try checkOwner(row, id)
        } catch {
            unlink(part)
            throw error
        }
        let named = given ?? "\(wanted).\(MediaType.fileExtension(of: blob.type) ?? "bin")"
        let path: String
        if await isSaved(row, at: named, as: part) {
            unlink(part)
            path = named
        } else {
            path = try Self.place(part, as: named)
        }
        await client.saved(.job(id), at: BytePath(path))
        return .fetched(path: path)
    }

    /// Whether a process that died just then has already given the same result its name, and no other job has.
    private func isSaved(_ row: JobRow, at path: String, as part: String) async -> Bool {
        guard access(path, F_OK) == 0 else { return false }
        let sidecar = await FileWork.run(on: client.clock) { () throws(Never) in SidecarFile.owner(of: path) }
        guard sidecar == nil || sidecar == row.id else { return false }
        do throws(DecartError) {
            let there = try await FileContent.read(BytePath(path), measures: false, on: client.clock)
            return try await FileContent.read(BytePath(part), measures: false, on: client.clock) == there
        } catch {
            return false
        }
    }

    /// An id as a part of a file's name.
    private static func name(of id: JobID) -> String {
        id.text.hasPrefix(".") ? "job\(id.text)" : id.text
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Gives a file its name, or the first of `name-2.mp4`, `name-3.mp4`, … that nobody has.
    ///
    /// - Parameter link: makes a second name for a file, as the system does it.
    static func place(
        _ part: String, as wanted: String, link: (String, String) -> Int32 = { Glibc.link($0, $1) }
    ) throws(DecartError) -> String {
        for number in 1...10_000 {
            let path = number == 1 ? wanted : numbered(wanted, number)
            if link(part, path) == 0 {
                unlink(part)
                return path
            }
            if errno == EEXIST { continue }
            // Some file systems, such as those of memory cards, give a file one name only.
            guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(errno) else { break }
            let file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o666)
            if file < 0, errno == EEXIST { continue }
            guard file >= 0 else { break }
            close(file)
            // The name is ours, and what it stands for is empty.
            if rename(part, path) == 0 { return path }
            let problem = errno
            unlink(path)
            errno = problem
            break
        }
        let reason = String(cString: strerror(errno))
        throw DecartError(
            .invalidOptions,
            "The result is in \(Excerpt.quoted(part, limit: 200)) and cannot be named \(Excerpt.quoted(wanted, limit: 200)): "
                + "\(reason).", cause: reason)
    }

    private static func numbered(_ path: String, _ number: Int) -> String {
        let slash = path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex
        guard let dot = path[slash...].lastIndex(of: "."), dot > slash else { return "\(path)-\(number)" }
        return "\(path[..<dot])-\(number)\(path[dot...])"
    }
}
