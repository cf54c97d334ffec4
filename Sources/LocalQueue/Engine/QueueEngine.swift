import DecartAPI
import RunClock

/// The queue as a value: jobs, workers and chance, without a clock, a file or a lock. Whoever owns it says what time
/// it is, in Unix milliseconds, so that times mean the same after a restart.
struct QueueEngine: Sendable {
    /// What there is to know of one job.
    struct Entry: Hashable, Sendable {
        /// Counts up from 1 and is never given out twice, also after a restart.
        var number: Int64
        var timetable: JobTimetable
        /// The finished picture; a job without one is not completed yet, whatever its timetable says.
        var clip: Clip?
        /// How many looks have met each of the timetable's troubles; a restart begins again.
        var met: [Int: Int] = [:]
    }

    private let plan: JobPlan
    private let failRate: Double
    private let expireAfter: Int64?
    private let seed: UInt64
    private var workers: WorkerPool
    private var entries: [String: Entry] = [:]
    private var nextNumber: Int64
    /// Whether any job may have an end of its time.
    private var mayExpire: Bool

    /// - Parameter nextNumber: one more than the highest number ever given out in this queue.
    init(settings: QueueSettings, seed: UInt64, nextNumber: Int64 = 1) {
        plan = .completing(
            pending: max(0, settings.pending.wholeMilliseconds),
            processing: max(0, settings.processing.wholeMilliseconds))
        failRate = settings.failRate
        expireAfter = settings.expireAfter.map { max(0, $0.wholeMilliseconds) }
        mayExpire = expireAfter != nil || settings.planner != nil
        self.seed = seed
        self.nextNumber = nextNumber
        workers = WorkerPool(count: settings.concurrency)
    }

    /// Takes a job in and decides all of its times.
    /// - Parameter plan: what is to become of it; nil: the usual plan, and a failure by chance.
    mutating func submit(at now: Int64, plan: JobPlan? = nil) -> (id: String, entry: Entry) {
        let number = nextNumber
        nextNumber += 1
        var random = SeededRandom(seed: seed, stream: UInt64(bitPattern: number))
        let id = IDMint.id("job_", &random)
        let chance = random.nextUnit()
        let plan = plan ?? (chance < failRate ? self.plan.failing(because: Self.chanceFailure(failRate)) : self.plan)
        let entry = Entry(number: number, timetable: timetable(of: plan, from: now))
        entries[id] = entry
        return (id, entry)
    }

    /// Puts back a job from before a restart. Call in the order of the numbers.
    mutating func restore(id: String, _ entry: Entry) {
        entries[id] = entry
        nextNumber = max(nextNumber, entry.number + 1)
        if let start = entry.timetable.starts {
            workers.resume(start: start, finish: entry.timetable.finishes)
        }
    }

    /// The job, if there is one of that id and it has not expired.
    func entry(of id: String, at now: Int64) -> Entry? {
        entries[id].flatMap { $0.timetable.isExpired(at: now) ? nil : $0 }
    }

    /// The fault that a look at the job meets now, which counts as met.
    mutating func fault(of id: String, at now: Int64) -> QueueFault? {
        guard let entry = entry(of: id, at: now), let index = entry.timetable.trouble(at: now, met: entry.met) else {
            return nil
        }
        entries[id]?.met[index, default: 0] += 1
        return entry.timetable.troubles?[index].fault
    }

    /// `clip` is the job's picture from now on.
    mutating func deliver(_ clip: Clip, to id: String) {
        entries[id]?.clip = clip
    }

    /// Forgets a job that could not be written down. The time its worker had for it stays empty.
    mutating func withdraw(_ id: String) {
        entries[id] = nil
    }

    /// Forgets the jobs that have expired, and says which they were.
    mutating func removeExpired(at now: Int64) -> [String] {
        guard mayExpire else { return [] }
        let expired = entries.filter { $0.value.timetable.isExpired(at: now) }.map(\.key)
        for id in expired { entries[id] = nil }
        return expired
    }

    private mutating func timetable(of plan: JobPlan, from now: Int64) -> JobTimetable {
        let working = plan.needsWorker ? plan.steps.firstIndex { $0.status == JobStatus.processing.rawValue } : nil
        var phases: [JobTimetable.Phase] = []
        var instant = now
        for (index, step) in plan.steps.enumerated() {
            if index == working {
                let busy = plan.steps[index..<(plan.steps.count - 1)].reduce(Int64(0)) {
                    $0.advancedSafely(by: $1.lasts)
                }
                instant = workers.take(ready: instant, lasts: busy)
            }
            phases.append(JobTimetable.Phase(from: instant, status: step.status))
            if index < plan.steps.count - 1 { instant = instant.advancedSafely(by: step.lasts) }
        }
        let troubles = plan.troubles.map {
            JobTimetable.Trouble(from: now.advancedSafely(by: $0.after), extent: $0.extent, fault: $0.fault)
        }
        let expires = plan.expiresAfter.map { now.advancedSafely(by: $0) }
        return JobTimetable(
            phases: phases, failure: plan.failure,
            expires: expires ?? expireAfter.map { instant.advancedSafely(by: $0) },
            troubles: troubles.isEmpty ? nil : troubles)
    }

    private static func chanceFailure(_ rate: Double) -> String {
        "The local queue lets this job fail by chance (fail rate \(rate))."
    }
}

extension QueueEngine.Entry {
    /// The status at `now`. A clip that is late keeps its job `processing`.
    func status(at now: Int64) -> JobStatus {
        let status = timetable.status(at: now)
        return status == .completed && clip == nil ? .processing : status
    }
}

extension Duration {
    /// Rounded down; held at ±292 years.
    var wholeMilliseconds: Int64 { saturatingNanoseconds / 1_000_000 }
}
