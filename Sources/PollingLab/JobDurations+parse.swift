public import PlainErrors

extension JobDurations {
    static let kinds = "fixed:60s, lognormal:60s,0.5 (median, sigma), uniform:0s,120s, exponential:60s"

    /// Reads `lognormal:60s,0.5` and the like, several joined by `+` for a mixture, or else a file of recorded ones.
    /// - Parameter read: returns a file's text; nil if it cannot be read.
    public init(_ text: String, read: (String) -> String?) throws(MessageError) {
        let parts = text.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
        if parts.count > 1, parts.contains(where: { Self.isNamed($0) }) {
            var kinds: [JobDurations] = []
            for part in parts { kinds.append(try JobDurations(part, read: read)) }
            self = .mixture(kinds)
            return
        }
        if Self.isNamed(text) {
            self = try Self.named(text)
            return
        }
        guard let contents = read(text) else {
            throw MessageError(
                "--durations '\(text)' is neither one of \(Self.kinds), nor a file that can be read as text.")
        }
        self = .recorded(try RecordedDurations.read(contents, file: text))
    }

    private static func isNamed(_ text: String) -> Bool {
        ["fixed:", "lognormal:", "uniform:", "exponential:"].contains(where: text.hasPrefix)
    }

    private static func named(_ text: String) throws(MessageError) -> JobDurations {
        let name = String(text.prefix { $0 != ":" })
        let rest = text.dropFirst(name.count + 1)
        let words = rest.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        func fail(_ why: String) -> MessageError {
            MessageError("--durations \(text): \(why). Known are \(kinds), or a CSV file.")
        }
        func time(_ word: String, above least: Double) throws(MessageError) -> Double {
            guard let time = TimeText.milliseconds(word) else {
                throw fail("'\(word)' is not a time such as 60s, 1500ms or 2m")
            }
            guard time >= least, time > 0 || least <= 0, time <= TimeText.longest else {
                throw fail("'\(word)' is not a time from \(least > 0 ? "more than 0" : "0") to 365 days")
            }
            return time
        }
        func take(_ count: Int) throws(MessageError) {
            guard words.count == count else {
                throw fail("\(name) takes \(count == 1 ? "one number" : "\(count) numbers"), not \(words.count)")
            }
        }
        switch name {
        case "fixed":
            try take(1)
            return .fixed(try time(words[0], above: .leastNonzeroMagnitude))
        case "exponential":
            try take(1)
            return .exponential(mean: try time(words[0], above: .leastNonzeroMagnitude))
        case "uniform":
            try take(2)
            let from = try time(words[0], above: 0)
            let to = try time(words[1], above: .leastNonzeroMagnitude)
            guard from < to else { throw fail("the first time must be less than the second") }
            return .uniform(from: from, to: to)
        default:
            try take(2)
            let median = try time(words[0], above: .leastNonzeroMagnitude)
            guard let sigma = Double(words[1]), sigma > 0, sigma <= 5 else {
                throw fail("sigma '\(words[1])' is not a number from more than 0 to 5")
            }
            return .lognormal(median: median, sigma: sigma)
        }
    }
}
