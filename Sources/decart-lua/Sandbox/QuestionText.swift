import SandboxKeeper
import ScriptPermissions

/// What a question looks like: a pure function, so that what a script names cannot do anything on the screen.
enum QuestionText {
    /// Lines beside those that the name takes.
    private static let otherRows = 8

    /// - Returns: nil where the whole of what is asked about does not fit on the screen: nobody is to say yes to what
    ///   they have not seen.
    static func text(_ question: PermissionQuestion, columns: Int, rows: Int) -> String? {
        let name = escaped(question.what)
        // Letters of some scripts are two columns wide.
        let width = name.unicodeScalars.reduce(0) { $0 + ($1.isASCII ? 1 : 2) }
        guard width <= max(0, rows - otherRows) * columns else { return nil }
        let does =
            switch question.kinds {
            case [.net]: "talk to the host"
            case [.read]: "read the file"
            case [.write]: "write the file"
            default: "read and write the file"
            }
        return """
            The script wants to \(does)

            \(name)

            o  once    a  always in this run    n  no

            Your answer, then Enter: 
            """
    }

    /// In quotes, with all escaped that is not seen, that moves what comes after it, or that looks like something else
    /// for sure. Letters stay what they are, but for those of scripts that are written from the right.
    static func escaped(_ name: [UInt8]) -> String {
        guard let text = String(validating: name, as: UTF8.self) else {
            return quoted(name.map { (0x20...0x7E).contains($0) ? plain(Unicode.Scalar($0)) : "\\x" + hex($0) })
        }
        return quoted(text.unicodeScalars.map { isShown($0) ? plain($0) : "\\u{\(hex($0.value))}" })
    }

    private static func quoted(_ parts: [String]) -> String { "\"\(parts.joined())\"" }

    private static func plain(_ scalar: Unicode.Scalar) -> String {
        scalar == "\\" || scalar == "\"" ? "\\\(scalar)" : String(scalar)
    }

    private static func hex(_ number: some BinaryInteger) -> String {
        let digits = String(number, radix: 16, uppercase: true)
        return digits.utf8.count < 2 ? "0" + digits : digits
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return (0x20...0x7E).contains(scalar.value) }
        switch scalar.value {
        case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF: return false
        default: break
        }
        guard !scalar.properties.isDefaultIgnorableCodePoint else { return false }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .otherLetter, .decimalNumber: return true
        default: return false
        }
    }
}
