/// Makes the region's rows fit a terminal's width, height and style.
struct RegionPainter {
    var columns: Int
    /// The most rows there may be.
    var limit: Int
    var style: TerminalStyle

    private static let widestBar = 40

    func paint(_ rows: [RegionRow]) -> [String] {
        let (shown, folded) = fold(rows)
        // The last cell stays empty: some terminals move on to the next row as soon as it is filled.
        let width = max(1, columns - 1)
        // Over all rows, even folded ones, so that bars do not jump as others come and go.
        let labels = rows.map { row in
            if case .bar(let label, _, _, _) = row { ScriptText.width(of: label) } else { 0 }
        }
        let values = rows.map { row in
            if case .bar(_, _, let value, _) = row { DisplayWidth.of(value) } else { 0 }
        }
        let times = rows.map { row in
            if case .bar(_, _, _, let elapsed) = row { elapsed.utf8.count } else { 0 }
        }
        let label = min(labels.max() ?? 0, max(8, width / 3))
        let value = values.max() ?? 0
        let time = times.max() ?? 0
        let painted = shown.map { paint($0, width: width, label: label, value: value, time: time) }
        return painted + (folded.map { [weak($0, width)] } ?? [])
    }

    /// Drops what does not fit: full bars first, then the last rows.
    private func fold(_ rows: [RegionRow]) -> (shown: [RegionRow], note: String?) {
        guard rows.count > limit else { return (rows, nil) }
        var surplus = rows.count - max(0, limit - 1)
        var finished = 0
        var shown: [RegionRow] = []
        for row in rows {
            if surplus > 0, row.isFinishedBar {
                surplus -= 1
                finished += 1
            } else {
                shown.append(row)
            }
        }
        for row in shown.suffix(surplus) where row.isFinishedBar { finished += 1 }
        shown.removeLast(min(surplus, shown.count))
        let hidden = rows.count - shown.count
        return (shown, "+\(hidden) more" + (finished > 0 ? " (\(finished) of them done)" : ""))
    }

    private func paint(_ row: RegionRow, width: Int, label: Int, value: Int, time: Int) -> String {
        switch row {
        case .text(let text, .weak): weak(text, width)
        case .text(let text, .strong): coloured(clip(text, width).text, "1")
        case .text(let text, .none): clip(text, width).text
        case .cells(let cells, let widths):
            clip(
                cells.enumerated().map { column, cell in
                    let gap = column == cells.count - 1 ? 0 : widths[column] - ScriptText.width(of: cell)
                    return cell + String(repeating: " ", count: max(0, gap))
                }.joined(separator: "  "), width
            ).text
        case .bar(let text, let share, let shownValue, let elapsed):
            bar(text, share, shownValue, elapsed, width: width, label: label, value: value, time: time)
        }
    }

    private func bar(
        _ text: String, _ share: Double?, _ shownValue: String, _ elapsed: String, width: Int, label: Int, value: Int,
        time: Int
    ) -> String {
        var row = ""
        var used = 0
        func add(_ part: String, _ cells: Int) {
            row += part
            used += cells
        }
        if label > 0 {
            let (clipped, cells) = clip(text, min(label, width))
            add(clipped + String(repeating: " ", count: max(0, label - cells)) + " ", max(label, cells) + 1)
        }
        let tail = String(repeating: " ", count: max(0, value - DisplayWidth.of(shownValue))) + shownValue
        let room = min(Self.widestBar, width - used - value - time - 3)
        if room >= 5 {
            add(track(share, room, unknown: shownValue.isEmpty) + " ", room + 1)
        }
        let rest = clip(tail + "  ", width - used)
        add(rest.text, rest.width)
        return row + weak(String(repeating: " ", count: time - elapsed.utf8.count) + elapsed, max(0, width - used))
    }

    /// A bar that is neither empty nor full shows at least one cell of each kind.
    private func track(_ share: Double?, _ cells: Int, unknown: Bool) -> String {
        let (filled, empty) = style.hasBlocks ? ("█", "░") : ("#", "-")
        let share = share ?? 0
        var full = Int((Double(cells) * share).rounded())
        if share > 0, share < 1 { full = min(max(full, 1), cells - 1) }
        let done = share >= 1
        return coloured(String(repeating: filled, count: full), done ? "32" : "36")
            + coloured(String(repeating: empty, count: cells - full), "2")
    }

    private func clip(_ text: String, _ width: Int) -> (text: String, width: Int) {
        ScriptText.clipped(text, to: max(0, width), styled: style.hasColour)
    }

    private func weak(_ text: String, _ width: Int) -> String { coloured(clip(text, width).text, "2") }

    private func coloured(_ text: String, _ code: String) -> String {
        style.hasColour && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
