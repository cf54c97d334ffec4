import DecartAPI
import DecartClient
import Foundation
import JobJournal
import RunClock
import TestSupport
import Testing

@testable import JournaledClient

@Suite(.timeLimit(.minutes(5)))
struct RecoveryTests {
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
    }

    /// Submits jobs as a process that ends without waiting for them.
    private func leave(_ count: Int, path: String? = nil, run: String = "run") async throws -> [JobID] {
        let shop = try Shop(in: folder.path, run: .init(name: run, isNamed: false))
        var ids: [JobID] = []
        for number in 0..<count {
            let id = try await shop.client.submit(try Shop.clip("\(run) \(number)"), Shop.terms()).reply.id
            if let path { await shop.journal.willFetch(id, at: "https://queue.test", to: path) }
            ids.append(id)
        }
        await shop.journal.finish(endedWell: false)
        return ids
    }

    @Test("A result that a process saved just before it died is not saved a second time")
    func savedBefore() async throws {
        let id = try #require(try await leave(1).first)
        try folder.write("\(id).mp4", id.text)
        let shop = try Shop(in: folder.path)
        let recovery = Recovery(shop.client, folder: folder.path)
        let row = try #require(try await recovery.adopt().first)
        #expect(try await recovery.bring(row) == .fetched(path: folder.file("\(id).mp4")))
        #expect(folder.names.filter { $0.hasSuffix(".mp4") } == ["\(id).mp4"])
    }

    @Test("Jobs that were left behind are fetched, once")
    func fetches() async throws {
        let ids = try await leave(3)
        let shop = try Shop(in: folder.path)
        let recovery = Recovery(shop.client, folder: folder.path)
        let rows = try await recovery.adopt()
        #expect(Set(rows.compactMap(\.jobID)) == Set(ids.map(\.text)))
        for row in rows {
            let path = folder.file("\(row.jobID ?? "").mp4")
            #expect(try await recovery.bring(row) == .fetched(path: path))
            #expect(FileManager.default.contents(atPath: path) == Data((row.jobID ?? "").utf8))
        }
        #expect(try await shop.rows().allSatisfy { $0.state == .fetched })
        #expect(try await recovery.adopt().isEmpty)
        #expect(!folder.names.contains { $0.hasSuffix(".fetched") || $0.hasSuffix(".part") })
        #expect(shop.queue.jobs.count == 3)
    }

    @Test("A result goes where its script wanted it, beside what is there already")
    func scriptsPath() async throws {
        _ = try await leave(1, path: folder.file("shot.mp4"))
        try folder.write("shot.mp4", "mine")
        let shop = try Shop(in: folder.path)
        let recovery = Recovery(shop.client, folder: "/nowhere")
        let row = try #require(try await recovery.adopt().first)
        #expect(try await recovery.bring(row) == .fetched(path: folder.file("shot-2.mp4")))
        #expect(folder.text("shot.mp4") == "mine")
        #expect(folder.names.contains("shot-2.mp4.json"))
        #expect(try await shop.rows().first?.result == folder.file("shot-2.mp4"))
    }

    @Test("Only the run that was named, and only jobs of this account, are taken over")
    func scope() async throws {
        let ids = try await leave(1, run: "one")
        _ = try await leave(1, run: "two")
        let shop = try Shop(in: folder.path, run: .init(name: "resume", isNamed: false))
        #expect(try await Recovery(shop.client).adopt(run: "one").map(\.jobID) == ids.map(\.text))
        let stranger = try Shop(in: folder.path, apiKey: "dct_another")
        #expect(try await Recovery(stranger.client).adopt().isEmpty)
    }

    @Test("A job that another process has by now is neither polled nor fetched; a result that was had may be")
    func owner() async throws {
        let id = try #require(try await leave(1).first)
        let shop = try Shop(in: folder.path)
        let recovery = Recovery(shop.client, folder: folder.path)
        var row = try #require(try await recovery.adopt().first)
        let own = row.session
        row.session = "another"
        let lost = row
        let error = await #expect(throws: DecartError.self) { try await recovery.bring(lost) }
        #expect(error?.code == .cancelled)
        #expect(shop.queue.asked.isEmpty)
        row.session = own
        #expect(try await recovery.bring(row) == .fetched(path: folder.file("\(id).mp4")))
        try folder.remove("\(id).mp4")
        let fetched = try #require(try await shop.rows().first)
        let again = try Shop(in: folder.path, queue: shop.queue)
        #expect(try await Recovery(again.client, folder: folder.path).mayFetchAgain(fetched))
        #expect(
            try await Recovery(again.client, folder: folder.path).bring(fetched)
                == .fetched(path: folder.file("\(id).mp4")))
    }

    @Test("A result has its name also on a file system that gives a file one name only", arguments: [true, false])
    func namedOnce(isTaken: Bool) throws {
        try folder.write(".part", "a result")
        if isTaken { try folder.write("shot.mp4", "mine") }
        let path = try Recovery.place(folder.file(".part"), as: folder.file("shot.mp4")) { _, _ in
            errno = EPERM
            return -1
        }
        #expect(path == folder.file(isTaken ? "shot-2.mp4" : "shot.mp4"))
        #expect(FileManager.default.contents(atPath: path) == Data("a result".utf8))
        #expect(folder.text("shot.mp4") == (isTaken ? "mine" : "a result"))
        #expect(!folder.names.contains(".part"))
    }

    @Test("A job that the server does not know any more has expired")
    func expired() async throws {
        _ = try await leave(1)
        try folder.remove("posts")
        let shop = try Shop(in: folder.path)
        let recovery = Recovery(shop.client)
        let row = try #require(try await recovery.adopt().first)
        #expect(try await recovery.bring(row) == .expired)
        #expect(try await shop.rows().map(\.state) == [.expired])
    }

    @Test("A lost submit is what a person says it is")
    func resolved() async throws {
        let lost = try Shop(in: folder.path, queue: CountingQueue(folder.file("posts"), reply: { _ in .lost }))
        for key in ["a", "b"] {
            await #expect(throws: DecartError.self) {
                try await lost.client.submit(try Shop.clip(), Shop.terms { $0.key = key })
            }
        }
        let rows = try await lost.rows()
        let id = try JobID(lost.queue.jobs[0])
        #expect(try await lost.journal.resolve(rows[0], as: id))
        #expect(try await lost.journal.resolve(rows[1], as: nil))
        #expect(try await !lost.journal.resolve(rows[1], as: nil))
        let after = try await lost.rows()
        #expect(after.first { $0.id == rows[0].id }?.state == .accepted)
        #expect(after.first { $0.id == rows[1].id }?.state == .abandoned)
        #expect(after.first { $0.id == rows[1].id }?.charge == .zero)
    }
}
