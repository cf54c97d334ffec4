import DecartAPI
import DecartClient
import JobJournal
import JournaledClient
import SandboxLink

// What a script may know of the journal: its own run's jobs, and what they cost.
extension KeeperSession {
    /// As many as an answer has room for.
    private static let jobLimit = 5000

    func journalAnswer(to question: LinkedQuestion) async -> LinkedAnswer {
        guard let journal = settings.paid?.journal else { return .journal(.null) }
        do throws(DecartError) {
            guard case .jobs(let wanted) = question else {
                let summary = try await journal.spendOfRun()
                let cap = summary.caps.first { if case .run = $0.scope { true } else { false } }
                return .journal([
                    "run": .number(summary.run.dollars),
                    "cap": .object(cap.map { ["run": .number($0.limit.dollars)] } ?? [:]),
                ])
            }
            var query = JobQuery(label: wanted["label"]?.text)
            query.name = wanted["name"]?.text
            query.states = wanted["state"]?.text.flatMap(JobState.init).map { [$0] }
            if case .integer(let since)? = wanted["since"] { query.since = since }
            // Whatever it has asked for.
            query.run = journal.settings.run.name
            query.limit = Self.jobLimit
            let found = try await journal.list(query)
            return .journal(.array(found.filter { $0.run == journal.settings.run.name }.map(\.json)))
        } catch {
            return .failed(error)
        }
    }

    /// How the result of a job of this run was made.
    func provenance(of text: String, _ size: Int, _ sha256: String) async -> LinkedAnswer {
        guard let paid = settings.paid, paid.journal.isLasting, let job = try? JobID(text),
            var row = await paid.journal.row(of: job, at: paid.client.configuration.baseURL.text),
            row.run == paid.journal.settings.run.name
        else { return .journal(.null) }
        row.resultBytes = size
        row.resultSHA256 = sha256
        return .journal(
            Sidecar.json(of: row, version: ClientConfiguration.version, savedAt: paid.journal.now))
    }
}
