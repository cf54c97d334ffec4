internal import RunClock

/// Decides when pages are shown what has changed: at once after a quiet moment, and at most twenty times a second.
struct FramePace: Sendable {
    /// From one frame to the next, at least.
    static let frame = Duration.milliseconds(50)

    enum Decision: Hashable, Sendable {
        case now
        case at(RunInstant)
        /// A frame is on its way.
        case none
    }

    private var next = RunInstant.start
    private var isScheduled = false

    /// Something has changed.
    mutating func changed(at now: RunInstant) -> Decision {
        if isScheduled { return .none }
        guard now < next else {
            next = now + Self.frame
            return .now
        }
        isScheduled = true
        return .at(next)
    }

    /// The frame that was scheduled is shown.
    mutating func shown(at now: RunInstant) {
        isScheduled = false
        next = now + Self.frame
    }
}
