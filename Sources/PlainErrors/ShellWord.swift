/// A word as it is typed into a shell.
package enum ShellWord {
    /// Quoted if it has to be.
    package static func quoted(_ word: String) -> String {
        // One that begins with =, some shells replace.
        let isPlain = !word.isEmpty && !word.hasPrefix("=") && word.utf8.allSatisfy(isOrdinary)
        return isPlain ? word : "'\(word.replacing("'", with: "'\\''"))'"
    }

    /// A path that no program takes for an option.
    package static func path(_ path: String) -> String { quoted(path.hasPrefix("-") ? "./\(path)" : path) }

    private static func isOrdinary(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_./:=,@+".utf8.contains(byte)
        }
    }
}
