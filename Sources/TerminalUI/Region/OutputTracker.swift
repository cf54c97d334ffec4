/// Follows what a script writes to its terminal, byte by byte, as far as the live region needs it: where in its row
/// the output is.
struct OutputTracker: Sendable {
    /// Whether the row has text.
    private(set) var rowHasText = false
    /// Whether there may be text to the right of the cursor, or its position is unknown.
    private(set) var hasTail = false
    /// Whether a full-screen program has the terminal.
    private(set) var isAlternate = false
    private var column = 0
    var columns: Int

    private enum Mode {
        case ground, escape, string, stringEscape
        case csi([UInt8])
        case character([UInt8], left: Int)
    }

    private var mode = Mode.ground

    init(columns: Int) {
        self.columns = columns
    }

    /// Whether the row is full: the next character goes to the next row, which the terminal forgets when the cursor is
    /// moved away and back.
    var isAtMargin: Bool { column >= columns && rowHasText }

    /// Whether it is inside a character or an escape sequence, so that nothing else may be written now.
    var isInside: Bool {
        if case .ground = mode { false } else { true }
    }

    mutating func take(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { take(byte) }
    }

    private mutating func take(_ byte: UInt8) {
        switch mode {
        case .ground: ground(byte)
        case .escape: escape(byte)
        case .csi(var body):
            if (0x40...0x7E).contains(byte) {
                mode = .ground
                control(body, byte)
            } else if byte < 0x20 {
                mode = .ground
                ground(byte)
            } else {
                body.append(byte)
                mode = .csi(body)
            }
        case .string:
            if byte == 0x07 { mode = .ground } else if byte == 0x1B { mode = .stringEscape }
        case .stringEscape: mode = byte == UInt8(ascii: "\\") ? .ground : .string
        case .character(var bytes, let left):
            guard byte & 0xC0 == 0x80 else {
                mode = .ground
                return ground(byte)
            }
            bytes.append(byte)
            guard left == 1 else {
                mode = .character(bytes, left: left - 1)
                return
            }
            mode = .ground
            if let scalar = String(decoding: bytes, as: UTF8.self).unicodeScalars.first {
                advance(DisplayWidth.of(scalar))
            }
        }
    }

    private mutating func ground(_ byte: UInt8) {
        switch byte {
        case 0x0A: (column, rowHasText, hasTail) = (0, false, false)
        case 0x0D:
            hasTail = hasTail || rowHasText
            column = 0
        case 0x08:
            hasTail = hasTail || rowHasText
            column = max(0, column - 1)
        case 0x09:
            column = min(columns - 1, (column / 8 + 1) * 8)
            rowHasText = true
        case 0x1B: mode = .escape
        case 0x00..<0x20, 0x7F: break
        case 0xC2...0xDF: mode = .character([byte], left: 1)
        case 0xE0...0xEF: mode = .character([byte], left: 2)
        case 0xF0...0xF4: mode = .character([byte], left: 3)
        default: advance(1)
        }
    }

    private mutating func advance(_ cells: Int) {
        guard cells > 0 else { return }
        rowHasText = true
        if column + cells > columns {
            column = cells
            hasTail = false
        } else {
            column += cells
        }
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "["): mode = .csi([])
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"), UInt8(ascii: "X"):
            mode = .string
        // ESC ( B and the like have one more byte.
        case 0x20...0x2F: break
        default:
            mode = .ground
            // Saved positions, scrolling, a reset: the cursor may be anywhere.
            if byte != UInt8(ascii: "=") && byte != UInt8(ascii: ">") { hasTail = true }
        }
    }

    private mutating func control(_ body: [UInt8], _ final: UInt8) {
        switch final {
        case UInt8(ascii: "h"), UInt8(ascii: "l"):
            let modes = String(decoding: body.dropFirst(), as: UTF8.self).split(separator: ";")
            if body.first == UInt8(ascii: "?"), modes.contains(where: { ["1049", "1047", "47"].contains($0) }) {
                isAlternate = final == UInt8(ascii: "h")
            }
        // Colours, modes and reports do not move the cursor; anything else may.
        case UInt8(ascii: "m"), UInt8(ascii: "n"), UInt8(ascii: "c"), UInt8(ascii: "q"), UInt8(ascii: "t"): break
        case UInt8(ascii: "K"): break
        default:
            hasTail = true
            rowHasText = true
        }
    }
}
