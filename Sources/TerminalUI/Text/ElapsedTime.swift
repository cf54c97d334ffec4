/// A duration as people read it on a clock: "0:07", "12:00", "1:02:03".
enum ElapsedTime {
    static func text(_ duration: Duration) -> String {
        let seconds = max(0, duration.components.seconds)
        let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
    }

    /// In words, for lines without columns: "30 s", "2 min", "2 min 5 s".
    static func words(_ duration: Duration) -> String {
        let seconds = max(0, duration.components.seconds)
        guard seconds >= 60 else { return "\(seconds) s" }
        return "\(seconds / 60) min" + (seconds % 60 == 0 ? "" : " \(seconds % 60) s")
    }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// Times of bars as texts. Those of neighbours are mostly the same, and so is their text then.
struct ElapsedTimes {
    private var seconds: Int64?
    private var last = ""

    mutating func text(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        if seconds != self.seconds {
            self.seconds = seconds
            last = ElapsedTime.text(duration)
        }
        return last
    }
}
