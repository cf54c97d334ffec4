public import DecartAPI
public import DecartClient
public import JobJournal

extension JournaledClient {
    /// Makes a picture at once, as `DecartClient.process` does, and writes it down as a submit is.
    ///
    /// - Throws: as that, and as `submit`; `NOT_FOUND` for a known key whose picture is on no disk any more.
    public func process(
        _ submission: Submission, _ terms: SubmitTerms = SubmitTerms()
    ) async throws(DecartError) -> JournaledResult {
        let (submission, seed) = try pinned(submission, terms)
        let prepared = try await client.prepareProcess(submission)
        if let elsewhere {
            let blob = try await elsewhere.process(prepared, terms, hasDrawnSeed: seed != nil)
            return JournaledResult(blob: blob, origin: nil)
        }
        return try await process(prepared, terms, hasDrawnSeed: seed != nil)
    }

    /// The same for inputs that have been checked, and for a seed that was drawn already.
    public func process(
        _ prepared: PreparedSubmission, _ terms: SubmitTerms, hasDrawnSeed: Bool
    ) async throws(DecartError) -> JournaledResult {
        switch try await ticket(prepared, terms, hasDrawnSeed: hasDrawnSeed) {
        case .unrecorded:
            return JournaledResult(blob: try await client.process(prepared), origin: nil)
        case .known(let row):
            guard let blob = await kept(row) else {
                throw DecartError(
                    .notFound,
                    "The picture of the job \(row.id) was made before and is not on disk, or was changed there; the "
                        + "server keeps none. Give another job another key.", data: ["id": .string(row.id)])
            }
            return JournaledResult(
                blob: blob, origin: .submission(row.submission), foundIn: JournaledResult.FoundIn(run: row.run))
        case .send(let sending):
            let blob: Blob
            do throws(DecartError) {
                blob = try await client.process(prepared)
            } catch {
                await conclude(sending, error)
                throw error
            }
            // A picture that is paid for and here is not lost because it cannot be read a second time.
            let digest: String? =
                switch blob.storage {
                case .memory(let bytes): RunningDigest.sha256(bytes)
                case .file(let file, _): try? await FileContent.read(file.path, measures: false, on: clock).sha256
                }
            await journal.generated(sending, size: blob.size, sha256: digest)
            return JournaledResult(blob: blob, origin: .submission(sending.row.submission))
        }
    }
}
