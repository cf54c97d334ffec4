import DecartAPI
import RunClock
import SeededNumbers

/// The queue as a value: jobs, workers and chance, without a clock, a file or a lock. Its owner tells it the time, in
/// Unix milliseconds, so that times still mean the same after a restart.
struct QueueEngine: Sendable {
    /// Everything known about one job.
    struct Entry: Hashable, Sendable {
        /// Counts up from 1 and is never reused, not even after a restart.
        var number: Int64
        var timetable: JobTimetable
        /// The finished result; a job without one is not completed yet, whatever its timetable says.
        var clip: Clip?
        /// Why there will be no result in this run, although the timetable promises one.
        var loss: String?
        /// How many polls have run into each of the timetable's faults, by index. A restart counts from zero.
        var met: [Int: Int] = [:]
    }

    private let plan: JobPlan
    private let failRate: Double
    private let expireAfter: Int64?
    private let seed: UInt64
    private var workers: WorkerPool
    private var entries: [String: Entry] = [:]
    private var nextNumber: Int64
    /// Whether any job may expire.
    private var mayExpire: Bool

    /// - Parameter nextNumber: one more than the highest number this queue has ever used.
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

    /// Accepts a job and decides all its times.
    /// - Parameter plan: what happens to it; nil: the usual plan, with a chance of failure.
    mutating func submit(at now: Int64, plan: JobPlan? = nil) -> (id: String, entry: Entry) {
        let number = nextNumber
        nextNumber += 1
        var random = SplitMix64(seed: seed, stream: UInt64(bitPattern: number))
        let id = IDGenerator.id("job_", &random)
        let chance = random.unit()
        let plan = plan ?? (chance < failRate ? self.plan.failing(because: Self.chanceFailure(failRate)) : self.plan)
        let entry = Entry(number: number, timetable: timetable(of: plan, from: now))
        entries[id] = entry
        return (id, entry)
    }

    /// Puts back a job from before a restart. Call in ascending order of number.
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

    /// The fault that a poll of the job runs into now. The poll is counted.
    mutating func fault(of id: String, at now: Int64) -> QueueFault? {
        guard let entry = entry(of: id, at: now), let index = entry.timetable.faultIndex(at: now, met: entry.met) else {
            return nil
        }
        entries[id]?.met[index, default: 0] += 1
        return entry.timetable.faults?[index].fault
    }

    /// `clip` is the job's result from now on.
    mutating func deliver(_ clip: Clip, to id: String) {
        entries[id]?.clip = clip
    }

    /// There is no room for the job's result, or the like: it fails when it would have been completed.
    mutating func lose(_ id: String, because reason: String) {
        entries[id]?.loss = reason
    }

    /// Forgets a job that could not be stored. The time its worker had reserved stays empty.
    mutating func withdraw(_ id: String) {
        entries[id] = nil
    }

    /// Forgets the jobs that have expired and returns their ids.
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
        let faults = plan.faults.map {
            JobTimetable.PlannedFault(from: now.advancedSafely(by: $0.after), extent: $0.extent, fault: $0.fault)
        }
        let expires = plan.expiresAfter.map { now.advancedSafely(by: $0) }
        return JobTimetable(
            phases: phases, failure: plan.failure,
            expires: expires ?? expireAfter.map { instant.advancedSafely(by: $0) },
            faults: faults.isEmpty ? nil : faults)
    }

    private static func chanceFailure(_ rate: Double) -> String {
        "The local queue lets this job fail by chance (fail rate \(rate))."
    }
}

extension QueueEngine.Entry {
    /// The status at `now`. A clip that is late keeps its job `processing`.
    func status(at now: Int64) -> JobStatus {
        let status = timetable.status(at: now)
        guard status == .completed, clip == nil else { return status }
        return loss == nil ? .processing : .failed
    }

    /// Why it is `failed`, if it is or will be.
    var failure: String? { loss ?? timetable.failure }
}

extension Duration {
    /// Rounded down; held at ±292 years.
    var wholeMilliseconds: Int64 { saturatingNanoseconds / 1_000_000 }
}
