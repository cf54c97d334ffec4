/// What a script prints, as far as a terminal may have it: text, newlines, tabs and colours. A pure state machine over
/// bytes: what else would move the cursor, name the window, fill the clipboard or ask the terminal to type is left out.
public struct OutputFilter: Sendable {
    private enum State {
        case text
        /// After ESC.
        case escape
        /// After ESC [.
        case sequence([UInt8])
        /// In a string to the terminal, up to BEL or ESC \; and how long it is already.
        case string(Int)
        case stringEscape
        /// Within a UTF-8 character: what has come, and how many bytes are missing.
        case character([UInt8], missing: Int)
    }

    private var state = State.text
    private static let longestSequence = 64
    /// No title or link is longer; what is text again then would otherwise be swallowed to the end of the run.
    private static let longestString = 4096

    public init() {}

    public mutating func filter(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var shown: [UInt8] = []
        for byte in bytes { take(byte, &shown) }
        return shown
    }

    private mutating func take(_ byte: UInt8, _ shown: inout [UInt8]) {
        switch state {
        case .text: begin(byte, &shown)
        case .escape:
            switch byte {
            case UInt8(ascii: "["): state = .sequence([])
            // Strings: OSC, DCS, SOS, PM, APC.
            case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
                state = .string(0)
            case 0x20...0x2F: break
            case 0x1B: break
            default:
                state = .text
                if byte < 0x20 { begin(byte, &shown) }
            }
        case .sequence(var parameters):
            switch byte {
            case 0x30...0x3F where parameters.count < Self.longestSequence:
                parameters.append(byte)
                state = .sequence(parameters)
            case 0x20...0x3F:
                // Too long, or with intermediate bytes: no colour.
                parameters = [0]
                state = .sequence(parameters)
            case UInt8(ascii: "m"):
                if Self.isShown(colours: parameters) { shown += [0x1B, UInt8(ascii: "[")] + parameters + [byte] }
                state = .text
            case 0x1B: state = .escape
            case 0x40...0x7E: state = .text
            default:
                state = .text
                if byte < 0x20 { begin(byte, &shown) }
            }
        case .string(let length):
            switch byte {
            case 0x07, 0x9C: state = .text
            case 0x1B: state = .stringEscape
            // None has a line's end in it: this one was never ended.
            case 0x0A:
                state = .text
                begin(byte, &shown)
            default: state = length < Self.longestString ? .string(length + 1) : .text
            }
        case .stringEscape:
            // ESC \ ends it; any other ESC begins something else.
            if byte == UInt8(ascii: "\\") {
                state = .text
            } else {
                state = .escape
                take(byte, &shown)
            }
        case .character(var begun, let missing):
            guard (0x80...0xBF).contains(byte) else {
                shown += Self.replacement
                state = .text
                begin(byte, &shown)
                return
            }
            begun.append(byte)
            guard missing == 1 else {
                state = .character(begun, missing: missing - 1)
                return
            }
            state = .text
            shown += Self.isShown(begun) ? begun : Self.replacement
        }
    }

    /// Whether these are colours and ways of writing, of which text that is hidden (8) is none: who copies it does not
    /// know what.
    private static func isShown(colours parameters: [UInt8]) -> Bool {
        guard parameters.allSatisfy({ (0x30...0x3B).contains($0) }) else { return false }
        let numbers = parameters.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: ";") }
        // A number that is too large for one terminal is a small one to the next.
        guard numbers.allSatisfy({ $0.split(separator: UInt8(ascii: ":")).allSatisfy { $0.count <= 3 } }) else {
            return false
        }
        var index = 0
        while index < numbers.count {
            // With sub-parameters, as in 38:2::1:2:3, it is one thing.
            let first = numbers[index].prefix { $0 != UInt8(ascii: ":") }.drop { $0 == UInt8(ascii: "0") }
            if first == [UInt8(ascii: "8")] || Int(String(decoding: first, as: UTF8.self)) ?? 0 > 255 { return false }
            let isColour = [[0x33, 0x38], [0x34, 0x38], [0x35, 0x38]].contains(Array(first))
            guard isColour, numbers[index].count == first.count else {
                index += 1
                continue
            }
            // 38;5;N and 38;2;R;G;B: what follows is no way of writing. One that ends before is read as it pleases.
            let kind = index + 1 < numbers.count ? Array(numbers[index + 1]) : []
            index += kind == [0x35] ? 3 : 5
            guard kind == [0x35] || kind == [0x32], index <= numbers.count else { return false }
        }
        return true
    }

    private static let replacement = Array("\u{FFFD}".utf8)

    private mutating func begin(_ byte: UInt8, _ shown: inout [UInt8]) {
        switch byte {
        case 0x09, 0x0A, 0x20...0x7E: shown.append(byte)
        case 0x1B: state = .escape
        case 0xC2...0xDF: state = .character([byte], missing: 1)
        case 0xE0...0xEF: state = .character([byte], missing: 2)
        case 0xF0...0xF4: state = .character([byte], missing: 3)
        case 0x80...0xFF: shown += Self.replacement
        default: break
        }
    }

    /// C1 controls are sequences in one character, and marks that turn the direction of text hide what it says.
    private static func isShown(_ bytes: [UInt8]) -> Bool {
        guard let text = String(validating: bytes, as: UTF8.self), let scalar = text.unicodeScalars.first else {
            return false
        }
        switch scalar.value {
        case 0x80...0x9F, 0x202A...0x202E, 0x2066...0x2069: return false
        default: return true
        }
    }
}
