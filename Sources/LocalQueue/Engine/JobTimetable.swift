import DecartAPI

/// When a job is in which status: decided once, when it is submitted, and never changed.
struct JobTimetable: Hashable, Sendable, Codable {
    struct Phase: Hashable, Sendable, Codable {
        /// Unix milliseconds.
        var from: Int64
        var status: String
    }

    /// In order of time, never empty; the first begins with the submit.
    var phases: [Phase]
    /// Why the job fails, if it does.
    var failure: String?
    /// From then on nobody knows the job any more (Unix milliseconds); nil: never.
    var expires: Int64?

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

    func isExpired(at instant: Int64) -> Bool {
        expires.map { $0 <= instant } ?? false
    }
}
