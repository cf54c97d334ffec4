internal import DequeModule

/// Limits how many operations are under way at a time. The others wait in line, where one costs a number. Once
/// begun, each would be a Swift task waiting for its turn at the network, which costs kilobytes.
///
/// Used on the runtime's actor only.
public final class OperationGate {
    private let limit: Int
    private var inside: Set<Int> = []
    private var line: Deque<Int> = []
    private var waiting: Set<Int> = []

    public init(limit: Int) {
        self.limit = limit
    }

    /// Whether that operation may begin now; else it is in line.
    func enter(_ id: Int) -> Bool {
        if inside.count < limit {
            inside.insert(id)
            return true
        }
        line.append(id)
        waiting.insert(id)
        return false
    }

    /// It begins out of turn.
    func push(_ id: Int) {
        waiting.remove(id)
        inside.insert(id)
    }

    /// It is over. Returns those that begin now.
    func leave(_ id: Int) -> [Int] {
        inside.remove(id)
        waiting.remove(id)
        var next: [Int] = []
        while inside.count < limit, let first = line.popFirst() {
            // It may have begun out of turn, or been abandoned.
            guard waiting.remove(first) != nil else { continue }
            inside.insert(first)
            next.append(first)
        }
        return next
    }
}
