import DecartAPI
import DecartClient
import Foundation
import JobJournal
import JournaledClient
import RunClock
import SQLJournal
import TestSupport
import Testing

@testable import JobFleet

/// Workers on a real journal.
@Suite(.timeLimit(.minutes(5)))
@MainActor
struct WorkerTests {
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
    }

    @Test func `every job is submitted once, and its result lies under its key`() async throws {
        let depot = try Depot(in: folder.path)
        try await depot.add(3)
        let worker = try await depot.worker()
        try await depot.work(worker)
        #expect(depot.queue.made == 3)
        #expect(try await depot.states() == [.fetched: 3])
        #expect(worker.isAllDone)
        #expect(folder.names.filter { $0.hasSuffix(".mp4") } == ["in.mp4", "shot-1.mp4", "shot-2.mp4", "shot-3.mp4"])
        #expect(try await depot.rows().allSatisfy { $0.charge == Money(micros: 160_000) })
    }

    @Test func `what is added twice is one job, and one fault refuses all`() async throws {
        let depot = try Depot(in: folder.path)
        let first = try await depot.add(2)
        let second = try await depot.add(3)
        #expect(first.map(\.isNew) == [true, true])
        #expect(second.map(\.isNew) == [false, false, true])
        #expect(second.prefix(2).map(\.row.id) == first.map(\.row.id))
        let good = JobOrder(
            Submission(model: try ModelCatalog.find(jobsOf: "lucy-pro-t2v"), inputs: ["prompt": .bytes([0x61])]))
        var faulty = good
        faulty.submission.inputs = [:]
        let orders = [good, faulty]
        let error = await #expect(throws: EnqueueError.self) { try await depot.client.enqueue(orders) }
        guard case .refused(let faults)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(faults.map(\.index) == [1])
        #expect(try await depot.states() == [.wanted: 3])
    }

    @Test(arguments: [Depot.Reply.unreachable, .refused(401), .refused(402), .refused(403)])
    func `a job goes back where nothing arrived for a reason that is not the job's`(reply: Depot.Reply) async throws {
        let depot = try Depot(in: folder.path, reply: { $0 == 1 ? reply : .job })
        try await depot.add(1)
        let worker = try await depot.worker()
        let row = try #require(try await worker.next())
        await #expect(throws: DecartError.self) { try await worker.bring(row) }
        #expect(await worker.ended(row)?.state == .wanted)
        let back = try #require(try await depot.rows().first)
        #expect(back.charge == .zero)
        #expect(back.error != nil)
        #expect(back.session == nil)
        #expect(back.id == row.id)
        #expect(back.key == "shot-1")
        try await depot.work(worker)
        #expect(try await depot.states() == [.fetched: 1])
        #expect(depot.queue.made == 2)
        #expect(worker.isAllDone, "in the end")
    }

    @Test func `a refusal is the job's end, and a lost reply is never sent again`() async throws {
        let depot = try Depot(in: folder.path, reply: { [.refused(422), .lost, .job][$0 - 1] })
        try await depot.add(3)
        let worker = try await depot.worker { $0.slots = 3 }
        var rows: [JobRow] = []
        for _ in 0..<3 { rows.append(try #require(try await worker.next())) }
        for row in rows {
            try? await worker.bring(row)
            await worker.ended(row)
        }
        #expect(try await worker.next() == nil)
        #expect(try await depot.states() == [.refused: 1, .unknown: 1, .fetched: 1])
        #expect(depot.queue.made == 3)
        #expect(!worker.isAllDone)
        let unknown = try #require(try await depot.rows().first { $0.state == .unknown })
        #expect(unknown.charge == Money(micros: 160_000))
    }

    @Test func `a cap holds jobs back, which is said once`() async throws {
        let depot = try Depot(in: folder.path, cap: Money(micros: 400_000))
        try await depot.add(4)
        let worker = try await depot.worker { $0.slots = 1 }
        try await depot.work(worker)
        #expect(try await depot.states() == [.fetched: 2, .wanted: 2])
        #expect(depot.words.all.filter { $0.contains("would pass the cap") }.count == 1)
        #expect(!worker.isAllDone)
    }

    @Test func `a worker that is to stop when nothing is left stops where all jobs come back, and says why`()
        async throws
    {
        let depot = try Depot(in: folder.path, reply: { _ in .refused(401) })
        try await depot.add(2)
        let worker = try await depot.worker { $0.slots = 2 }
        try await depot.work(worker)
        #expect(depot.queue.made == 8, "both of them four times")
        #expect(try await depot.states() == [.wanted: 2])
        #expect(!worker.isAllDone)
        let words = depot.words.all.filter { $0.contains("this worker stops") }
        #expect(words.count == 1)
        #expect(words.first?.contains("shot-2: ") == true && words.first?.contains("API key") == true, "\(words)")
    }

    @Test func `… also where results cannot be saved; the jobs are left to others`() async throws {
        let depot = try Depot(in: folder.path)
        try await depot.add(1)
        let worker = try await depot.worker { $0.results += "/missing" }
        try await depot.work(worker)
        #expect(depot.queue.made == 1)
        #expect(depot.words.all.contains { $0.contains("this worker stops") })
        #expect(try await depot.states() == [.completed: 1])
        #expect(!worker.isAllDone)
        await depot.journal.finish(endedWell: false)
        let other = try Depot(in: folder.path)
        let saving = try await other.worker()
        try await other.work(saving)
        #expect(try await other.states() == [.fetched: 1])
        #expect(saving.isAllDone)
    }

    @Test func `a claim that was under way when the worker was told to stop goes back`() async throws {
        let gate = Gate()
        let depot = try Depot(in: folder.path, hold: { isCommitted in if !isCommitted { gate.pass() } })
        try await depot.add(3)
        let worker = try await depot.worker { $0.slots = 2 }
        // The first is that of jobs that others have left.
        gate.close(after: 1)
        let next = Task { try await worker.next() }
        try await gate.reached()
        await worker.drain()
        gate.open()
        #expect(try await next.value == nil)
        #expect(try await depot.states() == [.wanted: 3])
        #expect(try await depot.rows().allSatisfy { $0.charge == .zero })
        #expect(depot.queue.made == 0)
    }

    @Test func `what a drained worker had not begun goes back`() async throws {
        let depot = try Depot(in: folder.path)
        try await depot.add(4)
        let worker = try await depot.worker { $0.slots = 3 }
        let row = try #require(try await worker.next())
        await worker.drain()
        #expect(try await depot.states() == [.claimed: 1, .wanted: 3])
        try await worker.bring(row)
        await worker.ended(row)
        #expect(try await worker.next() == nil)
        #expect(try await depot.states() == [.fetched: 1, .wanted: 3])
    }

    @Test func `open jobs of a worker that is gone are taken over, and those of scripts are not`() async throws {
        let first = try Depot(in: folder.path)
        try await first.add(1)
        let worker = try await first.worker()
        let row = try #require(try await worker.next())
        var terms = SubmitTerms()
        terms.row = row.id
        let submission = Submission(model: try ModelCatalog.find(jobsOf: row.model), inputs: row.inputValues)
        _ = try await first.client.submit(submission, terms)
        terms.row = nil
        terms.maxSeconds = 4
        _ = try await first.client.submit(submission, terms)
        await first.journal.finish(endedWell: false)
        let second = try Depot(in: folder.path)
        try await second.work(try await second.worker())
        #expect(second.queue.made == 0)
        #expect(try await second.states() == [.fetched: 1, .accepted: 1])
    }

    @Test func `a submit for a row that is another's, or is changed, is refused before it is sent`() async throws {
        let depot = try Depot(in: folder.path)
        try await depot.add(1)
        let worker = try await depot.worker()
        let row = try #require(try await worker.next())
        var terms = SubmitTerms()
        terms.row = "another"
        let model = try ModelCatalog.find(jobsOf: row.model)
        await #expect(throws: DecartError.self) {
            try await depot.client.submit(Submission(model: model, inputs: row.inputValues), terms)
        }
        terms.row = row.id
        var inputs = row.inputValues
        inputs["prompt"] = .bytes([0x61])
        let changed = inputs
        await #expect(throws: DecartError.self) {
            try await depot.client.submit(Submission(model: model, inputs: changed), terms)
        }
        #expect(depot.queue.made == 0)
        #expect(try await depot.states() == [.claimed: 1])
    }

    // MARK: Answers that are lost

    /// The journal's file as if it were a database somewhere else.
    private func distant(
        locks: any SessionLocks = NoSessionLocks(), losses: CommitLosses = CommitLosses()
    ) -> Depot.MakeStore {
        let path = folder.file("jobs.sqlite")
        return { session, clock in
            SQLStore(parts: SQLStore.Parts(session: session, locks: locks), clock: clock) { () throws(JournalError) in
                try LosingConnection.open(path, losses)
            }
        }
    }

    /// A worker on a journal whose commits can go wrong, with a job that it has taken.
    private func taken(
        _ losses: CommitLosses
    ) async throws -> (depot: Depot, worker: Worker, row: JobRow) {
        let maker = try Depot(in: folder.path)
        try await maker.add(1)
        await maker.journal.finish(endedWell: false)
        let depot = try Depot(in: folder.path, makeStore: distant(losses: losses))
        let worker = try await depot.worker()
        let row = try #require(try await worker.next())
        return (depot, worker, row)
    }

    @Test(arguments: [CommitLosses.Loss.answer, .commit])
    func `a job is sent once where the journal's answer to its sending is lost`(loss: CommitLosses.Loss) async throws {
        let losses = CommitLosses()
        let (depot, worker, row) = try await taken(losses)
        losses.next = loss
        try await worker.bring(row)
        #expect(losses.next == nil)
        #expect(await worker.ended(row)?.state == .fetched)
        #expect(depot.queue.made == 1)
    }

    @Test func `a job goes back that was not sent since nobody knew whether that was written down`() async throws {
        let losses = CommitLosses()
        let (depot, worker, row) = try await taken(losses)
        losses.next = .told
        let error = await #expect(throws: DecartError.self) { try await worker.bring(row) }
        #expect(error?.code == .journalUnavailable)
        #expect(try await depot.states() == [.sending: 1], "the commit was carried out")
        let now = await worker.ended(row)
        #expect(now?.state == .wanted && now?.charge == .zero)
        #expect(depot.queue.made == 0)
        try await depot.work(worker)
        #expect(try await depot.states() == [.fetched: 1])
        #expect(depot.queue.made == 1)
    }

    @Test func `… and is sent where its script tries again`() async throws {
        let losses = CommitLosses()
        let (depot, worker, row) = try await taken(losses)
        losses.next = .told
        try? await worker.bring(row)
        try await worker.bring(row)
        #expect(await worker.ended(row)?.state == .fetched)
        #expect(depot.queue.made == 1)
    }

    @Test func `two submits of one taken job at once send it once`() async throws {
        let depot = try Depot(in: folder.path)
        try await depot.add(1)
        let worker = try await depot.worker()
        let row = try #require(try await worker.next())
        var terms = SubmitTerms()
        terms.row = row.id
        let asked = terms
        let submission = Submission(model: try ModelCatalog.find(jobsOf: row.model), inputs: row.inputValues)
        let submits = (0..<8).map { _ in Task { try? await depot.client.submit(submission, asked) } }
        var replies = 0
        for submit in submits where await submit.value?.isReplayed == false { replies += 1 }
        #expect(replies == 1)
        #expect(depot.queue.made == 1)
    }

    // MARK: What a stranger may have written

    @Test(arguments: [
        ("inside.mp4", "inside.mp4"), ("sub/inside.mp4", "sub/inside.mp4"), ("sub/../inside.mp4", "inside.mp4"),
        ("../elsewhere/x.mp4", "shot-1.mp4"), ("link/x.mp4", "shot-1.mp4"), ("missing/x.mp4", "shot-1.mp4"),
    ])
    func `a result goes where its row says only below the folder of results`(path: String, saved: String) async throws {
        let results = folder.file("out")
        for name in ["out/sub", "elsewhere"] {
            try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
        }
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("out/link"), withDestinationPath: folder.file("elsewhere"))
        let first = try Depot(in: folder.path)
        try await first.add(1)
        let row = try #require(try await first.worker().next())
        var terms = SubmitTerms()
        terms.row = row.id
        let submission = Submission(model: try ModelCatalog.find(jobsOf: row.model), inputs: row.inputValues)
        let id = try await first.client.submit(submission, terms).reply.id
        await first.journal.willFetch(id, at: "https://queue.test", to: "\(results)/\(path)")
        await first.journal.finish(endedWell: false)
        let second = try Depot(in: folder.path)
        try await second.work(try await second.worker { $0.results = results })
        #expect(try await second.states() == [.fetched: 1])
        #expect(folder.text("out/\(saved)") == id.text)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("elsewhere")).isEmpty)
    }

    @Test(
        arguments: [
            (["data": "/etc/hostname"], false), (["reference_image": "../in.mp4"], false),
            (["data": "https://elsewhere.test/in.mp4"], false), (["data": "HTTP://elsewhere.test/in.mp4"], false),
            (["data": ["bytes": "2f6574632f686f73746e616d65"]], false), (["data": "missing.mp4"], false),
            (["prompt": "/etc/hostname"], true), ([:], true),
        ] as [(JSONValue, Bool)])
    func `text in a field that holds a file is checked as a file is`(inputs: JSONValue, isFit: Bool) throws {
        for model in ["lucy-2.5", "a model that nobody knows"] {
            let row = JobRow(
                id: "id", submission: "s", content: "c", server: "https://s", account: "a", model: model,
                inputs: inputs, files: [], state: .claimed, period: "2026-08-01", charge: .zero, createdAt: 0)
            if isFit {
                try row.checkFiles(under: folder.path)
            } else {
                #expect(throws: DecartError.self) { try row.checkFiles(under: folder.path) }
            }
        }
    }

    // MARK: Together with others

    @Test func `the pause between polls goes by the jobs that the share is for`() async throws {
        let depot = try Depot(in: folder.path)
        try await depot.add(3)
        let worker = try await depot.worker { $0.slots = 3 }
        func seconds() -> Double { worker.pause / .seconds(1) }
        #expect(seconds() == 1.5)
        #expect(await worker.renew())
        await worker.slowDown()
        // One request in 1.5 s was asked for, and half of that is left.
        #expect(abs(seconds() - 3) < 0.001)
        for _ in 0..<3 { _ = try await worker.next() }
        #expect(abs(seconds() - 3) < 0.001, "what it has taken since is in no share yet")
        #expect(await worker.renew())
        #expect(abs(seconds() - 9) < 0.001)
    }

    @Test(arguments: ["submit", "poll", "result"])
    func `a 429 slows all down, whatever it answers`(asked: String) async throws {
        let depot = try Depot(
            in: folder.path, reply: { _ in asked == "submit" ? .refused(429) : .job },
            look: { path, number in
                (asked == "result" && path.hasSuffix("/content")) || (asked == "poll" && number == 1) ? 429 : nil
            })
        try await depot.add(1)
        let worker = try await depot.worker()
        #expect(await worker.renew())
        let row = try #require(try await worker.next())
        try? await worker.bring(row)
        #expect(worker.pause > .seconds(2))
        let other = try await Depot(in: folder.path).worker()
        #expect(await other.renew())
        #expect(other.pause > .seconds(2))
    }

    @Test func `a worker that cannot say that it lives stops polling, and another goes on with its job`() async throws {
        let leases = Leases()
        let maker = try Depot(in: folder.path)
        try await maker.add(1)
        let first = try Depot(in: folder.path, look: { _, _ in 503 }, makeStore: distant(locks: leases))
        let worker = try await first.worker()
        let row = try #require(try await worker.next())
        let error = await #expect(throws: DecartError.self) { try await worker.bring(row) }
        #expect(error?.code == .cancelled)
        #expect(first.journal.isLeaseOver)
        // Forty seconds, and a poll every one and a half.
        #expect((20...27).contains(first.queue.asked.count), "\(first.queue.asked.count)")
        leases.kill(row.session)
        let second = try Depot(in: folder.path, makeStore: distant(locks: leases))
        try await second.work(try await second.worker())
        #expect(second.queue.made == 0)
        #expect(try await second.states() == [.fetched: 1])
        #expect(!worker.owns(row))
    }

    @Test func `a worker whose lease was over says so, begins again, and does not send what it had`() async throws {
        let leases = Leases()
        let maker = try Depot(in: folder.path)
        try await maker.add(1)
        let depot = try Depot(in: folder.path, makeStore: distant(locks: leases))
        let worker = try await depot.worker()
        let row = try #require(try await worker.next())
        leases.kill(row.session)
        #expect(await worker.renew())
        #expect(depot.words.all.contains { $0.contains("could not be heard of for too long") })
        #expect(!worker.owns(row))
        let error = await #expect(throws: DecartError.self) { try await worker.bring(row) }
        #expect(error?.code == .cancelled)
        await worker.ended(row)
        #expect(depot.queue.made == 0)
        try await depot.work(worker)
        #expect(try await depot.states() == [.fetched: 1])
        #expect(depot.queue.made == 1)
    }

    @Test(arguments: [
        (nil, "id"), ("shot-12", "shot-12"), ("a/b", "a_b"), ("../x", "_._x"), (".hidden", "_hidden"),
        (String(repeating: "é", count: 200), String(repeating: "é", count: 100)), ("a\nb", "a_b"),
    ])
    func `a key as a file's name stays in its folder`(key: String?, name: String) {
        var row = JobRow(
            id: "id", submission: "s", content: "c", server: "https://s", account: "a", model: "m", inputs: [:],
            files: [], state: .claimed, period: "2026-08-01", charge: .zero, createdAt: 0)
        row.key = key
        #expect(row.resultName == name)
    }
}
