import DecartAPI

/// The two forms of a `Retry-After`: seconds, or an HTTP date.
enum RetryAfter {
    /// How long to wait from `unixTime` on; never negative. Nil for what is neither form.
    static func wait(_ text: String, at unixTime: Double) -> Duration? {
        let text = String(text.trimmingSpaces)
        if !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            // A year is longer than anybody waits, and far from overflow.
            return .seconds(min(Int64(text) ?? .max, 365 * 24 * 3600))
        }
        return HTTPDate.unixTime(text).map { .seconds(min(max(0, $0 - unixTime), 365 * 24 * 3600)) }
    }
}

/// Dates as HTTP writes them, in each of the three forms that a recipient has to take (RFC 9110, 5.6.7).
enum HTTPDate {
    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    /// Seconds since 1970-01-01T00:00:00Z, or nil.
    static func unixTime(_ text: String) -> Double? {
        // All three have the day before the year, and time and month in places of their own:
        // "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994".
        let words = text.lowercased().split { $0 == " " || $0 == "," || $0 == "-" }
        let numbers = words.compactMap { Int($0) }
        guard let month = words.lazy.compactMap({ months.firstIndex(of: String($0)) }).first,
            let time = words.first(where: { $0.contains(":") }), numbers.count == 2
        else { return nil }
        let clock = time.split(separator: ":").compactMap { Int($0) }
        let year = numbers[1] < 70 ? numbers[1] + 2000 : numbers[1] < 100 ? numbers[1] + 1900 : numbers[1]
        guard clock.count == 3, (0..<24).contains(clock[0]), (0..<60).contains(clock[1]), (0...60).contains(clock[2]),
            (1...31).contains(numbers[0]), (1970...9999).contains(year)
        else { return nil }
        let days = daysSince1970(year: year, month: month + 1, day: numbers[0])
        return Double(days * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2])
    }

    /// Of the Gregorian calendar. Years begin in March here, so that a leap day is a year's last.
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }
}
