import JobJournal
import TerminalUI

/// Rows of text in columns. What a cell has in it may be others' text.
struct TextTable {
    /// Empty: there is none.
    var header: [String]
    var rows: [[String]]
    /// Whether cells stand below each other. A line that stands for itself is the same whatever the others are.
    var isAligned = true

    /// All of it, each line with its end. A table may have a hundred thousand rows.
    var text: [UInt8] {
        var text: [UInt8] = []
        write(to: &text)
        return text
    }

    var lines: [String] {
        text.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }

    private func write(to text: inout [UInt8]) {
        let all = (header.isEmpty ? [] : [header]) + rows.map { $0.map(\.onOneLine) }
        var widths = (all.first ?? []).map { _ in 0 }
        for row in all {
            for (column, cell) in row.enumerated() { widths[column] = max(widths[column], DisplayWidth.of(cell)) }
        }
        for row in all {
            for (column, cell) in row.enumerated() {
                text.append(contentsOf: cell.utf8)
                // The last column has nothing to its right.
                guard column < row.count - 1 else { break }
                let room = 2 + (isAligned ? widths[column] - DisplayWidth.of(cell) : 0)
                text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: room))
            }
            text.append(UInt8(ascii: "\n"))
        }
    }
}

/// Jobs as a table for people.
enum JobTable {
    private static let header = ["ID", "STATE", "MODEL", "COST", "SUBMITTED", "KEY", "RESULT"]

    /// - Parameter now: what times are told from; nil tells the times themselves, which stay the same.
    static func table(_ jobs: [ListedJob], now: Int64?) -> TextTable {
        let rows = jobs.map { job in
            [
                String(job.id.prefix(6)), job.state.rawValue, job.model, job.isUnpriced ? "?" : "\(job.charge)",
                now.map { TimeAgo.text(job.createdAt, now: $0) } ?? UTC.text(job.createdAt),
                job.key ?? job.label ?? "", ending(of: job),
            ]
        }
        return TextTable(header: header, rows: rows)
    }

    /// What there is to say of how it ended.
    private static func ending(of job: ListedJob) -> String {
        switch job.state {
        case .fetched: job.result ?? ""
        case .failed, .refused, .unknown: job.error.map { $0.count > 60 ? "\($0.prefix(59))…" : $0 } ?? ""
        default: job.jobID ?? ""
        }
    }
}
