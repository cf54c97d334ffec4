internal import Foundation
internal import PollingModel

/// Durations on disk: a line for each job, `model,after_ms,before_ms`, the last empty where nobody saw the job's end.
///
/// A line is added in one write as soon as the job is over, so an abrupt end loses nothing and runs at the same time do
/// not get in each other's way. It is done on the script's thread: some tens of microseconds after a job of seconds.
/// When a run finds many more lines than it uses, it replaces the file by a shorter one, whole or not at all.
struct DurationFile {
    /// Why the file cannot be used.
    struct Trouble: Error {
        var message: String
    }

    let path: String

    static let head = "model,after_ms,before_ms\n"
    /// A file that has grown larger than any of ours is not one of ours.
    static let largest = 16 << 20
    /// Models that are kept; the ones least lately used are forgotten.
    static let models = 64

    typealias Rows = [(model: String, observations: [DurationObservation])]

    /// Reads the file, and tidies it up.
    /// - Returns: the last observations of each model, and what was wrong with a file that had to be put aside.
    func load() throws(Trouble) -> (rows: Rows, damage: String?) {
        guard FileManager.default.fileExists(atPath: path) else { return ([], nil) }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Trouble(message: "\(path) cannot be read; look at its permissions.")
        }
        guard data.count <= Self.largest, let lines = Self.parse(data) else {
            try putAside()
            return ([], "\(path) is damaged; it was renamed to \(path).damaged, and learning starts anew.")
        }
        let rows = Self.latest(lines)
        let kept = rows.reduce(0) { $0 + $1.observations.count }
        // The last line may have been cut short: the next must not be joined to it.
        if lines.count > 2 * max(kept, DurationHistory.limit) || data.last != UInt8(ascii: "\n") { try replace(rows) }
        return (rows, nil)
    }

    func append(_ model: String, _ observation: DurationObservation) throws(Trouble) {
        let folder = (path as NSString).deletingLastPathComponent
        if !folder.isEmpty, !FileManager.default.fileExists(atPath: folder) {
            do {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            } catch {
                throw Trouble(message: "\(folder) cannot be made: \(error.localizedDescription)")
            }
        }
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Trouble(message: "\(path) cannot be written: \(Self.reason)") }
        defer { close(descriptor) }
        var size = stat()
        var text = Self.line(model, observation)
        if fstat(descriptor, &size) == 0, size.st_size == 0 { text = Self.head + text }
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            throw Trouble(message: "\(path) cannot be written: \(Self.reason)")
        }
    }

    private func replace(_ rows: Rows) throws(Trouble) {
        let text = rows.reduce(Self.head) { text, row in
            row.observations.reduce(text) { $0 + Self.line(row.model, $1) }
        }
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw Trouble(message: "\(path) cannot be replaced: \(error.localizedDescription)")
        }
    }

    private func putAside() throws(Trouble) {
        guard rename(path, path + ".damaged") == 0 else {
            throw Trouble(message: "\(path) is damaged and cannot be renamed: \(Self.reason); delete it.")
        }
    }

    private static var reason: String { String(cString: strerror(errno)) }

    // MARK: Lines

    private static func line(_ model: String, _ observation: DurationObservation) -> String {
        let name = model.addingPercentEncoding(withAllowedCharacters: plain) ?? "?"
        let before = observation.before.map { String(format: "%.1f", $0) } ?? ""
        return "\(name),\(String(format: "%.1f", observation.after)),\(before)\n"
    }

    private static let plain = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-_.~/: "))

    /// Answers nil for what this program did not write. A last line without its end was cut short and does not count.
    private static func parse(_ data: Data) -> [(model: String, observation: DurationObservation)]? {
        guard let text = String(data: data, encoding: .utf8) else { return nil }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        guard lines.popFirst().map({ $0 + "\n" == head }) ?? false else { return text.isEmpty ? [] : nil }
        var parsed: [(model: String, observation: DurationObservation)] = []
        for line in lines where line + "\n" != head {
            let words = line.split(separator: ",", omittingEmptySubsequences: false)
            guard words.count == 3, let model = words[0].removingPercentEncoding, let after = Double(words[1]),
                let observation = DurationObservation(after: after, before: Double(words[2])),
                words[2].isEmpty || observation.before != nil
            else { return nil }
            parsed.append((model, observation))
        }
        return parsed
    }

    /// The last observations of the models last used.
    private static func latest(_ lines: [(model: String, observation: DurationObservation)]) -> Rows {
        var rows: Rows = []
        var places: [String: Int] = [:]
        for line in lines.reversed() {
            if let place = places[line.model] {
                if rows[place].observations.count < DurationHistory.limit {
                    rows[place].observations.append(line.observation)
                }
            } else if rows.count < models {
                places[line.model] = rows.count
                rows.append((line.model, [line.observation]))
            }
        }
        return rows.reversed().map { ($0.model, $0.observations.reversed()) }
    }
}
