public import DecartAPI

/// Where the bytes of a result go.
public enum ResultDestination: Hashable, Sendable {
    /// Into memory, or a temporary file where they are more than `ClientConfiguration.memoryLimit`.
    case automatic
    /// Into the file at that path, which is whole or not there. Its folder must exist; a file that is there already is
    /// replaced once the new one is whole. Behind a symbolic link it is the file that the link leads to.
    case path(BytePath)

    public static func path(_ text: String) -> ResultDestination { .path(BytePath(text)) }
}

extension QueueClient {
    /// Fetches a finished job's result. A download that breaks off goes on where it was, if the server allows it.
    ///
    /// - Parameter onProgress: called about every 100 ms and at the end with the bytes received and, where the server
    ///   says it, their whole number.
    /// - Throws: `JOB_NOT_COMPLETED` with `data["currentStatus"]`; `NOT_FOUND`; `NETWORK_ERROR`; `INVALID_OPTIONS` for
    ///   a path that cannot be written, before anything is fetched; `QUEUE_RESULT_ERROR` for any other refusal, and for
    ///   a disk that fails meanwhile; `CANCELLED`. None of them touches the job: its result can be fetched again.
    public func result(
        _ id: JobID, to destination: ResultDestination = .automatic,
        onProgress: (@Sendable (_ received: Int, _ total: Int?) -> Void)? = nil
    ) async throws(DecartError) -> Blob {
        do throws(DecartError) {
            switch destination {
            case .automatic: return try await collected(id, onProgress)
            case .path(let path): return try await saved(id, path, onProgress)
            }
        } catch {
            throw await explained(error, id)
        }
    }

    private func read(_ id: JobID) -> Requester.Read {
        Requester.Read(
            url: "\(requester.configuration.baseURL)/v1/jobs/\(id.pathSegment)/content", call: .result(id),
            streams: true)
    }

    private func collected(_ id: JobID, _ onProgress: Download.Progress?) async throws(DecartError) -> Blob {
        let sink = SpillingSink(
            bound: requester.configuration.memoryLimit, folder: requester.configuration.temporaryFolder,
            clock: requester.clock)
        let state = try await Download(requester: requester, read: read(id), sink: sink, onProgress: onProgress).run()
        var blob = sink.blob(type: state.contentType ?? MediaType.unknown, name: nil)
        blob.job = id
        return blob
    }

    private func saved(
        _ id: JobID, _ path: BytePath, _ onProgress: Download.Progress?
    ) async throws(DecartError) -> Blob {
        let call = Call.result(id)
        let file: AtomicFile
        do throws(FileWriteError) {
            file = try await AtomicFile.create(path, on: requester.clock)
        } catch {
            throw error.error(call)
        }
        let state = try await Download(requester: requester, read: read(id), sink: file, onProgress: onProgress).run()
        do throws(FileWriteError) {
            try await file.commit()
        } catch {
            await file.discard()
            throw error.error(call)
        }
        var blob = Blob(
            storage: .file(TemporaryFile(keeping: path), size: file.count),
            type: state.contentType ?? MediaType.unknown, name: path.lastComponent)
        blob.job = id
        return blob
    }

    /// A refusal's real reason is often that the job is not finished, and its status does not say so: asks once.
    private func explained(_ error: DecartError, _ id: JobID) async -> DecartError {
        guard let status = error.status, status != 401, status != 403, !Task.isCancelled else { return error }
        let job: JobReply
        do throws(DecartError) {
            job = try await self.status(id)
        } catch let other {
            return other.code == .notFound || other.code == .cancelled ? other : error
        }
        guard job.status != .completed else { return error }
        let advice =
            job.status == .failed
            ? "It has no result: submit it again if you want another try."
            : "It has no result yet: wait until its status is completed."
        var explained = DecartError(
            .jobNotCompleted, "Job \(id) is \(Excerpt.quoted(job.status.rawValue)). \(advice)", status: status,
            data: error.data)
        explained.data["currentStatus"] = .string(job.status.rawValue)
        return explained.about(job: id)
    }
}
