internal import Foundation
internal import Glibc
internal import PlainErrors
internal import PollingModel

/// Durations on disk: a head, and a `DurationRecord` a line for each job.
///
/// A line is added in one write as soon as the job is over, so an abrupt end loses nothing and runs at the same time do
/// not get in each other's way. It is done on the script's thread: some tens of microseconds after a job of seconds.
/// When a run finds many more lines than it uses, it replaces the file by a shorter one, whole or not at all.
struct DurationFile {
    let path: String

    /// A file that has grown larger than any of ours is not one of ours.
    static let largest = 16 << 20
    /// Models that are kept; the ones least lately used are forgotten.
    static let models = 64

    typealias Rows = [(model: String, observations: [DurationObservation])]

    /// Reads the file, and tidies it up.
    /// - Returns: the last observations of each model, and what was wrong with a file that had to be put aside.
    func load() throws(MessageError) -> (rows: Rows, damage: String?) {
        guard FileManager.default.fileExists(atPath: path) else { return ([], nil) }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw MessageError("\(path) cannot be read; look at its permissions.")
        }
        guard data.count <= Self.largest, let records = Self.parse(data) else {
            try putAside()
            return ([], "\(path) is damaged; it was renamed to \(path).damaged, and learning starts anew.")
        }
        let rows = Self.latest(records)
        let kept = rows.reduce(0) { $0 + $1.observations.count }
        // The last line may have been cut short: the next must not be joined to it.
        if records.count > 2 * max(kept, DurationHistory.limit) || data.last != UInt8(ascii: "\n") { try replace(rows) }
        return (rows, nil)
    }

    func append(_ record: DurationRecord) throws(MessageError) {
        let folder = (path as NSString).deletingLastPathComponent
        if !folder.isEmpty, !FileManager.default.fileExists(atPath: folder) {
            do {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            } catch {
                throw MessageError("\(folder) cannot be made: \(error.localizedDescription)")
            }
        }
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw MessageError("\(path) cannot be written: \(Self.reason)") }
        defer { close(descriptor) }
        var text = record.line + "\n"
        if lseek(descriptor, 0, SEEK_END) == 0 { text = DurationRecord.head + "\n" + text }
        let bytes = Array(text.utf8)
        // One write, not a loop: lines of several runs must not be mixed.
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            throw MessageError("\(path) cannot be written: \(Self.reason)")
        }
    }

    private func replace(_ rows: Rows) throws(MessageError) {
        let lines = rows.flatMap { row in
            row.observations.map { DurationRecord(model: row.model, observation: $0).line }
        }
        let text = ([DurationRecord.head] + lines).map { $0 + "\n" }.joined()
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw MessageError("\(path) cannot be replaced: \(error.localizedDescription)")
        }
    }

    private func putAside() throws(MessageError) {
        guard rename(path, path + ".damaged") == 0 else {
            throw MessageError("\(path) is damaged and cannot be renamed: \(Self.reason); delete it.")
        }
    }

    private static var reason: String { String(cString: strerror(errno)) }

    /// Answers nil for what this program did not write. A last line without its end was cut short and does not count.
    private static func parse(_ data: Data) -> [DurationRecord]? {
        guard let text = String(data: data, encoding: .utf8) else { return nil }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        guard lines.popFirst().map({ $0 == DurationRecord.head }) ?? false else { return text.isEmpty ? [] : nil }
        var records: [DurationRecord] = []
        // Two runs that both began the file have both written its head.
        for line in lines where line != DurationRecord.head {
            guard let record = DurationRecord(line: line) else { return nil }
            records.append(record)
        }
        return records
    }

    /// The last observations of the models last used.
    private static func latest(_ records: [DurationRecord]) -> Rows {
        var rows: Rows = []
        var places: [String: Int] = [:]
        for record in records.reversed() {
            if let place = places[record.model] {
                if rows[place].observations.count < DurationHistory.limit {
                    rows[place].observations.append(record.observation)
                }
            } else if rows.count < models {
                places[record.model] = rows.count
                rows.append((record.model, [record.observation]))
            }
        }
        return rows.reversed().map { ($0.model, $0.observations.reversed()) }
    }
}
