import LiveDocument
import RunClock

/// One element as it is to stand on a row, before it is known how wide the row is.
enum RegionRow: Sendable, Hashable {
    case text(String, Emphasis)
    /// `label` may be empty; `share` is nil where the value is no number.
    case bar(label: String, share: Double?, value: String, elapsed: String)
    /// Cells of a table, padded to the widest of their columns.
    case cells([String], widths: [Int])

    enum Emphasis: Sendable { case none, strong, weak }

    var isFinishedBar: Bool {
        if case .bar(_, let share?, _, _) = self { share >= 1 } else { false }
    }
}

extension RegionRow {
    /// The rows of all that a document shows.
    static func rows(of document: LiveDocument, _ watches: Stopwatches, now: RunInstant) -> [RegionRow] {
        var rows: [RegionRow] = []
        if !document.title.isEmpty { rows.append(.text(document.title, .strong)) }
        var walk = Walk(document: document, watches: watches, now: now, rows: rows)
        walk.add(.body, indent: "")
        rows = walk.rows
        // A bar has its own time; without any, the whole has one.
        if !rows.isEmpty, !rows.contains(where: { if case .bar = $0 { true } else { false } }) {
            rows.append(.text(ElapsedTime.text(watches.elapsed(now: now)), .weak))
        }
        return rows
    }

    private struct Walk {
        let document: LiveDocument
        let watches: Stopwatches
        let now: RunInstant
        var rows: [RegionRow]

        mutating func add(_ id: ElementID, indent: String) {
            guard !document.flag(.hidden, of: id), !document.isBlank(id) else { return }
            let text = document.text(.textContent, of: id)
            switch document.tag(of: id) {
            case .progress:
                rows.append(
                    .bar(
                        label: indent + (text ?? document.name(of: id) ?? ""), share: document.fraction(of: id),
                        value: ElementText.progress(of: id, in: document) ?? "",
                        elapsed: ElapsedTime.text(watches.elapsed(of: id, now: now))))
            case .video, .img:
                guard let media = ElementText.media(of: id, in: document) else { break }
                rows.append(.text(indent + [text, media].compactMap { $0 }.joined(separator: " "), .none))
            case .h1, .h2: if let text { rows.append(.text(indent + text, .strong)) }
            case .button:
                rows.append(.text("\(indent)[ \(text ?? "") ]", document.flag(.disabled, of: id) ? .weak : .none))
            case .input: rows.append(.text("\(indent)> \(ElementText.progress(of: id, in: document) ?? "")", .none))
            case .li: addItem(id, text, indent)
            case .pre:
                let lines = (text ?? "").split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
                rows += lines.map { .text(indent + $0, .none) }
            case .table: return addTable(id, indent)
            case .tr:
                rows.append(.cells([indent + cells(of: id).joined(separator: "  ")], widths: [0]))
                return
            default: if let text { rows.append(.text(indent + text, .none)) }
            }
            guard document.tag(of: id) != .li else { return }
            for child in document.children(of: id) { add(child, indent: indent) }
        }

        private mutating func addItem(_ id: ElementID, _ text: String?, _ indent: String) {
            if let text { rows.append(.text("\(indent)- \(text)", .none)) }
            for child in document.children(of: id) { add(child, indent: indent + "  ") }
        }

        private mutating func addTable(_ id: ElementID, _ indent: String) {
            let lines = document.children(of: id).filter { !document.flag(.hidden, of: $0) }.map(cells)
            var widths: [Int] = []
            for line in lines {
                for (column, cell) in line.enumerated() {
                    let width = ScriptText(cell).width
                    if column == widths.count { widths.append(width) }
                    widths[column] = max(widths[column], width)
                }
            }
            rows += lines.map { line in
                var line = line
                if !line.isEmpty { line[0] = indent + line[0] }
                return .cells(line, widths: widths)
            }
        }

        private func cells(of row: ElementID) -> [String] {
            document.children(of: row).map { cell in
                document.family(of: cell).compactMap { id in
                    document.text(.textContent, of: id) ?? ElementText.progress(of: id, in: document)
                        ?? ElementText.media(of: id, in: document)
                }.joined(separator: " ")
            }
        }
    }
}
