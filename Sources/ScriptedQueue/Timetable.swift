public import LocalQueue
public import LuaVM

/// Timetables as tests and scenarios write them in Lua: what becomes of a job, step by step.
///
/// | step | means |
/// |---|---|
/// | `{ "pending", 5000 }` | that status for 5 s; any word will do, also one that no client knows |
/// | `"completed"` | the last status needs no time: it stays |
/// | `{ "failed", error = "out of memory" }` | a failure, and what the status reply says of it |
/// | `"expired"` | from here on nobody knows the job: 404 |
/// | `{ error = 429, retryAfter = 3000 }` | the next look is refused with that status |
/// | `"cut"` | the next look's connection ends without a reply |
/// | `"hang"` | the next look gets no reply, ever |
///
/// A fault takes no time and is one look's, unless it says `times = 3` (looks) or `lasts = 10000` (all looks in so many
/// milliseconds). A fault in place of a whole timetable is the submit's: then there is no job.
public enum Timetable {
    /// What one entry says: a timetable, or a fault of the submit itself. Nil is the usual job.
    public static func answer(from value: LuaValue) throws(TimetableProblem) -> SubmitAnswer {
        if value == .nil { return .usual }
        if value.isTimedStep {
            throw TimetableProblem(
                "this is one step, and a timetable is a list of them: write { { \"pending\", 5000 }, \"completed\" }")
        }
        if let steps = value.steps { return .job(try plan(of: steps)) }
        // A fault, or a step that stands for a timetable of one.
        guard case .fault(let fault) = try TimetableStep(value, "it") else { return .job(try plan(of: [value])) }
        guard fault.extent == .looks(1) else {
            throw TimetableProblem(
                "a fault of the submit itself takes neither times nor lasts; give it as often as it is to come")
        }
        return .fault(fault.fault)
    }

    /// What becomes of the jobs in the order they are submitted: a list of timetables, or one timetable for all.
    public static func answers(from value: LuaValue) throws(TimetableProblem) -> [SubmitAnswer] {
        guard case .table(let table) = value, table.entries.isEmpty, !table.sequence.isEmpty else {
            throw TimetableProblem(
                "a list of timetables is wanted, such as { { { \"pending\", 5000 }, \"completed\" } }, not "
                    + value.shortDescription)
        }
        if table.sequence.contains(where: \.isTimedStep) { return [.job(try plan(of: table.sequence))] }
        var answers: [SubmitAnswer] = []
        for (index, entry) in table.sequence.enumerated() {
            do throws(TimetableProblem) {
                answers.append(try answer(from: entry))
            } catch {
                throw TimetableProblem("timetable \(index + 1): \(error.message)")
            }
        }
        return answers
    }

    private static func plan(of steps: [LuaValue]) throws(TimetableProblem) -> JobPlan {
        guard !steps.isEmpty else { throw TimetableProblem("a timetable has at least one step, such as \"completed\"") }
        var plan = JobPlan(steps: [])
        plan.needsWorker = false
        var time: Int64 = 0
        for (index, value) in steps.enumerated() {
            let name = "step \(index + 1)"
            let isLast = index == steps.count - 1
            guard plan.expiresAfter == nil else {
                throw TimetableProblem("\(name) comes after \"expired\", which is the end of a timetable")
            }
            switch try TimetableStep(value, name) {
            case .status(let status, let lasts, let failure):
                if lasts == nil, !isLast {
                    throw TimetableProblem(
                        "\(name) needs its milliseconds, since others follow: { \"\(status)\", 5000 }")
                }
                plan.steps.append(.init(status: status, lasts: lasts ?? 0))
                if let failure { plan.failure = failure }
                time = time.advanced(by: lasts ?? 0, atMost: .max)
            case .fault(let fault):
                plan.troubles.append(.init(after: time, extent: fault.extent, fault: fault.fault))
                if case .milliseconds(let lasts) = fault.extent {
                    // Time goes by under it: the status before it stays until it is over.
                    if !plan.steps.isEmpty { plan.steps[plan.steps.count - 1].lasts += lasts }
                    time = time.advanced(by: lasts, atMost: .max)
                }
            case .expired: plan.expiresAfter = time
            }
        }
        guard !plan.steps.isEmpty else {
            throw TimetableProblem("no step is a status; a job needs one, such as { \"pending\", 5000 }")
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
