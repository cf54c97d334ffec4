import DecartAPI
import DecartClient
import Foundation
import JobFleet
import JobJournal
import JournaledClient
import RunClock
import SQLJournal
import SQLiteJournal
import SeededNumbers
import Synchronization

/// A worker's parts, with a journal in a folder that others may share, and a queue that does as it is told.
///
/// Its time is virtual, and goes on when nothing else is left to do. For that all of a test is on the main actor, whose
/// jobs run one after the other: what can go on has done so before time does, however busy the machine is.
@MainActor
final class Depot {
    /// What becomes of a POST; every job that is made is completed at once, and its result is its id.
    enum Reply: Sendable {
        case job
        case unreachable, lost
        case refused(Int)
    }

    /// What becomes of a GET that is not answered as usual.
    typealias Look = @Sendable (_ path: String, _ number: Int) -> Int?

    final class Queue: QueueTransport {
        private let reply: @Sendable (_ number: Int) -> Reply
        private let look: Look
        private let posts = Mutex(0)
        private let gets = Mutex<[String]>([])

        init(_ reply: @escaping @Sendable (Int) -> Reply, _ look: @escaping Look) {
            self.reply = reply
            self.look = look
        }

        var made: Int { posts.withLock { $0 } }
        var asked: [String] { gets.withLock { $0 } }

        func send(_ request: TransportRequest) async throws(TransportError) -> TransportReply {
            let path = String(request.url.dropFirst("https://queue.test".count))
            guard request.method == .post else {
                let number = gets.withLock { gets in
                    gets.append(path)
                    return gets.count
                }
                if let status = look(path, number) { return Self.json(status, ["detail": "no"]) }
                let id = String(path.split(separator: "/")[2])
                if path.hasSuffix("/content") {
                    return TransportReply(
                        status: 200, headers: [("content-type", "video/mp4"), ("content-length", "\(id.utf8.count)")],
                        body: .bytes(Array(id.utf8)))
                }
                return Self.json(200, ["job_id": .string(id), "status": "completed"])
            }
            let number = posts.withLock { posts in
                posts += 1
                return posts
            }
            switch reply(number) {
            case .unreachable: throw TransportError(.network, reach: .neverSent, reason: "connection refused")
            case .refused(let status): return Self.json(status, ["detail": "no"])
            case .lost:
                request.onSending?()
                throw TransportError(.network, reach: .maybeSent, reason: "reset")
            case .job:
                request.onSending?()
                return Self.json(200, ["job_id": .string("job-\(number)"), "status": "pending"])
            }
        }

        private static func json(_ status: Int, _ value: JSONValue) -> TransportReply {
            TransportReply(
                status: status, headers: [("content-type", "application/json")], body: .bytes(value.serialized()))
        }
    }

    let folder: String
    let queue: Queue
    let client: JournaledClient
    let journal: Journal
    let clock: VirtualClock
    let words = Words()
    private let driver: Task<Void, Never>

    final class Words: Sendable {
        private let kept = Mutex<[String]>([])
        var all: [String] { kept.withLock { $0 } }
        func add(_ words: String) { kept.withLock { $0.append(words) } }
    }

    /// A journal's store for a process of that name.
    typealias MakeStore = (JournalSession, any RunClock) -> SQLStore

    /// - Parameters:
    ///   - hold: is called around each commit, on the journal's thread.
    ///   - isDriven: whether time goes on by itself.
    ///   - look: the status of the answer to a GET that is not to be answered as usual.
    ///   - makeStore: nil for a file in the folder.
    init(
        in folder: String, cap: Money? = nil, isDriven: Bool = true,
        hold: (@Sendable (_ isCommitted: Bool) -> Void)? = nil,
        reply: @escaping @Sendable (Int) -> Reply = { _ in .job },
        look: @escaping Look = { _, _ in nil }, makeStore: MakeStore? = nil
    ) throws {
        self.folder = folder
        let clock = VirtualClock()
        self.clock = clock
        queue = Queue(reply, look)
        let run = Journal.Run(name: "work", isNamed: false)
        let session = JournalSession(
            id: UUID().uuidString, host: "host", pid: Int(getpid()), boot: nil, run: run.name, ownsRun: false,
            program: "test", startedAt: 0)
        let words = words
        let path = "\(folder)/jobs.sqlite"
        let store =
            makeStore?(session, clock)
            ?? SQLiteJournal.store(at: path, isDefault: false, session: session, clock: clock, moment: hold) {
                words.add($0)
            }
        journal = Journal(
            settings: Journal.Settings(kind: .named(path), run: run, runCap: cap), store: store, clock: clock
        ) { words.add($0) }
        let configuration = ClientConfiguration(
            apiKey: try APIKey("dct_secret"), baseURL: try BaseURL("https://queue.test"), maxRetries: 0)
        client = JournaledClient(
            DecartClient(configuration: configuration, transport: queue, clock: clock, chance: Chance(seed: 1)),
            journal: journal, clock: clock, chance: Chance(seed: 1))
        driver = Task { @MainActor in
            while isDriven, !Task.isCancelled {
                for _ in 0..<100 { await Task.yield() }
                clock.advanceToNextWake()
            }
        }
    }

    deinit { driver.cancel() }

    func worker(_ change: (inout Worker.Settings) -> Void = { _ in }) async throws -> Worker {
        var settings = Worker.Settings()
        settings.inputs = folder
        settings.results = folder
        settings.isOnce = true
        change(&settings)
        return try await Worker(client, settings, clock: clock, chance: Chance(seed: 1)) { [words] in words.add($0) }
    }

    /// Adds jobs of four seconds, $0.16 each.
    @discardableResult
    func add(_ count: Int, _ change: (inout JobOrder) -> Void = { _ in }) async throws -> [QueuedJob] {
        var orders: [JobOrder] = []
        for number in 1...count {
            var order = JobOrder(
                Submission(
                    model: try ModelCatalog.find(jobsOf: "lucy-2.5"),
                    inputs: ["prompt": .bytes(Array("prompt \(number)".utf8)), "data": .file(.path(try video()))]))
            order.terms.key = "shot-\(number)"
            order.terms.maxSeconds = 4
            change(&order)
            orders.append(order)
        }
        return try await client.enqueue(orders)
    }

    private func video() throws -> String {
        let path = "\(folder)/in.mp4"
        if !FileManager.default.fileExists(atPath: path) { try Data("a video".utf8).write(to: URL(filePath: path)) }
        return path
    }

    /// Does everything there is to do, one job after the other.
    func work(_ worker: Worker) async throws {
        while let row = try await worker.next() {
            try? await worker.bring(row)
            await worker.ended(row)
        }
    }

    func rows() async throws -> [JobRow] { try await journal.jobs(JobQuery()) }

    func states() async throws -> [JobState: Int] {
        try await rows().reduce(into: [:]) { $0[$1.state, default: 0] += 1 }
    }
}
