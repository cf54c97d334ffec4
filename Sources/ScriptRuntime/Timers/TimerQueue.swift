internal import HeapModule
internal import RunClock

/// What happens when, ordered by time and then by age. A cancelled entry stays in the heap until its time has
/// come or half of the heap is dead.
struct TimerQueue {
    enum Event {
        /// A task's sleep ends.
        case wake(task: Int)
        /// A cancelled task's wait is refused.
        case refuse(task: Int)
        /// A `setTimeout` or `setInterval` is due.
        case fire(timer: Int)
        /// A cancelled task's time to clean up is over.
        case grace(task: Int)
    }

    private struct Entry: Comparable {
        var due: RunInstant
        var age: Int
        static func < (left: Entry, right: Entry) -> Bool {
            (left.due, left.age) < (right.due, right.age)
        }
        static func == (left: Entry, right: Entry) -> Bool { left.age == right.age }
    }

    private var heap = Heap<Entry>()
    private var events: [Int: Event] = [:]
    private var nextAge = 0

    var isEmpty: Bool { events.isEmpty }
    var count: Int { events.count }

    /// Returns a key for `remove`.
    mutating func add(_ event: Event, due: RunInstant) -> Int {
        nextAge += 1
        heap.insert(Entry(due: due, age: nextAge))
        events[nextAge] = event
        return nextAge
    }

    mutating func remove(_ key: Int) {
        events[key] = nil
        if heap.count > 64, heap.count > 2 * events.count {
            heap = Heap(heap.unordered.filter { events[$0.age] != nil })
        }
    }

    /// When the next event is due.
    mutating func nextDue() -> RunInstant? {
        while let first = heap.min {
            if events[first.age] != nil { return first.due }
            heap.removeMin()
        }
        return nil
    }

    /// Takes out the next event that is due by `now`, and its key.
    mutating func takeDue(by now: RunInstant) -> (key: Int, event: Event)? {
        guard let due = nextDue(), due <= now else { return nil }
        let key = heap.removeMin().age
        return events.removeValue(forKey: key).map { (key, $0) }
    }
}
