import DecartAPI

/// When a job is in which status: decided once, when it is submitted, and never changed.
struct JobTimetable: Hashable, Sendable, Codable {
    struct Phase: Hashable, Sendable, Codable {
        /// Unix milliseconds.
        var from: Int64
        var status: String
    }

    /// A fault that looks at the job meet.
    struct Trouble: Hashable, Sendable, Codable {
        /// Unix milliseconds.
        var from: Int64
        var extent: JobPlan.Extent
        var fault: QueueFault
    }

    /// In order of time, never empty; the first begins with the submit.
    var phases: [Phase]
    /// Why the job fails, if it does.
    var failure: String?
    /// From then on nobody knows the job any more (Unix milliseconds); nil: never.
    var expires: Int64?
    /// In order of time; nil for none.
    var troubles: [Trouble]?

    /// The status at `instant` (Unix milliseconds).
    func status(at instant: Int64) -> JobStatus {
        let phase = phases.last { $0.from <= instant } ?? phases[0]
        return JobStatus(rawValue: phase.status)
    }

    /// When the job takes its worker: the start of its first `processing`, if it has one.
    var starts: Int64? {
        phases.first { $0.status == JobStatus.processing.rawValue }?.from
    }

    /// When the last status begins.
    var finishes: Int64 { phases[phases.count - 1].from }

    var fails: Bool { phases[phases.count - 1].status == JobStatus.failed.rawValue }

    /// The fault that a look at `instant` (Unix milliseconds) meets, by its place in `troubles`.
    /// - Parameter met: how many looks each of them has met.
    func trouble(at instant: Int64, met: [Int: Int]) -> Int? {
        troubles?.indices.first { index in
            guard let trouble = troubles?[index], trouble.from <= instant else { return false }
            switch trouble.extent {
            case .looks(let count): return met[index, default: 0] < count
            case .milliseconds(let lasts): return instant < trouble.from.advancedSafely(by: lasts)
            }
        }
    }

    func isExpired(at instant: Int64) -> Bool {
        expires.map { $0 <= instant } ?? false
    }
}
