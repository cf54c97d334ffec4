public import LocalQueue
public import LuaVM
public import PlainErrors

/// Timetables as tests and scenarios write them in Lua: what happens to a job, step by step.
///
/// | step | means |
/// |---|---|
/// | `{ "pending", 5000 }` | that status for 5 s; any word will do, also one that no client knows |
/// | `"completed"` | the last status needs no time: it stays |
/// | `{ "failed", error = "out of memory" }` | a failure, and what the status reply says of it |
/// | `"expired"` | from here on the job is forgotten: 404 |
/// | `{ error = 429, retryAfter = 3000 }` | the next poll is refused with that status |
/// | `"cut"` | the next poll's connection ends without a reply |
/// | `"hang"` | the next poll never gets a reply |
///
/// A fault takes no time and affects one poll, unless it says `times = 3` (polls) or `lasts = 10000` (every poll within so
/// many milliseconds). A fault instead of a timetable is the submit's own: then there is no job.
public enum Timetable {
    /// Reads one entry: a timetable, or a fault of the submit itself. Nil stands for the usual job.
    public static func answer(from value: LuaValue) throws(MessageError) -> SubmitAnswer {
        if value == .nil { return .usual }
        if value.isTimedStep {
            throw MessageError(
                "this is one step, and a timetable is a list of them: write { { \"pending\", 5000 }, \"completed\" }")
        }
        if let steps = value.steps { return .job(try plan(of: steps)) }
        // A fault, or a single step that stands for a whole timetable.
        guard case .fault(let fault) = try TimetableStep(value, "it") else { return .job(try plan(of: [value])) }
        guard fault.extent == .polls(1) else {
            throw MessageError(
                "a fault of the submit itself takes neither times nor lasts; repeat it for each submit that should fail"
            )
        }
        return .fault(fault.fault)
    }

    /// Reads what happens to jobs in the order they are submitted: a list of timetables, or one timetable for all.
    public static func answers(from value: LuaValue) throws(MessageError) -> [SubmitAnswer] {
        guard case .table(let table) = value, table.entries.isEmpty, !table.sequence.isEmpty else {
            throw MessageError(
                "expected a list of timetables, such as { { { \"pending\", 5000 }, \"completed\" } }, not "
                    + value.shortDescription)
        }
        if table.sequence.contains(where: \.isTimedStep) { return [.job(try plan(of: table.sequence))] }
        var answers: [SubmitAnswer] = []
        for (index, entry) in table.sequence.enumerated() {
            do throws(MessageError) {
                answers.append(try answer(from: entry))
            } catch {
                throw MessageError("timetable \(index + 1): \(error.message)")
            }
        }
        return answers
    }

    private static func plan(of steps: [LuaValue]) throws(MessageError) -> JobPlan {
        guard !steps.isEmpty else { throw MessageError("a timetable needs at least one step, such as \"completed\"") }
        var plan = JobPlan(steps: [])
        plan.needsWorker = false
        var time: Int64 = 0
        for (index, value) in steps.enumerated() {
            let name = "step \(index + 1)"
            let isLast = index == steps.count - 1
            guard plan.expiresAfter == nil else {
                throw MessageError("\(name) comes after \"expired\", which ends a timetable")
            }
            switch try TimetableStep(value, name) {
            case .status(let status, let lasts, let failure):
                if lasts == nil, !isLast {
                    throw MessageError(
                        "\(name) needs its milliseconds, since other steps follow: { \"\(status)\", 5000 }")
                }
                plan.steps.append(.init(status: status, lasts: lasts ?? 0))
                if let failure { plan.failure = failure }
                time = time.advanced(by: lasts ?? 0, atMost: .max)
            case .fault(let fault):
                plan.faults.append(.init(after: time, extent: fault.extent, fault: fault.fault))
                if case .milliseconds(let lasts) = fault.extent {
                    // Time passes meanwhile: the status before the fault stays until the fault is over.
                    if !plan.steps.isEmpty { plan.steps[plan.steps.count - 1].lasts += lasts }
                    time = time.advanced(by: lasts, atMost: .max)
                }
            case .expired: plan.expiresAfter = time
            }
        }
        guard !plan.steps.isEmpty else {
            throw MessageError("no step is a status; a job needs one, such as { \"pending\", 5000 }")
        }
        return plan
    }
}

extension Int64 {
    fileprivate func advanced(by step: Int64, atMost limit: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(step)
        return overflow ? limit : Swift.min(sum, limit)
    }
}
