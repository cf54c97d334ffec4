/// A terminal in memory: what a person would see of the bytes written to it. Knows what VT100s and their heirs share,
/// and records a complaint about anything else.
struct MemoryTerminal {
    private(set) var columns: Int
    private(set) var height: Int
    private(set) var rows: [[Cell]]
    /// Rows that have left the screen at its top.
    private(set) var scrolledOut: [String] = []
    private(set) var row = 0
    private(set) var column = 0
    private(set) var cursorIsShown = true
    private(set) var complaints: [String] = []
    /// The styles in force: "1", "32"; empty where there are none.
    private(set) var style = ""

    struct Cell: Equatable {
        /// nil: the second half of a wide character.
        var text: String?
        var style: String
    }

    private var wraps = true
    private var isFull = false
    private var saved = (row: 0, column: 0, isFull: false, style: "")
    private var mainScreen: (rows: [[Cell]], row: Int, column: Int)?

    init(columns: Int, height: Int) {
        self.columns = columns
        self.height = height
        rows = Array(repeating: Array(repeating: Cell(text: " ", style: ""), count: columns), count: height)
    }

    /// What is on the screen, without the blanks at the ends.
    var screen: String {
        let lines = rows.map(Self.text)
        let end = lines.lastIndex { !$0.isEmpty }.map { $0 + 1 } ?? 0
        return lines[..<end].joined(separator: "\n")
    }

    /// All that there was and is.
    var everything: String { (scrolledOut + [screen]).joined(separator: "\n") }

    var isAlternate: Bool { mainScreen != nil }

    private static func text(_ row: [Cell]) -> String {
        var line = row.map { $0.text ?? "" }.joined()
        while line.last == " " { line.removeLast() }
        return line
    }

    /// Rows are cut or lengthened; the cursor stays where it is, as on terminals that do not wrap anew.
    mutating func resize(columns: Int, height: Int) {
        self.columns = columns
        for index in rows.indices {
            rows[index] = Array(rows[index].prefix(columns))
            rows[index] += Array(repeating: Cell(text: " ", style: ""), count: columns - rows[index].count)
        }
        while rows.count > height, row < rows.count - 1, Self.text(rows[rows.count - 1]).isEmpty { rows.removeLast() }
        while rows.count > height {
            scrolledOut.append(Self.text(rows.removeFirst()))
            row = max(0, row - 1)
        }
        while rows.count < height { rows.append(Array(repeating: Cell(text: " ", style: ""), count: columns)) }
        self.height = height
        column = min(column, columns - 1)
    }

    /// The beginning of what the next write goes on with.
    private var unfinished: [UInt8] = []

    mutating func write(_ bytes: [UInt8]) {
        let all = unfinished + bytes
        unfinished = []
        if let start = all.lastIndex(of: 0x1B), !Self.isWhole(all[start...]) {
            unfinished = Array(all[start...])
        } else if String(validating: all, as: UTF8.self) == nil,
            let start = all.lastIndex(where: { $0 >= 0xC0 }), String(validating: all[..<start], as: UTF8.self) != nil
        {
            unfinished = Array(all[start...])
        }
        show(all.dropLast(unfinished.count))
    }

    private static func isWhole(_ sequence: ArraySlice<UInt8>) -> Bool {
        let body = sequence.dropFirst()
        guard body.first == UInt8(ascii: "[") else { return !body.isEmpty }
        return body.dropFirst().contains { $0 >= 0x40 }
    }

    private mutating func show(_ bytes: ArraySlice<UInt8>) {
        var left = String(decoding: bytes, as: UTF8.self).unicodeScalars[...]
        while let scalar = left.popFirst() {
            switch scalar {
            case "\n":
                column = 0
                down()
            case "\r":
                column = 0
                isFull = false
            case "\u{8}":
                column = max(0, column - 1)
                isFull = false
            case "\t":
                column = min(columns - 1, (column / 8 + 1) * 8)
            case "\u{7}": break
            case "\u{1B}": escape(&left)
            default: put(scalar)
            }
        }
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        let width = Self.width(scalar)
        guard width > 0 else {
            let at = isFull ? column : max(0, column - 1)
            rows[row][at].text = (rows[row][at].text ?? "") + String(scalar)
            return
        }
        if isFull || column + width > columns {
            if wraps {
                column = 0
                isFull = false
                down()
            } else {
                column = columns - width
            }
        }
        rows[row][column] = Cell(text: String(scalar), style: style)
        if width == 2, column + 1 < columns { rows[row][column + 1] = Cell(text: nil, style: style) }
        column += width
        if column >= columns {
            column = columns - 1
            isFull = wraps
        }
    }

    private mutating func down() {
        isFull = false
        guard row == height - 1 else {
            row += 1
            return
        }
        let top = rows.removeFirst()
        if mainScreen == nil { scrolledOut.append(Self.text(top)) }
        rows.append(Array(repeating: Cell(text: " ", style: ""), count: columns))
    }

    private mutating func escape(_ left: inout Substring.UnicodeScalarView) {
        switch left.popFirst() {
        case "7": saved = (row, column, isFull, style)
        case "8": (row, column, isFull, style) = saved
        case "D":
            let before = (column, isFull)
            down()
            column = before.0
        case "[":
            var body = ""
            while let next = left.popFirst() {
                if next.value >= 0x40 { return control(body, next) }
                body.unicodeScalars.append(next)
            }
            complaints.append("a sequence without an end")
        case let other: complaints.append("ESC \(other.map(String.init) ?? "at the end")")
        }
    }

    private mutating func control(_ body: String, _ final: Unicode.Scalar) {
        let number = Int(body) ?? 1
        switch (body, final) {
        case (_, "A"):
            row = max(0, row - number)
            isFull = false
        case (_, "B"):
            row = min(height - 1, row + number)
            isFull = false
        case ("", "J"), ("0", "J"):
            clear(row, from: column)
            for below in rows.indices where below > row { clear(below, from: 0) }
        case ("2", "J"): for each in rows.indices { clear(each, from: 0) }
        case ("", "H"): (row, column, isFull) = (0, 0, false)
        case ("", "K"): clear(row, from: column)
        case (_, "m"): style = body == "0" || body.isEmpty ? "" : body
        case ("?25", "l"): cursorIsShown = false
        case ("?25", "h"): cursorIsShown = true
        case ("?7", "l"): wraps = false
        case ("?7", "h"): wraps = true
        case ("?1049", "h"):
            mainScreen = (rows, row, column)
            for each in rows.indices { clear(each, from: 0) }
        case ("?1049", "l"):
            if let main = mainScreen { (rows, row, column, mainScreen) = (main.rows, main.row, main.column, nil) }
        default: complaints.append("CSI \(body)\(final)")
        }
    }

    private mutating func clear(_ index: Int, from start: Int) {
        for column in start..<columns { rows[index][column] = Cell(text: " ", style: style) }
    }

    /// Written down by hand for what the tests use: not the table that is being tested.
    private static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x300...0x36F, 0x200D, 0xFE0F: 0
        case 0x4E00...0x9FFF, 0xAC00...0xD7A3, 0x1F300...0x1FAFF: 2
        default: 1
        }
    }
}
