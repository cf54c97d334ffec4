import LiveDocument
import RunClock

/// One element as a row, before the row's width is known.
enum RegionRow: Sendable, Hashable {
    case text(String, Emphasis)
    /// `label` may be empty; `share` is nil if the value is not a number.
    case bar(label: String, share: Double?, value: String, elapsed: String)
    /// A table's cells, padded to the width of their columns.
    case cells([String], widths: [Int])

    enum Emphasis: Sendable { case none, strong, weak }

    var isFinishedBar: Bool {
        if case .bar(_, let share?, _, _) = self { share >= 1 } else { false }
    }
}

extension RegionRow {
    /// The rows of everything that a document shows.
    static func rows(of document: LiveDocument, _ watches: Stopwatches, now: RunInstant) -> [RegionRow] {
        var rows: [RegionRow] = []
        if !document.title.isEmpty { rows.append(.text(document.title, .strong)) }
        var walk = Walk(document: document, watches: watches, now: now, rows: rows)
        walk.add(.body, indent: "")
        rows = walk.rows
        // Each bar has a time of its own; without bars, there is one for the whole.
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
        var times = ElapsedTimes()

        mutating func add(_ id: ElementID, indent: String) {
            guard !document.flag(.hidden, of: id), !document.isBlank(id) else { return }
            let text = document.text(.textContent, of: id)
            switch document.tag(of: id).role {
            case .bar: addBar(id, text, indent)
            case .text, .group, .cell, .media: addLine([text, media(of: id)], indent)
            case .heading: addLine([text], indent, .strong)
            case .button: addControl("[ \(text ?? "") ]", id, indent)
            case .field:
                let value = ElementText.value(of: id, in: document) ?? ""
                addControl("\(text.map { "\($0) " } ?? "")> \(value)", id, indent)
            case .preformatted:
                let lines = (text ?? "").split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
                rows += lines.map { .text(indent + $0, .none) }
            case .item:
                addLine([text, media(of: id)], indent + "- ")
                return addChildren(of: id, indent + "  ")
            case .table: return addTable(id, text, indent)
            case .row:
                let cells = (text.map { [$0] } ?? []) + cells(of: id)
                return rows.append(.cells([indent + cells.joined(separator: "  ")], widths: [0]))
            }
            addChildren(of: id, indent)
        }

        private mutating func addChildren(of id: ElementID, _ indent: String) {
            for child in document.children(of: id) { add(child, indent: indent) }
        }

        /// One row of the parts that are there.
        private mutating func addLine(_ parts: [String?], _ indent: String, _ emphasis: Emphasis = .none) {
            let text = parts.compactMap { $0 }.joined(separator: " ")
            if !text.isEmpty { rows.append(.text(indent + text, emphasis)) }
        }

        private mutating func addControl(_ text: String, _ id: ElementID, _ indent: String) {
            let isDisabled = document.flag(.disabled, of: id)
            rows.append(.text(indent + text + (isDisabled ? " (disabled)" : ""), isDisabled ? .weak : .none))
        }

        private mutating func addBar(_ id: ElementID, _ text: String?, _ indent: String) {
            let label =
                switch (document.name(of: id), text) {
                case (let name?, let text?): name + ": " + text
                case (let name, let text): name ?? text ?? ""
                }
            rows.append(
                .bar(
                    label: indent.isEmpty ? label : indent + label, share: document.fraction(of: id),
                    value: ElementText.value(of: id, in: document) ?? "",
                    elapsed: times.text(watches.elapsed(of: id, now: now))))
        }

        private func media(of id: ElementID) -> String? { ElementText.media(of: id, in: document) }

        private mutating func addTable(_ id: ElementID, _ text: String?, _ indent: String) {
            addLine([text], indent)
            let lines = document.children(of: id).filter { !document.flag(.hidden, of: $0) }.map(cells)
            var widths: [Int] = []
            for line in lines {
                for (column, cell) in line.enumerated() {
                    let width = ScriptText.width(of: cell)
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
            document.children(of: row).filter { !document.flag(.hidden, of: $0) }.map { cell in
                var parts: [String] = []
                var left = [cell]
                while let id = left.popLast() {
                    guard !document.flag(.hidden, of: id) else { continue }
                    parts += [
                        document.text(.textContent, of: id), ElementText.value(of: id, in: document), media(of: id),
                    ].compactMap { $0 }
                    left += document.children(of: id).reversed()
                }
                return parts.joined(separator: " ")
            }
        }
    }
}
