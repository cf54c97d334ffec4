import DecartAPI
import DecartClient
import JobJournal
import JournaledClient
import SQLJournal
import Synchronization
import TestSupport
import Testing

@testable import SQLiteJournal

@Suite(.timeLimit(.minutes(5)))
struct FailingJournalTests {
    @Test("An id that the journal cannot take is told, kept aside, and in the journal later")
    func acceptedWriteFails() async throws {
        let folder = try ScratchFolder()
        let path = folder.file("jobs.sqlite")
        // The journal is gone between the reply and the write, as it is when a disk fails.
        let shop = try Shop(
            in: folder.path,
            step: { step in
                guard step == .replied, let connection = try? SQLiteConnection(path: path) else { return }
                _ = try? connection.run("alter table job rename to gone", [])
            })
        let job = try await shop.client.submit(try Shop.clip(), Shop.terms { $0.key = "k" })
        #expect(shop.queue.jobs == [job.reply.id.text])
        #expect(shop.warnings.all.contains { $0.contains(job.reply.id.text) && $0.contains("accepted.log") })
        #expect(folder.text("accepted.log")?.contains(job.reply.id.text) == true)

        try SQLiteConnection(path: path).run("alter table gone rename to job", [])
        let next = try Shop(in: folder.path)
        _ = try await next.client.submit(try Shop.clip("another"), Shop.terms())
        let row = try #require(try await next.rows().first { $0.key == "k" })
        #expect(row.jobID == job.reply.id.text)
        #expect(row.state == .accepted)
        #expect(folder.text("accepted.log") == nil)
    }

    @Test("An id whose submit is not in the journal any more is told, and kept aside")
    func acceptedWithoutRow() async throws {
        let folder = try ScratchFolder()
        let path = folder.file("jobs.sqlite")
        let shop = try Shop(
            in: folder.path,
            step: { step in
                guard step == .replied, let connection = try? SQLiteConnection(path: path) else { return }
                _ = try? connection.run("delete from job", [])
            })
        let job = try await shop.client.submit(try Shop.clip(), Shop.terms())
        #expect(shop.warnings.all.contains { $0.contains(job.reply.id.text) && $0.contains("accepted.log") })
        #expect(folder.text("accepted.log")?.contains(job.reply.id.text) == true)
    }

    @Test("A refusal that the journal cannot take is written later, and is no lost reply then")
    func refusedWriteFails() async throws {
        let folder = try ScratchFolder()
        let path = folder.file("jobs.sqlite")
        let isFirst = Mutex(true)
        let shop = try Shop(
            in: folder.path, queue: CountingQueue(folder.file("posts"), reply: { $0 == 1 ? .refused(422) : .job }),
            step: { step in
                guard let connection = try? SQLiteConnection(path: path) else { return }
                switch step {
                case .replied where isFirst.withLock({ $0 }):
                    _ = try? connection.run("alter table job rename to gone", [])
                case .acceptedWritten where isFirst.withLock({ $0 }):
                    isFirst.withLock { $0 = false }
                    _ = try? connection.run("alter table gone rename to job", [])
                default: break
                }
            })
        await #expect(throws: DecartError.self) { try await shop.client.submit(try Shop.clip("no"), Shop.terms()) }
        #expect(try await shop.rows().map(\.state) == [.sending])
        _ = try await shop.client.submit(try Shop.clip("yes"), Shop.terms())
        #expect(Set(try await shop.rows().map(\.state)) == [.refused, .accepted])
        await shop.journal.finish(endedWell: true)
        #expect(try await Shop(in: folder.path).rows(JobQuery(states: [.unknown])).isEmpty)
    }
}
