import DecartAPI
import Logging
import PlainErrors
import RunClock
import Synchronization

/// The running queue: the engine on a clock, with its jobs stored and its clips made.
///
/// Polls are answered from memory; the database is read once, at the start.
final class JobQueue: Sendable {
    /// A job as the API shows it.
    struct View: Hashable, Sendable {
        var id: String
        var status: JobStatus
        /// Why it failed; nil unless it has.
        var failure: String?
        /// Nil unless it is completed.
        var clip: Clip?
    }

    private struct State {
        var engine: QueueEngine
        /// When expired jobs were last removed.
        var swept = Int64.min
        /// How many submits the planner has decided.
        var planned = 0
    }

    /// Holds the jobs, and whatever else the API stores.
    let database: QueueDatabase
    let folder: JobFolder
    /// For everything but jobs.
    let ids: IDGenerator
    private let store: JobStore
    private let clock: any RunClock
    private let logger: Logger
    private let workshop: ClipProducer
    private let state: Mutex<State>
    /// Unix milliseconds at the clock's zero. The clock's own `now` never goes back; the wall clock may.
    private let epoch: Int64
    private let planner: JobPlanner?

    /// Opens the queue and continues with the jobs it finds.
    /// - Parameter database: the file that the jobs are kept in, with a folder `<file>.files` beside it; nil: memory
    ///   and a temporary folder.
    init(
        settings: QueueSettings, database: String?, clips: ClipMaker, clock: any RunClock, logger: Logger
    ) throws(MessageError) {
        self.database = try QueueDatabase(path: database)
        store = JobStore(database: self.database)
        folder = try JobFolder(path: database.map { $0 + ".files" })
        self.clock = clock
        self.logger = logger
        epoch = Int64((clock.unixTime * 1000).rounded()) - clock.now.nanoseconds / 1_000_000
        planner = settings.planner
        workshop = ClipProducer(maker: clips, folder: folder, clock: clock, logger: logger)
        let seed = settings.seed ?? .random(in: .min ... .max)
        ids = IDGenerator(seed: seed)
        let records = try store.all()
        var engine = QueueEngine(settings: settings, seed: seed, nextNumber: try store.highestNumber() + 1)
        for record in records {
            let entry = QueueEngine.Entry(number: record.number, timetable: record.timetable, clip: record.clip)
            engine.restore(id: record.id, entry)
        }
        state = Mutex(State(engine: engine))
        if database != nil { try folder.removeOrphans(keeping: Set(records.flatMap(\.fileNames))) }
        for record in records where record.clip == nil && !record.timetable.fails { order(record) }
    }

    /// The present, Unix milliseconds.
    private var now: Int64 { epoch + clock.now.nanoseconds / 1_000_000 }

    /// Decides what happens to a valid submit.
    func answer(to form: ReceivedForm, model: ModelDefinition) -> SubmitAnswer {
        guard let planner else { return .usual }
        let number = state.withLock { state in
            state.planned += 1
            return state.planned
        }
        let job = SubmittedJob(
            number: number, model: model.name, inputs: form.fields,
            files: form.files.map { .init(field: $0.field, name: $0.senderName, type: $0.type, size: $0.size) },
            time: clock.now.nanoseconds / 1_000_000)
        let answer = planner(job)
        if case .plannerFailed(let reason) = answer { logger.error("\(reason)") }
        return answer
    }

    /// Accepts a valid job. When this returns, the job is stored.
    func submit(model: ModelDefinition, form: ReceivedForm, plan: JobPlan? = nil) throws(MessageError) -> View {
        sweep()
        let now = self.now
        let (id, entry) = state.withLock { $0.engine.submit(at: now, plan: plan) }
        let record = JobRecord(
            number: entry.number, id: id, model: model.name,
            fields: form.fields.map { .init(name: $0.name, value: String(decoding: $0.value, as: UTF8.self)) },
            uploads: form.files, timetable: entry.timetable)
        do {
            try store.insert(record)
        } catch {
            state.withLock { $0.engine.withdraw(id) }
            throw error
        }
        if !entry.timetable.fails { order(record) }
        return View(id: id, status: entry.status(at: now))
    }

    /// Makes a picture at once. Neither the picture nor the form's files are kept.
    func picture(model: ModelDefinition, form: ReceivedForm) async throws(MessageError) -> (
        bytes: [UInt8], type: String
    ) {
        let prompt = form.fields.last { $0.name == "prompt" }.map { String(decoding: $0.value, as: UTF8.self) }
        let order = ClipOrder(id: ids.next("gen_"), model: model, prompt: prompt ?? "", uploads: form.files)
        defer {
            folder.remove(order.fileName)
            folder.discard(form)
        }
        let clip = try await workshop.makeNow(order)
        let bytes = try FileSource(path: folder.path(of: clip.fileName)).read(at: 0, count: clip.size)
        return (bytes, clip.type)
    }

    /// The job of that id; nil if there is none or it has expired.
    func job(_ id: String) -> View? {
        let now = self.now
        guard let entry = state.withLock({ $0.engine.entry(of: id, at: now) }) else { return nil }
        let status = entry.status(at: now)
        return View(
            id: id, status: status, failure: status == .failed ? entry.failure : nil,
            clip: status == .completed ? entry.clip : nil)
    }

    /// The fault that a poll of the job runs into now, if any.
    func fault(of id: String) -> QueueFault? {
        let now = self.now
        return state.withLock { $0.engine.fault(of: id, at: now) }
    }

    /// Stops making clips. Those not made yet are made after the next start, if jobs outlive this run.
    func stop() async {
        await workshop.stop()
    }

    private func order(_ record: JobRecord) {
        workshop.make(ClipOrder(record)) { made in
            do throws(MessageError) {
                let clip = try made.get()
                do {
                    try self.store.deliver(clip, to: record.id)
                } catch {
                    // The clip exists all the same; after a restart it is made again.
                    self.logger.error("\(error)")
                }
                self.state.withLock { $0.engine.deliver(clip, to: record.id) }
            } catch {
                self.logger.error("\(error) Job \(record.id) fails.")
                self.state.withLock { $0.engine.lose(record.id, because: error.message) }
            }
        }
    }

    /// Removes expired jobs, at most once a second. Until then they are only hidden.
    private func sweep() {
        let now = self.now
        let expired = state.withLock { state -> [String] in
            guard now >= state.swept.advancedSafely(by: 1000) else { return [] }
            state.swept = now
            return state.engine.removeExpired(at: now)
        }
        guard !expired.isEmpty else { return }
        do {
            for record in try store.remove(expired) { record.fileNames.forEach(folder.remove) }
        } catch {
            logger.error("\(error)")
        }
    }
}

extension JobRecord {
    /// The files in the queue's folder that belong to the job.
    var fileNames: [String] { uploads.map(\.fileName) + (clip.map { [$0.fileName] } ?? []) }
}
