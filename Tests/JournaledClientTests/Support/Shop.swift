import DecartAPI
import DecartClient
import Foundation
import JobJournal
import JournaledClient
import RunClock
import SQLJournal
import SQLiteJournal
import SeededNumbers
import Synchronization

/// A client, its journal and its queue, all in one folder: what a process has that submits jobs.
struct Shop: Sendable {
    static let key = "dct_do_not_write_me_down"

    let client: JournaledClient
    let journal: Journal
    let store: SQLStore
    let queue: CountingQueue
    let warnings: Warnings

    final class Warnings: Sendable {
        private let kept = Mutex<[String]>([])
        var all: [String] { kept.withLock { $0 } }
        func add(_ words: String) { kept.withLock { $0.append(words) } }
    }

    /// - Parameters:
    ///   - step, commit: are called between any two steps.
    init(
        in folder: String, kind: Journal.Kind? = nil, run: Journal.Run = .init(name: "run", isNamed: false),
        cap: Money? = nil, dayCap: Money? = nil, clock: any RunClock = SystemClock(),
        queue: CountingQueue? = nil, apiKey: String = Shop.key, step: (@Sendable (SubmitStep) -> Void)? = nil,
        commit: (@Sendable (_ isCommitted: Bool) -> Void)? = nil
    ) throws {
        let warnings = Warnings()
        let path = "\(folder)/jobs.sqlite"
        let session = JournalSession(
            id: UUID().uuidString, host: "host", pid: Int(getpid()), boot: nil, run: run.name, ownsRun: run.isNamed,
            program: "test", startedAt: 0)
        store = SQLiteJournal.store(
            at: path, isDefault: false, session: session, clock: clock, moment: commit
        ) { warnings.add($0) }
        let kind = kind ?? .named(path)
        journal = Journal(
            settings: Journal.Settings(kind: kind, run: run, runCap: cap, dayCap: dayCap),
            store: kind == .off ? nil : store, clock: clock, step: step
        ) { warnings.add($0) }
        self.queue = queue ?? CountingQueue("\(folder)/posts")
        self.warnings = warnings
        let configuration = ClientConfiguration(
            apiKey: try APIKey(apiKey), baseURL: try BaseURL("https://queue.test"), maxRetries: 0)
        client = JournaledClient(
            DecartClient(configuration: configuration, transport: self.queue, clock: clock, chance: Chance(seed: 1)),
            journal: journal, clock: clock, chance: Chance(seed: 1))
    }

    func rows(_ query: JobQuery = JobQuery()) async throws -> [JobRow] { try await store.jobs(query) }

    /// A job of four seconds, $0.16, of a model that has a price.
    static func clip(_ prompt: String = "a sunset") throws -> Submission {
        Submission(
            model: ModelDefinition(
                name: "lucy-2.5", kind: .video, jobsPath: "/v1/jobs/lucy-2.5",
                generatePath: "/v1/generate/lucy-image-2"),
            inputs: ["prompt": .bytes(Array(prompt.utf8))])
    }

    static let clipCost = Money(micros: 160_000)

    static func terms(_ change: (inout SubmitTerms) -> Void = { _ in }) -> SubmitTerms {
        var terms = SubmitTerms()
        terms.maxSeconds = 4
        change(&terms)
        return terms
    }
}
