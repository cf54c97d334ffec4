/// Days and moments by UTC, as text.
public enum UTC {
    /// The day of a moment, as `2026-08-01`.
    public static func day(_ milliseconds: Int64) -> String {
        var text: [UInt8] = []
        write(dayOf: milliseconds, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// ISO 8601 with milliseconds, as `2026-08-01T12:00:00.000Z`.
    public static func text(_ milliseconds: Int64) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(24)
        write(dayOf: milliseconds, to: &text)
        let ofDay = ((milliseconds % 86_400_000) + 86_400_000) % 86_400_000
        let parts: [(mark: Unicode.Scalar, number: Int64, width: Int)] = [
            ("T", ofDay / 3_600_000, 2), (":", ofDay / 60_000 % 60, 2), (":", ofDay / 1000 % 60, 2),
            (".", ofDay % 1000, 3),
        ]
        for part in parts {
            text.append(UInt8(ascii: part.mark))
            write(part.number, part.width, to: &text)
        }
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    private static func write(dayOf milliseconds: Int64, to text: inout [UInt8]) {
        let (year, month, day) = date(milliseconds)
        write(year, 4, to: &text)
        text.append(UInt8(ascii: "-"))
        write(month, 2, to: &text)
        text.append(UInt8(ascii: "-"))
        write(day, 2, to: &text)
    }

    /// - Parameter width: how many digits at least.
    private static func write(_ number: Int64, _ width: Int, to text: inout [UInt8]) {
        if width > 1 || number > 9 { write(number / 10, width - 1, to: &text) }
        text.append(UInt8(ascii: "0") + UInt8(number.magnitude % 10))
    }

    /// Milliseconds since 1970 of `2026-08-01`, or of `2026-08-01T12:00[:00[.000]]Z`; nil for anything else.
    public static func milliseconds(of text: String) -> Int64? {
        let halves = text.split(separator: "T", omittingEmptySubsequences: false)
        let numbers = halves[0].split(separator: "-", omittingEmptySubsequences: false).map { number(String($0)) }
        guard halves.count <= 2, numbers.count == 3, let year = numbers[0], let month = numbers[1],
            let day = numbers[2], (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let start = days(year, month, day) * 86_400_000
        guard self.day(start) == halves[0] else { return nil }
        guard halves.count == 2 else { return start }
        guard halves[1].hasSuffix("Z") else { return nil }
        let clock = halves[1].dropLast().split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(clock.count), let hour = number(clock[0]), let minute = number(clock[1]),
            hour < 24, minute < 60, let seconds = clock.count == 3 ? Double(clock[2]) : 0, (0..<60).contains(seconds)
        else { return nil }
        return start + hour * 3_600_000 + minute * 60_000 + Int64(seconds * 1000)
    }

    private static func number(_ text: String) -> Int64? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text) : nil
    }

    /// Days since 1970, by the civil calendar.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let ofEra = shifted - era * 400
        let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
    }

    private static func date(_ milliseconds: Int64) -> (Int64, Int64, Int64) {
        let days = (milliseconds >= 0 ? milliseconds : milliseconds - 86_399_999) / 86_400_000 + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let ofEra = days - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * ofYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - (153 * shifted + 2) / 5 + 1)
    }
}
