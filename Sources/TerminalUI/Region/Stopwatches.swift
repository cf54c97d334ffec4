import LiveDocument
import RunClock

/// How long each bar has been there. The time of a full one stands still.
struct Stopwatches: Sendable {
    private struct Watch {
        var start: RunInstant
        var end: RunInstant?
    }

    private var watches: [ElementID: Watch] = [:]
    private(set) var start: RunInstant?

    /// Records which bars there are and which of them are full.
    mutating func update(from document: LiveDocument, now: RunInstant) {
        if start == nil { start = now }
        var seen: [ElementID: Watch] = [:]
        for id in document.subtree(of: .body) where document.tag(of: id) == .progress {
            var watch = watches[id] ?? Watch(start: now)
            if let fraction = document.fraction(of: id), fraction >= 1 {
                watch.end = watch.end ?? now
            } else {
                watch.end = nil
            }
            seen[id] = watch
        }
        watches = seen
    }

    func elapsed(of id: ElementID, now: RunInstant) -> Duration {
        guard let watch = watches[id] else { return .zero }
        return (watch.end ?? now) - watch.start
    }

    func elapsed(now: RunInstant) -> Duration { start.map { now - $0 } ?? .zero }
}
