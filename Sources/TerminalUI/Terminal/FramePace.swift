import RunClock

/// When the next frame is drawn: as soon as somebody wants one, but at most twenty times a second.
struct FramePace: Sendable {
    static let interval = Duration.milliseconds(50)

    private var last: RunInstant?
    /// The frame that is to come.
    private(set) var due: RunInstant?

    /// Somebody wants a frame at `instant`, or now.
    /// - Returns: when to draw it; nil if one is to come by then anyway.
    mutating func want(at instant: RunInstant) -> RunInstant? {
        let next = max(instant, last.map { $0 + Self.interval } ?? instant)
        if let due, due <= next { return nil }
        due = next
        return next
    }

    mutating func drawn(at instant: RunInstant) {
        last = instant
        due = nil
    }
}
