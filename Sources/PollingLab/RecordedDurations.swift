internal import PlainErrors
internal import PollingModel

/// Durations from a file: a line each, the last column that is a number of milliseconds or a time with its unit.
///
/// What `decart.policy.learned` keeps is such a file too: of each `DurationRecord` the middle of the interval is taken,
/// and a job whose end nobody saw is left out.
enum RecordedDurations {
    static func read(_ text: String, file: String) throws(MessageError) -> [Double] {
        var times: [Double] = []
        var areRecords = false
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for (number, line) in lines.enumerated() {
            let words = line.split(separator: ",", omittingEmptySubsequences: false).map(trimmed)
            guard words.contains(where: { !$0.isEmpty }), !line.hasPrefix("#") else { continue }
            let numbers = words.map(time)
            if times.isEmpty, !areRecords, !numbers.contains(where: { $0 != nil }) {
                areRecords = line == DurationRecord.head
                continue
            }
            if areRecords {
                // Two runs that both began the file have both written its head.
                if line == DurationRecord.head { continue }
                if let observation = DurationRecord(line: line)?.observation {
                    if observation.before != nil { times.append(observation.middle) }
                    continue
                }
            } else if let time = numbers.last(where: { $0 != nil }) ?? nil, time > 0 {
                times.append(time)
                continue
            }
            throw MessageError(
                "\(file):\(number + 1): '\(line)' has no duration; a line is a number of milliseconds above 0, or a "
                    + "time such as 60s.")
        }
        guard !times.isEmpty else {
            throw MessageError("\(file) has no durations; a line each, in milliseconds, is wanted.")
        }
        return times
    }

    private static func time(_ word: String) -> Double? {
        let time = TimeText.milliseconds(word) ?? Double(word)
        return time.flatMap { $0 >= 0 && $0 <= TimeText.longest ? $0 : nil }
    }

    private static func trimmed(_ word: Substring) -> String {
        let body = word.drop { $0 == " " || $0 == "\t" || $0 == "\"" }
        return String(body.reversed().drop { $0 == " " || $0 == "\t" || $0 == "\"" }.reversed())
    }
}
