import DecartAPI
import SeededNumbers
import Testing

@testable import LocalQueue

struct QueueEngineTests {
    static let clip = Clip(fileName: "clip-x.mp4", type: "video/mp4", size: 3, checksum: 1)

    /// An engine that waits 1 s, works 4 s, and has the clip at once.
    private func engine(workers: Int, expireAfter: Duration? = nil, failRate: Double = 0) -> QueueEngine {
        QueueEngine(
            settings: QueueSettings(
                pending: .seconds(1), processing: .seconds(4), concurrency: workers, failRate: failRate,
                expireAfter: expireAfter),
            seed: 7)
    }

    /// A few jobs: when they are submitted, and when they start and end, in milliseconds.
    struct Case: Sendable {
        var workers: Int
        var submits: [Int64]
        var times: [(start: Int64, end: Int64)]

        init(_ workers: Int, _ submits: [Int64], _ times: [(Int64, Int64)]) {
            self.workers = workers
            self.submits = submits
            self.times = times
        }
    }

    @Test(arguments: [
        Case(1, [0], [(1000, 5000)]),
        Case(1, [0, 0], [(1000, 5000), (5000, 9000)]),
        Case(2, [0, 0, 0], [(1000, 5000), (1000, 5000), (5000, 9000)]),
        Case(2, [0, 3000, 3500], [(1000, 5000), (4000, 8000), (5000, 9000)]),
        Case(1, [0, 20_000], [(1000, 5000), (21_000, 25_000)]),
        Case(0, [0, 0], [(1000, 5000), (5000, 9000)]),
    ])
    func `jobs take the workers in the order they came`(_ row: Case) {
        var engine = engine(workers: row.workers)
        let tables = row.submits.map { engine.submit(at: $0).entry.timetable }
        #expect(tables.map(\.starts) == row.times.map(\.start))
        #expect(tables.map(\.finishes) == row.times.map(\.end))
    }

    @Test(
        arguments: [
            (999, JobStatus.pending), (1000, .processing), (4999, .processing), (5000, .completed), (.max, .completed),
        ] as [(Int64, JobStatus)])
    func `a job's status follows its timetable`(instant: Int64, status: JobStatus) {
        var engine = engine(workers: 1)
        let (id, _) = engine.submit(at: 0)
        engine.deliver(Self.clip, to: id)
        #expect(engine.entry(of: id, at: instant)?.status(at: instant) == status)
    }

    @Test func `a job whose time has come is still processing until its clip is there`() {
        var engine = engine(workers: 1)
        let (id, _) = engine.submit(at: 0)
        #expect(engine.entry(of: id, at: 9000)?.status(at: 9000) == .processing)
        engine.deliver(Self.clip, to: id)
        #expect(engine.entry(of: id, at: 9000)?.status(at: 9000) == .completed)
    }

    @Test(arguments: [1, 2, 3, 7], [UInt64(1), 2, 3])
    func `whenever jobs come, they start in order and never more of them work than there are workers`(
        workers: Int, seed: UInt64
    ) {
        var random = SplitMix64(seed: seed, stream: 0)
        var engine = engine(workers: workers)
        var now: Int64 = 0
        var spans: [(start: Int64, end: Int64)] = []
        for _ in 0..<200 {
            now += .random(in: 0...3000, using: &random)
            let plan = JobPlan.completing(
                pending: .random(in: 0...5000, using: &random), processing: .random(in: 0...9000, using: &random))
            let table = engine.submit(at: now, plan: plan).entry.timetable
            spans.append((table.starts ?? -1, table.finishes))
        }
        #expect(zip(spans, spans.dropFirst()).allSatisfy { $0.start <= $1.start })
        for span in spans {
            let working = spans.count { $0.start <= span.start && span.start < $0.end }
            #expect(working <= workers)
        }
    }

    @Test func `a job is unknown once it has expired, counted from its end`() {
        var engine = engine(workers: 1, expireAfter: .seconds(10))
        let (id, _) = engine.submit(at: 0)
        #expect(engine.entry(of: id, at: 14_999) != nil)
        #expect(engine.entry(of: id, at: 15_000) == nil)
        #expect(engine.removeExpired(at: 14_999).isEmpty)
        #expect(engine.removeExpired(at: 15_000) == [id])
    }

    @Test func `an id that was never given out is unknown`() {
        #expect(engine(workers: 1).entry(of: "job_none", at: 0) == nil)
    }

    @Test(arguments: [(0.0, 0...0), (0.3, 220...380), (1.0, 1000...1000)] as [(Double, ClosedRange<Int>)])
    func `the share of failing jobs is the fail rate`(rate: Double, expected: ClosedRange<Int>) {
        var engine = engine(workers: 1, failRate: rate)
        let failing = (0..<1000).map { _ in engine.submit(at: 0).entry.timetable }.filter(\.fails)
        #expect(expected.contains(failing.count))
        #expect(failing.allSatisfy { $0.failure?.isEmpty == false && $0.status(at: .max) == .failed })
    }

    @Test func `the same seed gives the same ids, another seed others`() {
        func ids(_ seed: UInt64) -> [String] {
            var engine = QueueEngine(settings: QueueSettings(), seed: seed)
            return (0..<50).map { _ in engine.submit(at: 0).id }
        }
        #expect(ids(1) == ids(1))
        #expect(Set(ids(1) + ids(2)).count == 100)
        #expect(ids(1).allSatisfy { $0.wholeMatch(of: /job_[0-9a-z]{20}/) != nil })
    }

    @Test func `after a restart the workers go on where they were`() {
        var before = engine(workers: 2)
        let jobs = (0..<5).map { _ in before.submit(at: 0) }
        var after = engine(workers: 2)
        for job in jobs { after.restore(id: job.id, job.entry) }
        #expect(before.submit(at: 2000).entry == after.submit(at: 2000).entry)
    }

    @Test func `a plan may give a job any list of statuses`() {
        var engine = engine(workers: 1)
        let plan = JobPlan(
            steps: [
                .init(status: "pending", lasts: 10), .init(status: "warming_up", lasts: 20),
                .init(status: "processing", lasts: 30), .init(status: "failed", lasts: 0),
            ], failure: "no luck")
        let (id, entry) = engine.submit(at: 100, plan: plan)
        #expect(entry.timetable.phases.map(\.from) == [100, 110, 130, 160])
        #expect(engine.entry(of: id, at: 129)?.status(at: 129).rawValue == "warming_up")
        #expect(engine.entry(of: id, at: 160)?.status(at: 160) == .failed)
    }

    @Test func `times at the end of the range are held there`() {
        var engine = engine(workers: 1)
        let table = engine.submit(at: .max - 5).entry.timetable
        #expect(table.finishes == .max)
    }

    @Test func `a job whose result is lost fails when it would have been completed`() {
        var engine = QueueEngine(settings: QueueSettings(pending: .zero, processing: .milliseconds(10)), seed: 1)
        let id = engine.submit(at: 0).id
        engine.lose(id, because: "the disk is full")
        #expect(engine.entry(of: id, at: 5)?.status(at: 5) == .processing)
        #expect(engine.entry(of: id, at: 10)?.status(at: 10) == .failed)
        #expect(engine.entry(of: id, at: 10)?.failure == "the disk is full")
    }
}
