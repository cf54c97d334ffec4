import LiveDocument
import RunClock

/// How long each bar has been there; one that is full, or gone, stands still.
struct Stopwatches: Sendable {
    private struct Watch {
        var start: RunInstant
        var end: RunInstant?
    }

    private var watches: [ElementID: Watch] = [:]
    private(set) var start: RunInstant?

    /// Looks which bars there are and which of them are full.
    mutating func look(at document: LiveDocument, now: RunInstant) {
        if start == nil { start = now }
        var seen: [ElementID: Watch] = [:]
        for id in document.family(of: .body) where document.tag(of: id) == .progress {
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
