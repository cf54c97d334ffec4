import DecartAPI
import DecartClient
import Foundation
import JobJournal
import JournaledClient
import RunClock
import SQLiteJournal
import TestSupport
import Testing

private struct NoError: Error {}

private func failure<Value>(_ body: () async throws(DecartError) -> Value) async throws -> DecartError {
    do throws(DecartError) {
        _ = try await body()
    } catch {
        #expect(!"\(error) \(error.data)".contains(Shop.key))
        return error
    }
    throw NoError()
}

@Suite(.timeLimit(.minutes(5)))
struct JournaledSubmitTests {
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
    }

    private func shop(_ reply: @escaping @Sendable (Int) -> CountingQueue.Reply = { _ in .job }) throws -> Shop {
        try Shop(in: folder.path, queue: CountingQueue(folder.file("posts"), reply: reply))
    }

    @Test("A submit is written down before it is sent, and its id before it is told")
    func order() async throws {
        let shop = try shop()
        let job = try await shop.client.submit(try Shop.clip(), Shop.terms { $0.label = "teaser" })
        let row = try #require(try await shop.rows().first)
        #expect(row.state == .accepted)
        #expect(row.jobID == job.reply.id.text)
        #expect(row.charge == Shop.clipCost)
        #expect(row.label == "teaser")
        #expect(row.inputs["prompt"] == "a sunset")
        #expect(!job.isReplayed)
        #expect(shop.warnings.all.isEmpty)
    }

    @Test("The API key is in no file of the journal's")
    func keyStaysOut() async throws {
        let shop = try shop()
        let job = try await shop.client.submit(try Shop.clip(), Shop.terms { $0.key = "k" })
        _ = try await shop.client.result(job.reply.id, to: .path(folder.file("a.mp4")))
        for name in folder.names {
            guard let bytes = folder.bytes(name) else { continue }
            #expect(bytes.range(of: Data(Shop.key.utf8)) == nil, "\(name)")
        }
    }

    @Test(
        "A submit that came to nothing costs nothing; one whose reply was lost still counts",
        arguments: [
            (.unreachable, .refused, 0, .networkError), (.refused(422), .refused, 0, .queueSubmitError),
            (.lost, .unknown, 160_000, .submitUnknown), (.refused(500), .unknown, 160_000, .submitUnknown),
        ] as [(CountingQueue.Reply, JobState, Int64, DecartErrorCode)])
    func failures(reply: CountingQueue.Reply, state: JobState, charge: Int64, code: DecartErrorCode) async throws {
        let shop = try shop { _ in reply }
        let error = try await failure { () async throws(DecartError) in
            try await shop.client.submit(clip, Shop.terms())
        }
        #expect(error.code == code)
        let row = try #require(try await shop.rows().first)
        #expect(row.state == state)
        #expect(row.charge.micros == charge)
        #expect(row.error?.contains(code.rawValue) == true)
    }

    private var clip: Submission {
        Submission(
            model: ModelDefinition(name: "lucy-2.5", kind: .video, jobsPath: "/v1/jobs/lucy-2.5"),
            inputs: ["prompt": .bytes(Array("a sunset".utf8))])
    }

    @Test("A known key is its job: nothing is sent, and a saved result comes from the disk")
    func replay() async throws {
        let first = try shop()
        let job = try await first.client.submit(clip, Shop.terms { $0.key = "k" })
        _ = try await first.client.result(job.reply.id, to: .path(folder.file("a.mp4")))
        await first.journal.finish(endedWell: true)

        let second = try shop()
        let again = try await second.client.submit(clip, Shop.terms { $0.key = "k" })
        #expect(again.isReplayed)
        #expect(again.reply.id == job.reply.id)
        #expect(again.reply.status == .completed)
        #expect(again.reply.members["replayed"] == true)
        let result = try await second.client.result(again.reply.id)
        #expect(try await result.blob.bytes() == Array(job.reply.id.text.utf8))
        #expect(second.queue.asked.isEmpty)
        #expect(second.queue.jobs.count == 1)

        // What is not what its digest says any more is fetched again.
        try folder.write("a.mp4", "changed")
        let third = try shop()
        _ = try await third.client.submit(clip, Shop.terms { $0.key = "k" })
        let fetched = try await third.client.result(again.reply.id)
        #expect(try await fetched.blob.bytes() == Array(job.reply.id.text.utf8))
        #expect(third.queue.asked.count == 1)
    }

    @Test("A key with other inputs, or under another API key, is told apart")
    func reused() async throws {
        let shop = try shop()
        _ = try await shop.client.submit(clip, Shop.terms { $0.key = "k" })
        var other = clip
        other.inputs["prompt"] = .bytes(Array("a sunrise".utf8))
        let changed = other
        let contents = try await failure { () async throws(DecartError) in
            try await shop.client.submit(changed, Shop.terms { $0.key = "k" })
        }
        #expect(contents.code == .keyReused)
        let stranger = try Shop(in: folder.path, queue: shop.queue, apiKey: "dct_another")
        let account = try await failure { () async throws(DecartError) in
            try await stranger.client.submit(clip, Shop.terms { $0.key = "k" })
        }
        #expect(account.code == .keyReused)
        #expect(account.message.contains("another API key"))
        #expect(shop.queue.jobs.count == 1)
    }

    @Test("A key whose reply was lost raises SUBMIT_UNKNOWN again, unless it is to be paid twice")
    func lostKey() async throws {
        let shop = try shop { $0 == 1 ? .lost : .job }
        for _ in 0..<2 {
            let error = try await failure { () async throws(DecartError) in
                try await shop.client.submit(clip, Shop.terms { $0.key = "k" })
            }
            #expect(error.code == .submitUnknown)
        }
        #expect(shop.queue.jobs.count == 1)
        let job = try await shop.client.submit(
            clip,
            Shop.terms {
                $0.key = "k"
                $0.paysTwice = true
            })
        #expect(!job.isReplayed)
        #expect(shop.queue.jobs.count == 2)
        #expect(try await shop.rows().reduce(Money.zero) { $0 + $1.charge } == Money(micros: 320_000))
    }

    @Test("Two submits of one key at once are one job")
    func atOnce() async throws {
        let shop = try shop()
        let clip = clip
        let jobs = try await withThrowingTaskGroup(of: JobID.self) { group in
            for _ in 0..<8 {
                group.addTask { try await shop.client.submit(clip, Shop.terms { $0.key = "k" }).reply.id }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(jobs.count == 1)
        #expect(shop.queue.jobs.count == 1)
    }

    @Test("Without a key, equal submits are as many jobs")
    func equalSubmits() async throws {
        let shop = try shop()
        for _ in 0..<3 { _ = try await shop.client.submit(clip, Shop.terms()) }
        #expect(shop.queue.jobs.count == 3)
    }

    @Test("A run with a name that is started again finds its jobs, three takes as three jobs")
    func resumedRun() async throws {
        func ids() async throws -> [JobID] {
            let shop = try Shop(in: folder.path, run: .init(name: "batch", isNamed: true, isResumed: true))
            var ids: [JobID] = []
            for _ in 0..<3 { ids.append(try await shop.client.submit(clip, Shop.terms()).reply.id) }
            await shop.journal.finish(endedWell: false)
            return ids
        }
        let first = try await ids()
        #expect(Set(first).count == 3)
        #expect(try await ids() == first)
        #expect(CountingQueue.jobs(in: folder.file("posts")).count == 3)
    }

    @Test("A run needs a name to be reused")
    func unnamedRun() async throws {
        let shop = try shop()
        let error = try await failure { () async throws(DecartError) in
            try await shop.client.submit(clip, Shop.terms { $0.reusesRun = true })
        }
        #expect(error.code == .invalidOptions)
        #expect(error.message.contains("--run"))
    }

    @Test("A submit that would pass a cap is refused before anything is sent, and says by how much")
    func overBudget() async throws {
        let shop = try Shop(in: folder.path, cap: Money(micros: 200_000))
        _ = try await shop.client.submit(clip, Shop.terms())
        let run = try await failure { () async throws(DecartError) in try await shop.client.submit(clip, Shop.terms()) }
        #expect(run.code == .overBudget)
        #expect(run.message.contains("$0.16"))
        #expect(run.message.contains("$0.20"))
        let other = try Shop(in: folder.path)
        let one = try await failure { () async throws(DecartError) in
            try await other.client.submit(clip, Shop.terms { $0.maxCost = Money(micros: 1) })
        }
        #expect(one.code == .overBudget)
        let blind = try await failure { () async throws(DecartError) in
            try await shop.client.submit(clip, SubmitTerms())
        }
        #expect(blind.code == .overBudget)
        #expect(blind.message.contains("maxSeconds"))
        #expect(shop.queue.jobs.count == 1)
    }

    @Test("The length of the video that is sent is what it costs")
    func inputLength() async throws {
        let movie: [UInt8] =
            [0, 0, 0, 36] + Array("moov".utf8) + [0, 0, 0, 28] + Array("mvhd".utf8) + [0, 0, 0, 0]
            + Array(repeating: 0, count: 8) + [0, 0, 3, 0xE8, 0, 0, 0x1F, 0x41]
        try folder.write("in.mp4", bytes: movie)
        var submission = clip
        submission.inputs["data"] = .file(.path(folder.file("in.mp4")))
        let shop = try shop()
        _ = try await shop.client.submit(submission)
        let row = try #require(try await shop.rows().first)
        // 8.001 seconds.
        #expect(row.estimate == Money(micros: 9 * 40_000))
        #expect(row.files.map(\.path) == [folder.file("in.mp4")])
        #expect(row.files.map(\.sha256) == [RunningDigest.sha256(movie)])
    }

    @Test("A pinned seed is sent, written down and told, and is the same when the job is found again")
    func pinnedSeed() async throws {
        func submit() async throws -> JSONValue? {
            try await shop().client.submit(
                clip,
                Shop.terms {
                    $0.pinsSeed = true
                    $0.key = "k"
                }
            ).reply.members["seed"]
        }
        let seed = try #require(try await submit())
        #expect(try await submit() == seed)
        let row = try #require(try await shop().rows().first)
        #expect(row.seed.map { .integer($0) } == seed)
        #expect(CountingQueue.jobs(in: folder.file("posts")).count == 1)
    }

    @Test("An alias is resolved once, and written down as what it means")
    func alias() async throws {
        let shop = try shop()
        let model = try ModelCatalog.find(name: "lucy-latest", kind: .video)
        try folder.write("in.mp4", "no video")
        for _ in 0..<2 {
            let submission = Submission(
                model: model,
                inputs: ["prompt": .bytes([0x78]), "data": .file(.path(folder.file("in.mp4")))])
            _ = try await shop.client.submit(submission, Shop.terms())
        }
        let rows = try await shop.rows()
        #expect(rows.map(\.canonical) == ["lucy-2.5", "lucy-2.5"])
        #expect(rows.map(\.model) == ["lucy-latest", "lucy-latest"])
        #expect(rows.map(\.estimate) == [Shop.clipCost, Shop.clipCost])
    }
}
