import DecartAPI

/// When a job is in which status. Decided once, at the submit, and never changed.
struct JobTimetable: Hashable, Sendable, Codable {
    struct Phase: Hashable, Sendable, Codable {
        /// Unix milliseconds.
        var from: Int64
        var status: String
    }

    /// A fault that polls of the job run into.
    struct PlannedFault: Hashable, Sendable, Codable {
        /// Unix milliseconds.
        var from: Int64
        var extent: JobPlan.Extent
        var fault: QueueFault
    }

    /// In order of time, never empty; the first begins with the submit.
    var phases: [Phase]
    /// Why the job fails, if it does.
    var failure: String?
    /// When the job is forgotten (Unix milliseconds); nil: never.
    var expires: Int64?
    /// In order of time; nil for none.
    var faults: [PlannedFault]?

    /// Databases written by earlier versions say `troubles`.
    private enum CodingKeys: String, CodingKey {
        case phases, failure, expires
        case faults = "troubles"
    }

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

    /// The index in `faults` of the one that a poll at `instant` (Unix milliseconds) runs into.
    /// - Parameter met: how many polls have run into each of them so far, by index.
    func faultIndex(at instant: Int64, met: [Int: Int]) -> Int? {
        faults?.indices.first { index in
            guard let fault = faults?[index], fault.from <= instant else { return false }
            switch fault.extent {
            case .polls(let count): return met[index, default: 0] < count
            case .milliseconds(let lasts): return instant < fault.from.advancedSafely(by: lasts)
            }
        }
    }

    func isExpired(at instant: Int64) -> Bool {
        expires.map { $0 <= instant } ?? false
    }
}
