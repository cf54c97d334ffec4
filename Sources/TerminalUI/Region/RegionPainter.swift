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
        var (label, value, time) = (0, 0, 0)
        for case .bar(let itsLabel, _, let itsValue, let itsTime) in rows {
            label = max(label, ScriptText.width(of: itsLabel))
            value = max(value, DisplayWidth.of(itsValue))
            time = max(time, itsTime.utf8.count)
        }
        label = min(label, max(8, width / 3))
        var painted = shown.map { paint($0, width: width, label: label, value: value, time: time) }
        if let folded { painted.append(weak(folded, width)) }
        return painted
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
        row.reserveCapacity(4 * Self.widestBar + label + value + time + 32)
        var used = 0
        if label > 0 {
            let (clipped, cells) = clip(text, min(label, width))
            row += clipped
            row += RepeatedCharacter.blank.times(label - cells)
            row += " "
            used += max(label, cells) + 1
        }
        let room = min(Self.widestBar, width - used - value - time - 3)
        if room >= 5 {
            addTrack(share, room, to: &row)
            row += " "
            used += room + 1
        }
        let tail = clip(padded(shownValue, value - DisplayWidth.of(shownValue)) + "  ", width - used)
        row += tail.text
        used += tail.width
        let time = padded(elapsed, time - elapsed.utf8.count)
        addColoured(clip(time, width - used).text, "2", to: &row)
        return row
    }

    private func padded(_ text: String, _ blanks: Int) -> String {
        blanks > 0 ? String(RepeatedCharacter.blank.times(blanks)) + text : text
    }

    /// A bar that is neither empty nor full shows at least one cell of each kind.
    private func addTrack(_ share: Double?, _ cells: Int, to row: inout String) {
        let (filled, empty) = style.hasBlocks ? Self.blocks : Self.signs
        let share = share ?? 0
        var full = Int((Double(cells) * share).rounded())
        if share > 0, share < 1 { full = min(max(full, 1), cells - 1) }
        addColoured(filled.times(full), share >= 1 ? "32" : "36", to: &row)
        addColoured(empty.times(cells - full), "2", to: &row)
    }

    private static let blocks = (filled: RepeatedCharacter("█"), empty: RepeatedCharacter("░"))
    private static let signs = (filled: RepeatedCharacter("#"), empty: RepeatedCharacter("-"))

    private func clip(_ text: String, _ width: Int) -> (text: String, width: Int) {
        ScriptText.clipped(text, to: max(0, width), styled: style.hasColour)
    }

    private func weak(_ text: String, _ width: Int) -> String { coloured(clip(text, width).text, "2") }

    private func coloured(_ text: String, _ code: String) -> String {
        var coloured = ""
        addColoured(text, code, to: &coloured)
        return coloured
    }

    private func addColoured(_ text: some StringProtocol, _ code: String, to row: inout String) {
        guard style.hasColour, !text.isEmpty else { return row.append(contentsOf: text) }
        row += "\u{1B}["
        row += code
        row += "m"
        row.append(contentsOf: text)
        row += "\u{1B}[0m"
    }
}
