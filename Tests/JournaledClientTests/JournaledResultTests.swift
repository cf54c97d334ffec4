import DecartAPI
import DecartClient
import Foundation
import JobJournal
import JournaledClient
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct JournaledResultTests {
    private let folder: ScratchFolder
    private let shop: Shop

    init() throws {
        folder = try ScratchFolder()
        shop = try Shop(in: folder.path)
    }

    @Test("A saved result has a file of provenance beside it, and its digest in the journal")
    func sidecar() async throws {
        let job = try await shop.client.submit(try Shop.clip(), Shop.terms())
        _ = try await shop.client.result(job.reply.id, to: .path(folder.file("a.mp4")))
        let row = try #require(try await shop.rows().first)
        #expect(row.state == .fetched)
        #expect(row.result == folder.file("a.mp4"))
        #expect(row.resultSHA256 == RunningDigest.sha256(Array(job.reply.id.text.utf8)))
        let sidecar = try JSONValue(parsing: folder.text("a.mp4.json") ?? "")
        #expect(sidecar["model"] == "lucy-2.5")
        #expect(sidecar["inputs"]?["prompt"] == "a sunset")
        #expect(sidecar["jobId"]?.text == job.reply.id.text)
        #expect(sidecar["estimate"] == 0.16)
        #expect(sidecar["result"]?["sha256"]?.text == row.resultSHA256)
    }

    @Test("A file of provenance replaces its like, and nothing else")
    func sidecarKeepsOthers() async throws {
        try folder.write("a.mp4.json", "{}")
        let job = try await shop.client.submit(try Shop.clip(), Shop.terms())
        for name in ["a.mp4", "b.mp4", "b.mp4"] {
            _ = try await shop.client.result(job.reply.id, to: .path(folder.file(name)))
        }
        #expect(folder.text("a.mp4.json") == "{}")
        #expect(shop.warnings.all.count == 1)
        #expect(folder.text("b.mp4.json")?.contains("lucy-2.5") == true)
    }

    @Test("A result in memory is completed, and fetched once it is saved")
    func inMemory() async throws {
        let job = try await shop.client.submit(try Shop.clip(), Shop.terms())
        let result = try await shop.client.result(job.reply.id)
        #expect(try await shop.rows().map(\.state) == [.completed])
        try await result.blob.save(to: folder.file("a.mp4"))
        await shop.client.saved(try #require(result.origin), at: BytePath(folder.file("a.mp4")))
        #expect(try await shop.rows().map(\.state) == [.fetched])
        #expect(folder.names.contains("a.mp4.json"))
    }

    @Test("What has become a pipe where a result was is not waited for: the server is asked again")
    func pipe() async throws {
        let terms = Shop.terms { $0.key = "k" }
        let job = try await shop.client.submit(try Shop.clip(), terms)
        _ = try await shop.client.result(job.reply.id, to: .path(folder.file("a.mp4")))
        await shop.journal.finish(endedWell: true)
        try folder.remove("a.mp4")
        try #require(mkfifo(folder.file("a.mp4"), 0o600) == 0)
        let later = try Shop(in: folder.path)
        let found = try await later.client.submit(try Shop.clip(), terms)
        let result = try await later.client.result(found.reply.id)
        #expect(result.blob.size == job.reply.id.text.utf8.count)
        #expect(later.queue.asked.contains { $0.hasSuffix("/content") })
    }

    @Test("A result that a later run finds again and saves elsewhere is written down there, as the same job's")
    func savedAgain() async throws {
        let terms = Shop.terms { $0.key = "k" }
        let job = try await shop.client.submit(try Shop.clip(), terms)
        _ = try await shop.client.result(job.reply.id, to: .path(folder.file("a.mp4")))
        await shop.journal.finish(endedWell: true)
        let later = try Shop(in: folder.path)
        let found = try await later.client.submit(try Shop.clip(), terms)
        #expect(found.isReplayed && found.isFetched)
        let result = try await later.client.result(found.reply.id)
        #expect(result.blob.job == job.reply.id)
        try await result.blob.save(to: folder.file("b.mp4"))
        await later.client.saved(try #require(result.origin), at: BytePath(folder.file("b.mp4")))
        let sidecar = try JSONValue(parsing: folder.text("b.mp4.json") ?? "")
        #expect(sidecar["jobId"]?.text == job.reply.id.text)
        let row = try #require(try await later.rows().first)
        #expect(row.result == folder.file("b.mp4"))
        #expect(row.state == .fetched)
        #expect(later.queue.asked.allSatisfy { !$0.hasSuffix("/content") })
    }

    @Test("A result that was only shown is consumed once it has been seen, and one that is saved is fetched")
    func shown() async throws {
        for isSaved in [false, true] {
            let job = try await shop.client.submit(try Shop.clip(), Shop.terms())
            let result = try await shop.client.result(job.reply.id)
            await shop.journal.finish(endedWell: true, sparing: [job.reply.id])
            let row = try await shop.rows().first { $0.jobID == job.reply.id.text }
            #expect(row?.state == .completed)
            let origin = try #require(result.origin)
            if isSaved {
                try await result.blob.save(to: folder.file("a.mp4"))
                await shop.client.saved(origin, at: BytePath(folder.file("a.mp4")))
            } else {
                await shop.client.consumed(origin)
            }
            let last = try await shop.rows().first { $0.jobID == job.reply.id.text }
            #expect(last?.state == (isSaved ? .fetched : .consumed))
        }
    }

    @Test("A look that brings no news writes nothing")
    func quietLooks() async throws {
        let job = try await shop.client.submit(try Shop.clip(), Shop.terms())
        _ = try await shop.client.status(job.reply.id)
        let row = try #require(try await shop.rows().first)
        #expect(row.state == .completed)
        for _ in 0..<5 { _ = try await shop.client.status(job.reply.id) }
        #expect(try await shop.rows().first?.updatedAt == row.updatedAt)
    }

    @Test("A job that the server does not know any more has expired")
    func expired() async throws {
        let job = try await shop.client.submit(try Shop.clip(), Shop.terms())
        try folder.remove("posts")
        await #expect(throws: DecartError.self) { try await shop.client.status(job.reply.id) }
        #expect(try await shop.rows().map(\.state) == [.expired])
    }

    @Test("A picture that is made at once passes the journal too, and is found again on disk only")
    func process() async throws {
        let terms = Shop.terms { $0.key = "k" }
        let result = try await shop.client.process(try Shop.clip(), terms)
        var row = try #require(try await shop.rows().first)
        #expect(row.state == .fetched)
        #expect(row.charge == Money(micros: 20_000))
        #expect(row.jobID == nil)
        await #expect(throws: DecartError.self) { try await shop.client.process(try Shop.clip(), terms) }

        try await result.blob.save(to: folder.file("a.png"))
        await shop.client.saved(try #require(result.origin), at: BytePath(folder.file("a.png")))
        row = try #require(try await shop.rows().first)
        #expect(row.result == folder.file("a.png"))
        let again = try await shop.client.process(try Shop.clip(), terms)
        #expect(try await again.blob.bytes() == result.blob.bytes())
        #expect(shop.queue.jobs.count == 1)
    }

    @Test("A picture whose reply was lost still counts")
    func lostPicture() async throws {
        let shop = try Shop(in: folder.path, queue: CountingQueue(folder.file("posts"), reply: { _ in .lost }))
        await #expect(throws: DecartError.self) { try await shop.client.process(try Shop.clip()) }
        #expect(try await shop.rows().map(\.state) == [.unknown])
    }
}

@Suite(.timeLimit(.minutes(5)))
struct JournalKindTests {
    @Test("The program's own journal that cannot be used is missed once, and the run goes on")
    func standard() async throws {
        let folder = try ScratchFolder()
        let missing = folder.file("missing")
        let shop = try Shop(
            in: missing, kind: .standard("\(missing)/jobs.sqlite"), queue: CountingQueue(folder.file("posts")))
        for _ in 0..<2 { _ = try await shop.client.submit(try Shop.clip(), SubmitTerms()) }
        #expect(shop.queue.jobs.count == 2)
        #expect(shop.warnings.all.count == 1)
        let error = await #expect(throws: DecartError.self) {
            try await shop.client.submit(try Shop.clip(), Shop.terms { $0.key = "k" })
        }
        #expect(error?.code == .journalUnavailable)
        #expect(shop.queue.jobs.count == 2)
    }

    @Test("One that was named is not done without")
    func named() async throws {
        let folder = try ScratchFolder()
        let shop = try Shop(in: folder.file("missing"), queue: CountingQueue(folder.file("posts")))
        let error = await #expect(throws: DecartError.self) {
            try await shop.client.submit(try Shop.clip(), SubmitTerms())
        }
        #expect(error?.code == .journalUnavailable)
        #expect(error?.message.contains("--journal") == true)
        #expect(shop.queue.jobs.isEmpty)
    }

    @Test("Without a journal submits go out, and keys and caps are refused")
    func off() async throws {
        let folder = try ScratchFolder()
        let shop = try Shop(in: folder.path, kind: .off)
        _ = try await shop.client.submit(try Shop.clip(), SubmitTerms())
        for terms in [Shop.terms { $0.key = "k" }, Shop.terms { $0.maxCost = Money(micros: 1_000_000) }] {
            let error = await #expect(throws: DecartError.self) { try await shop.client.submit(try Shop.clip(), terms) }
            #expect(error?.code == .journalUnavailable)
        }
        #expect(shop.queue.jobs.count == 1)
        #expect(folder.names == ["posts"])
    }

    @Test("A program that submits nothing opens no journal")
    func untouched() async throws {
        let folder = try ScratchFolder()
        let shop = try Shop(in: folder.path)
        CountingQueue.append("job-1\n", to: folder.file("posts"))
        _ = try await shop.client.status(try JobID("job-1"))
        _ = try await shop.client.result(try JobID("job-1"), to: .path(folder.file("a.mp4")))
        await shop.journal.finish(endedWell: true)
        #expect(folder.names == ["a.mp4", "posts"])
    }
}
