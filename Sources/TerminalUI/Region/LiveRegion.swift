/// The live region: rows below the script's own output. A state machine: it takes what the script wrote
/// and what is to be shown, and returns the bytes for the terminal.
///
/// The cursor rests where the script's output ends, even while the region is shown below it, so that what someone types
/// appears there. Every change is one write: what stood below is erased, the script's bytes go out as they are, and the
/// rows are drawn again below wherever the cursor is then. The cursor is hidden only within such a write, so that it is
/// visible whichever way the process ends.
struct LiveRegion: Sendable {
    private var tracker: OutputTracker
    private(set) var isShown = false
    private var shownRows: [String] = []
    private var held: [UInt8] = []

    init(columns: Int) {
        tracker = OutputTracker(columns: columns)
    }

    /// The script's bytes that have not been written yet.
    var heldCount: Int { held.count }

    mutating func resize(columns: Int) {
        tracker.columns = columns
        // The terminal has moved the rows around, so they are drawn again.
        shownRows = []
    }

    /// Takes what the script wrote; it is written with the next `frame` or `flush`.
    mutating func hold(_ bytes: some Sequence<UInt8>) {
        held += bytes
    }

    /// What the script wrote, without the rows, which come back with the next frame.
    mutating func flush() -> [UInt8] {
        var out: [UInt8] = []
        release(into: &out)
        return out
    }

    /// What the script wrote, and these rows below it.
    mutating func frame(_ rows: [String]) -> [UInt8] {
        if held.isEmpty, isShown, rows == shownRows { return [] }
        // We must not write anything in the middle of an escape sequence or a character.
        let wasInside = tracker.isInside
        var out: [UInt8] = []
        release(into: &out)
        guard !wasInside, !tracker.isInside else { return out }
        if !tracker.isAlternate {
            erase(into: &out)
            if !rows.isEmpty { draw(rows, into: &out) }
        }
        return out.isEmpty ? out : Self.hideCursor + out + Self.showCursor
    }

    /// What the script wrote, and these lines after it, for good.
    mutating func close(_ lines: [String]) -> [UInt8] {
        var out: [UInt8] = []
        release(into: &out)
        erase(into: &out)
        if !lines.isEmpty {
            if tracker.rowHasText { out += [UInt8]("\r\n".utf8) }
            for line in lines { out += [UInt8]("\(line)\r\n".utf8) }
        }
        return out
    }

    // MARK: Parts

    private mutating func release(into out: inout [UInt8]) {
        guard !held.isEmpty else { return }
        erase(into: &out)
        if tracker.isAtMargin, wrapWasLost, let first = held.first, first >= 0x20 { out += [UInt8]("\r\n".utf8) }
        wrapWasLost = false
        tracker.take(held)
        out += held
        held.removeAll(keepingCapacity: true)
    }

    /// Whether a region was drawn while the row was full.
    private var wrapWasLost = false

    private mutating func erase(into out: inout [UInt8]) {
        guard isShown else { return }
        isShown = false
        // Text to the right of the cursor is the script's and stays. Without any, everything from the cursor on goes,
        // which is also right if typing has moved the cursor into the region.
        let keepsRow = tracker.hasTail || tracker.isAtMargin
        out += [UInt8]("\u{1B}7\u{1B}[0m\(keepsRow ? "\u{1B}[B\r" : "")\u{1B}[J\u{1B}8".utf8)
    }

    private mutating func draw(_ rows: [String], into out: inout [UInt8]) {
        // Going down by "index" keeps the column and makes room at the bottom of the screen.
        for _ in rows { out += "\u{1B}D".utf8 }
        // Rows end at the margin even if the terminal and we disagree about the width of a character.
        out += "\u{1B}[\(rows.count)A\u{1B}7\u{1B}[?7l\u{1B}[0m".utf8
        for row in rows {
            out += "\r\n".utf8
            out += row.utf8
        }
        out += "\u{1B}[?7h\u{1B}8".utf8
        isShown = true
        shownRows = rows
        wrapWasLost = wrapWasLost || tracker.isAtMargin
    }

    private static let hideCursor = [UInt8]("\u{1B}[?25l".utf8)
    private static let showCursor = [UInt8]("\u{1B}[?25h".utf8)
}
