/// Finds what somebody probably meant to write.
public enum Spelling {
    /// The names nearest to `name`, nearest first; of equally near ones, the earlier in `names` comes first.
    ///
    /// - Parameters:
    ///   - limit: how many at most.
    ///   - onlyLikely: leaves out names of which more than half would have to be typed anew.
    public static func nearest(
        to name: String, among names: some Sequence<String>, limit: Int = 3, onlyLikely: Bool = false
    ) -> [String] {
        // Nobody's typing error is this long, and the work grows with the length.
        let wanted = Array(name.lowercased().utf8.prefix(64))
        var ranked: [(name: String, distance: Int, place: Int)] = []
        for (place, candidate) in names.enumerated() {
            let letters = Array(candidate.lowercased().utf8)
            let distance = distance(wanted, letters)
            if onlyLikely && distance * 2 > max(wanted.count, letters.count) { continue }
            ranked.append((candidate, distance, place))
        }
        ranked.sort { ($0.distance, $0.place) < ($1.distance, $1.place) }
        return ranked.prefix(limit).map(\.name)
    }

    /// How many insertions, deletions, replacements and swaps of neighbours turn one into the other (no letter being
    /// touched twice).
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var next = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(last[column] + (letter == other ? 0 : 1), last[column + 1] + 1, next[column] + 1)
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                next.append(cost)
            }
            beforeLast = last
            last = next
        }
        return last[right.count]
    }
}
