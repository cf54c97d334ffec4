/// A script's text without anything that would break a line or drive the terminal.
struct ScriptText {
    /// The characters that show, and the colours between them.
    enum Piece: Equatable {
        case character(Character)
        /// "\u{1B}[…m", which changes the look of what follows.
        case style(String)
    }

    private(set) var pieces: [Piece] = []

    init(_ text: String) {
        var left = text[...]
        while let character = left.popFirst() {
            switch character {
            case "\u{1B}": takeEscape(&left)
            case _ where character.unicodeScalars.allSatisfy(Self.isControl): pieces.append(.character(" "))
            default: pieces.append(.character(character))
            }
        }
    }

    /// The cells that a text takes.
    static func width(of text: String) -> Int {
        DisplayWidth.isPlain(text) ? text.utf8.count : ScriptText(text).width
    }

    /// As `clipped` below.
    static func clipped(_ text: String, to limit: Int, styled: Bool) -> (text: String, width: Int) {
        if text.utf8.count <= limit, DisplayWidth.isPlain(text) { return (text, text.utf8.count) }
        return ScriptText(text).clipped(to: limit, styled: styled)
    }

    /// Without any colours.
    var plain: String {
        var text = ""
        for case .character(let character) in pieces { text.append(character) }
        return text
    }

    var width: Int {
        pieces.reduce(0) { sum, piece in
            if case .character(let character) = piece { sum + DisplayWidth.of(character) } else { sum }
        }
    }

    /// As much of it as fits into `limit` cells, with "…" if something was left out, and how many cells that takes.
    func clipped(to limit: Int, styled: Bool) -> (text: String, width: Int) {
        let isWhole = width <= limit
        let room = isWhole ? limit : limit - 1
        var text = ""
        var used = 0
        var hasStyle = false
        for piece in pieces {
            switch piece {
            case .style(let style) where styled:
                text += style
                hasStyle = true
            case .style: break
            case .character(let character):
                let cells = DisplayWidth.of(character)
                guard used + cells <= room else {
                    if room >= 0 {
                        text += "…"
                        used += 1
                    }
                    return (text + (hasStyle ? "\u{1B}[0m" : ""), used)
                }
                text.append(character)
                used += cells
            }
        }
        return (text + (hasStyle ? "\u{1B}[0m" : ""), used)
    }

    /// What follows ESC: a colour is kept, everything else is dropped whole.
    private mutating func takeEscape(_ left: inout Substring) {
        switch left.first {
        case "[":
            let body = left.dropFirst().prefix { ("\u{20}"..."\u{3F}").contains($0) }
            let end = left.dropFirst(1 + body.count)
            if end.first == "m", body.allSatisfy({ $0.isNumber || $0 == ";" || $0 == ":" }) {
                pieces.append(.style("\u{1B}[\(body)m"))
            }
            left = end.dropFirst()
        case "]", "P", "_", "^", "X":
            // A string for the terminal, up to BEL or ESC \.
            let end = left.firstIndex { $0 == "\u{7}" || $0 == "\u{1B}" }
            guard let end else {
                left = ""
                return
            }
            let isBell = left[end] == "\u{7}"
            left = left[left.index(after: end)...]
            if !isBell, left.first == "\\" { left = left.dropFirst() }
        case nil: break
        default: left = left.dropFirst()
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
            // Those that change the direction of the rest of the line.
            || (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    }
}
