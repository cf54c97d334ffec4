import LiveDocument
import RunClock

/// How long each bar has been there. The time of a full one stands still.
struct Stopwatches: Sendable {
    fileprivate struct Watch {
        var start: RunInstant
        var end: RunInstant?
        /// The last update in which its bar was there.
        var update: Int
    }

    /// By the numbers of the elements.
    private var watches: [Int: Watch] = [:]
    private var updates = 0
    private(set) var start: RunInstant?

    /// Records which bars there are and which of them are full.
    mutating func update(from document: LiveDocument, now: RunInstant) {
        if start == nil { start = now }
        updates += 1
        var count = 0
        for id in document.subtree(of: .body) where document.tag(of: id) == .progress {
            count += 1
            let isFull = document.fraction(of: id).map { $0 >= 1 } ?? false
            watches[id.number, default: Watch(start: now, update: updates)].note(isFull, now: now, updates)
        }
        if watches.count > count { watches = watches.filter { $0.value.update == updates } }
    }

    func elapsed(of id: ElementID, now: RunInstant) -> Duration {
        guard let watch = watches[id.number] else { return .zero }
        return (watch.end ?? now) - watch.start
    }

    func elapsed(now: RunInstant) -> Duration { start.map { now - $0 } ?? .zero }
}

extension Stopwatches.Watch {
    fileprivate mutating func note(_ isFull: Bool, now: RunInstant, _ update: Int) {
        self.update = update
        end = isFull ? end ?? now : nil
    }
}
