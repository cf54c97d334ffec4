internal import HeapModule

/// Runs one policy through the jobs of a plan, event by event. Whoever has the policy drives it: `next` says what to
/// ask or tell the policy, `answer` takes the answer.
public struct LabRun {
    private struct Event: Comparable {
        var time: Double
        /// Of events at one time the one made first comes first.
        var order: Int
        var job: Int
        var step: Step

        static func == (left: Event, right: Event) -> Bool { left.order == right.order }
        static func < (left: Event, right: Event) -> Bool { (left.time, left.order) < (right.time, right.order) }
    }

    private enum Step {
        case submit, look
        case answer(sent: Double, finished: Bool, status: String, missed: Bool)
    }

    /// A job that takes more looks than this would be looked at for ever.
    static let mostLooks = 100_000

    private let plan: LabPlan
    private let jobs: [LabJobs.Job]
    private let name: String
    private var random: LabRandom
    private var events = Heap<Event>()
    private var order = 0
    private var waits: [Int: (wait: LabWait, unfinished: Double)] = [:]
    private var tally = LabTally()
    private var asked: LabWait?
    private var told: LabOutcome?
    /// How many waits are over.
    public private(set) var over = 0

    /// - Parameter name: the policy's.
    public init(_ plan: LabPlan, jobs: LabJobs, name: String) {
        self.plan = plan
        self.jobs = jobs.all
        self.name = name
        // Other chances than those of the jobs, or faults would go with durations.
        random = LabRandom(seed: ~plan.seed)
        if !self.jobs.isEmpty { add(.submit, of: 0, at: self.jobs[0].submitted) }
    }

    /// The policy's answer to `ask`: milliseconds until the next look, or nil to give up.
    public mutating func answer(_ delay: Double?) {
        guard let wait = asked else { return }
        asked = nil
        if let delay {
            add(.look, of: wait.job, at: wait.now + delay)
        } else {
            end(wait.job, at: wait.now, isFinished: false)
        }
    }

    /// Goes on to where the policy has something to say or to hear.
    /// - Throws: a `LabError` if a job is looked at without end.
    public mutating func next() throws(LabError) -> LabStep {
        while true {
            if let outcome = told {
                told = nil
                return .ended(outcome)
            }
            guard let event = events.popMin() else { return .over(tally.result(name: name)) }
            switch event.step {
            case .submit:
                if event.job + 1 < jobs.count { add(.submit, of: event.job + 1, at: jobs[event.job + 1].submitted) }
                waits[event.job] = (LabWait(job: event.job, now: event.time), 0)
                return .ask(ask(event))
            case .look:
                look(at: event.job, event.time)
            case .answer(let sent, let finished, let status, let missed):
                guard !finished else {
                    end(event.job, at: event.time, isFinished: true)
                    continue
                }
                waits[event.job]?.wait.missed = missed
                if !missed {
                    waits[event.job]?.wait.status = status
                    waits[event.job]?.unfinished = sent - jobs[event.job].submitted
                }
                let wait = ask(event)
                guard wait.attempt < Self.mostLooks else {
                    throw LabError(
                        "\(name): job \(event.job + 1) was looked at \(wait.attempt) times in \(Int(wait.elapsed)) ms and "
                            + "is not done: a policy's answer is in milliseconds, and 0 asks again at once.")
                }
                return .ask(wait)
            }
        }
    }

    private mutating func ask(_ event: Event) -> LabWait {
        var wait = waits[event.job]?.wait ?? LabWait(job: event.job)
        wait.elapsed = Self.rounded(event.time - jobs[event.job].submitted)
        wait.now = event.time
        waits[event.job]?.wait = wait
        asked = wait
        return wait
    }

    /// To the nanosecond: three waits of a second are 3000, not 2999.9999999998.
    private static func rounded(_ time: Double) -> Double { (time * 1e6).rounded() / 1e6 }

    private mutating func end(_ job: Int, at time: Double, isFinished: Bool) {
        let unfinished = waits.removeValue(forKey: job)?.unfinished ?? 0
        over += 1
        if job >= plan.warmUp {
            if isFinished {
                tally.finished(delay: max(0, Self.rounded(time - jobs[job].ended)))
            } else {
                tally.gaveUp += 1
            }
        }
        told = LabOutcome(
            job: job, after: unfinished, before: isFinished ? time - jobs[job].submitted : nil, now: time)
    }

    private mutating func look(at job: Int, _ time: Double) {
        waits[job]?.wait.attempt += 1
        tally.looked(at: time, counts: job >= plan.warmUp)
        let seen = time + plan.latency / 2
        let missed = plan.faults > 0 && random.unit() < plan.faults
        // A nanosecond is no time: delays that add up to a duration need not do so to the last digit.
        let finished = !missed && seen + 1e-6 >= jobs[job].ended
        let status = seen < jobs[job].begun ? "pending" : "processing"
        add(.answer(sent: time, finished: finished, status: status, missed: missed), of: job, at: time + plan.latency)
    }

    private mutating func add(_ step: Step, of job: Int, at time: Double) {
        order += 1
        events.insert(Event(time: time, order: order, job: job, step: step))
    }
}
