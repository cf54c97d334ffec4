public import DecartAPI
public import DecartClient
public import JobJournal

/// Does what costs somewhere else: in a process that has the key and the journal.
public protocol PaidWork: Sendable {
    /// As `JournaledClient.submit`, of what has been checked already.
    ///
    /// - Parameters:
    ///   - hasDrawnSeed: whether a seed among the fields was drawn, and not asked for.
    ///   - limit: how long it may take.
    func submit(
        _ prepared: PreparedSubmission, _ terms: SubmitTerms, hasDrawnSeed: Bool, limit: Duration?
    ) async throws(DecartError) -> JournaledJob

    /// As `JournaledClient.process`.
    func process(
        _ prepared: PreparedSubmission, _ terms: SubmitTerms, hasDrawnSeed: Bool
    ) async throws(DecartError) -> Blob

    /// What is written beside the result of a job: how it was made, and with what.
    ///
    /// - Parameters:
    ///   - size: of the result, in bytes.
    ///   - sha256: its digest, in hexadecimal digits.
    /// - Returns: nil where nobody knows.
    func provenance(of job: JobID, size: Int, sha256: String) async -> JSONValue?
}
