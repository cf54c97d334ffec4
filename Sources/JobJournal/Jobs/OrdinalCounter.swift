/// Numbers equal contents within a process, from 0, in the order in which they come, so that a run started again finds
/// each of its jobs. A number whose submit came to nothing is given out again: the next try takes its place.
struct OrdinalCounter: Sendable {
    private struct Count {
        var next = 0
        var free: [Int] = []
    }

    private var counts: [String: Count] = [:]

    mutating func take(_ content: String) -> Int {
        var count = counts[content] ?? Count()
        defer { counts[content] = count }
        if let smallest = count.free.min() {
            count.free.removeAll { $0 == smallest }
            return smallest
        }
        count.next += 1
        return count.next - 1
    }

    mutating func giveBack(_ ordinal: Int, of content: String) {
        counts[content]?.free.append(ordinal)
    }
}
