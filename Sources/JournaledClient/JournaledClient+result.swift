public import DecartAPI
public import DecartClient
import JobJournal

/// A result, and the job that it is of.
public struct JournaledResult: Sendable {
    public var blob: Blob
    /// For `saved`; nil where there is no journal.
    public var origin: Origin?
    /// Of a picture that was found again: the run that it was made in.
    public var foundIn: FoundIn?

    public struct FoundIn: Hashable, Sendable {
        /// Nil where it has none.
        public var run: String?
    }

    /// Which row a result belongs to.
    public enum Origin: Hashable, Sendable {
        case job(JobID)
        case submission(String)
    }

    public init(blob: Blob, origin: Origin?, foundIn: FoundIn? = nil) {
        self.blob = blob
        self.origin = origin
        self.foundIn = foundIn
    }
}

extension JournaledClient {
    /// Fetches a finished job's result, as `QueueClient.result` does. That of a job which was found again comes from
    /// the disk, where the file still is what was fetched.
    ///
    /// - Throws: as that.
    public func result(
        _ id: JobID, to destination: ResultDestination = .automatic,
        onProgress: (@Sendable (_ received: Int, _ total: Int?) -> Void)? = nil
    ) async throws(DecartError) -> JournaledResult {
        if let row = journal.replayed(id, at: server), let blob = await kept(row) {
            return try await JournaledResult(blob: deliver(blob, of: id, to: destination), origin: .job(id))
        }
        if case .path(let path) = destination {
            await journal.willFetch(id, at: server, to: AbsolutePath.of(path).description)
        }
        let blob: Blob
        do throws(DecartError) {
            blob = try await client.queue.result(id, to: destination, onProgress: onProgress)
        } catch {
            if error.code == .notFound { await journal.gone(id, at: server) }
            throw error
        }
        if case .path(let path) = destination {
            await saved(.job(id), at: path)
        } else {
            await journal.saw(JobReply(id: id, status: .completed, members: [:]), at: server)
        }
        return JournaledResult(blob: blob, origin: .job(id))
    }

    /// A result has been saved at `path`: writes the file beside it, and then that it is on disk.
    public func saved(_ origin: JournaledResult.Origin, at path: BytePath) async {
        if let elsewhere { return await writeSidecar(origin, at: path, elsewhere) }
        let row: JobRow?
        switch origin {
        case .job(let id): row = await journal.row(of: id, at: server)
        case .submission(let submission): row = await journal.row(submission: submission)
        }
        guard var row else { return }
        let content: FileContent
        do throws(DecartError) {
            content = try await FileContent.read(path, measures: true, on: clock)
        } catch {
            return journal.tell("the result at \(path) could not be read again: \(error.message)")
        }
        let path = AbsolutePath.of(path).description
        journal.reached(.resultSaved)
        if writesSidecars, journal.isLasting {
            row.result = path
            row.resultBytes = content.size
            row.resultSHA256 = content.sha256
            await SidecarFile(result: path, clock: clock).write(
                Sidecar.json(of: row, version: ClientConfiguration.version, savedAt: journal.now)
            ) { journal.tell($0) }
            journal.reached(.sidecarWritten)
        }
        switch origin {
        case .job(let id):
            await journal.fetched(
                id, at: server, path: path, size: content.size, sha256: content.sha256, seconds: content.seconds)
        case .submission(let submission):
            await journal.saved(submission: submission, path: path, size: content.size, sha256: content.sha256)
        }
    }

    /// The file beside a result whose job is written down elsewhere.
    private func writeSidecar(_ origin: JournaledResult.Origin, at path: BytePath, _ elsewhere: any PaidWork) async {
        let path = AbsolutePath.of(path)
        guard writesSidecars, case .job(let id) = origin, mayWrite(BytePath("\(path).json")) else { return }
        let content: FileContent
        do throws(DecartError) {
            content = try await FileContent.read(path, measures: false, on: clock)
        } catch {
            // What may be written need not be readable.
            return
        }
        guard let json = await elsewhere.provenance(of: id, size: content.size, sha256: content.sha256) else { return }
        await SidecarFile(result: path.description, clock: clock).write(json) { journal.tell($0) }
    }

    /// A result that is on no disk has served its purpose: its script has ended well.
    public func consumed(_ origin: JournaledResult.Origin) async {
        guard case .job(let id) = origin else { return }
        await journal.consumed(id, at: server)
    }

    /// The result of a job as it lies on this disk, if it is still what was fetched.
    func kept(_ row: JobRow) async -> Blob? {
        guard row.state == .fetched, let path = row.result, let digest = row.resultSHA256 else { return nil }
        do throws(DecartError) {
            let content = try await FileContent.read(BytePath(path), measures: false, on: clock)
            guard content.sha256 == digest else { return nil }
            var blob = Blob(
                storage: .file(TemporaryFile(keeping: BytePath(path)), size: content.size),
                type: MediaType.ofFile(named: path),
                name: BytePath(path).lastComponent)
            blob.job = row.jobID.flatMap { try? JobID($0) }
            return blob
        } catch {
            return nil
        }
    }

    private func deliver(
        _ blob: Blob, of id: JobID, to destination: ResultDestination
    ) async throws(DecartError) -> Blob {
        guard case .path(let path) = destination, case .file(let file, _) = blob.storage,
            AbsolutePath.of(path) != file.path
        else { return blob }
        try await blob.save(to: path, on: clock)
        await saved(.job(id), at: path)
        var copy = blob
        copy.storage = .file(TemporaryFile(keeping: path), size: blob.size)
        copy.name = path.lastComponent
        return copy
    }
}
