/// Workers that take jobs in the order they were submitted: when is the next one free?
struct WorkerPool: Hashable, Sendable {
    /// When each worker is free again, Unix milliseconds.
    private var free: [Int64]
    private var lastStart = Int64.min

    init(count: Int) {
        free = Array(repeating: .min, count: max(1, count))
    }

    /// Takes a worker for `lasts` milliseconds, as soon as the job is `ready` and one is free, but never before a job
    /// that came earlier. Returns the start.
    mutating func take(ready: Int64, lasts: Int64) -> Int64 {
        let worker = free.indices.min { free[$0] < free[$1] } ?? 0
        let start = max(ready, free[worker], lastStart)
        free[worker] = start.advancedSafely(by: lasts)
        lastStart = start
        return start
    }

    /// Takes a worker for a job whose times were decided before a restart. Call in the jobs' order.
    mutating func resume(start: Int64, finish: Int64) {
        let worker = free.indices.min { free[$0] < free[$1] } ?? 0
        free[worker] = max(free[worker], finish)
        lastStart = max(lastStart, start)
    }
}

extension Int64 {
    /// Held at the ends of the range: "in ten thousand years" is a legal wait.
    func advancedSafely(by amount: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(amount)
        guard overflow else { return sum }
        return amount < 0 ? .min : .max
    }
}
