/// Notices that jobs have begun to take longer, or less long, than they did.
///
/// If durations are distributed as estimated, the share of jobs expected to end before each one is even between 0
/// and 1. The last 6, 12, 24 and 48 jobs are held against that by Kolmogorov and Smirnov's distance.
enum ShiftDetector {
    static let spans = [48, 24, 12, 6]
    /// √n · distance beyond which chance is ruled out: 2·exp(−2·2.4²), 1 in 50,000 tests.
    static let critical = 2.4

    /// Returns how many of the last `shares` belong to the new state of things; nil if nothing has changed.
    static func shift(in shares: some RandomAccessCollection<Double>) -> Int? {
        for span in spans where shares.count >= span {
            if distance(shares.suffix(span)) * Double(span).squareRoot() > critical { return span }
        }
        return nil
    }

    /// The largest difference between the distribution of the shares and the even one.
    static func distance(_ shares: some Collection<Double>) -> Double {
        let count = Double(shares.count)
        var largest = 0.0
        for (rank, share) in shares.sorted().enumerated() {
            largest = max(largest, share - Double(rank) / count, Double(rank + 1) / count - share)
        }
        return largest
    }
}
