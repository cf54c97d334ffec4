internal import HeapModule
public import PlainErrors
import SeededNumbers

/// Runs one policy through the jobs of a plan, event by event. The policy's owner drives it: `next` says what to
/// ask the policy or what it may learn from, `answer` takes its answer.
public struct LabRun {
    private struct Event: Comparable {
        var time: Double
        /// Of events at the same time, the one made first comes first.
        var order: Int
        var job: Int
        var step: Step

        static func == (left: Event, right: Event) -> Bool { left.order == right.order }
        static func < (left: Event, right: Event) -> Bool { (left.time, left.order) < (right.time, right.order) }
    }

    private enum Step {
        case submit, poll
        case answer(sent: Double, finished: Bool, status: String, missed: Bool)
    }

    /// A job that takes more polls than this would be polled for ever.
    static let mostPolls = 100_000

    private let plan: LabPlan
    private let jobs: [LabJobs.Job]
    private let name: String
    private var random: SplitMix64
    private var events = Heap<Event>()
    private var order = 0
    private var waits: [Int: (wait: LabWait, unfinished: Double)] = [:]
    private var tally = LabTally()
    private var asked: LabWait?
    private var ended: LabOutcome?
    /// How many waits are over.
    public private(set) var over = 0

    /// - Parameter name: the policy's.
    public init(_ plan: LabPlan, jobs: LabJobs, name: String) {
        self.plan = plan
        self.jobs = jobs.all
        self.name = name
        // Other chances than those of the jobs, or faults would go with durations.
        random = SplitMix64(seed: ~plan.seed)
        if !self.jobs.isEmpty { add(.submit, of: 0, at: self.jobs[0].submitted) }
    }

    /// The policy's answer to `ask`: milliseconds until the next poll, or nil to give up.
    public mutating func answer(_ delay: Double?) {
        guard let wait = asked else { return }
        asked = nil
        if let delay {
            add(.poll, of: wait.job, at: wait.now + delay)
        } else {
            end(wait.job, at: wait.now, isFinished: false)
        }
    }

    /// Goes on to the next question for the policy, or the next thing it can learn from.
    /// - Throws: if a job is polled without end.
    public mutating func next() throws(MessageError) -> LabStep {
        while true {
            if let outcome = ended {
                ended = nil
                return .ended(outcome)
            }
            guard let event = events.popMin() else { return .over(tally.result(name: name)) }
            switch event.step {
            case .submit:
                if event.job + 1 < jobs.count { add(.submit, of: event.job + 1, at: jobs[event.job + 1].submitted) }
                waits[event.job] = (LabWait(job: event.job, now: event.time), 0)
                return .ask(ask(event))
            case .poll:
                poll(event.job, event.time)
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
                guard wait.attempt < Self.mostPolls else {
                    throw MessageError(
                        "\(name): job \(event.job + 1) was polled \(wait.attempt) times in \(LabText.number(wait.elapsed)) ms and "
                            + "is not done: a policy answers in milliseconds, and 0 polls again at once.")
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
        ended = LabOutcome(
            job: job, after: unfinished, before: isFinished ? time - jobs[job].submitted : nil, now: time)
    }

    private mutating func poll(_ job: Int, _ time: Double) {
        waits[job]?.wait.attempt += 1
        tally.polled(at: time, counts: job >= plan.warmUp)
        let seen = time + plan.latency / 2
        let missed = plan.faults > 0 && random.unit() < plan.faults
        // A nanosecond does not count: delays that add up to a duration need not do so to the last digit.
        let finished = !missed && seen + 1e-6 >= jobs[job].ended
        let status = seen < jobs[job].begun ? "pending" : "processing"
        add(.answer(sent: time, finished: finished, status: status, missed: missed), of: job, at: time + plan.latency)
    }

    private mutating func add(_ step: Step, of job: Int, at time: Double) {
        order += 1
        events.insert(Event(time: time, order: order, job: job, step: step))
    }
}
