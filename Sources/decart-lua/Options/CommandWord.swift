import DecartAPI
import Glibc

/// A word of the command line, whose bytes need not be text, as text that keeps all of them.
///
/// A byte that is not part of UTF-8 becomes a character of its own, one that Unicode keeps for private use; the few
/// characters that stand for bytes in this way are taken apart likewise where somebody really wrote them. So every word
/// has a text of its own, which can be split at `=` and handed to ArgumentParser, and `path` is what was typed.
enum CommandWord {
    /// U+10FF80 to U+10FFFF stand for the bytes 0x80 to 0xFF.
    private static let base: UInt32 = 0x10FF00

    /// The words that the program was called with.
    static let all: [String] = (0..<Int(CommandLine.argc)).map { index in
        guard let word = CommandLine.unsafeArgv[index] else { return "" }
        return text(of: UnsafeRawBufferPointer(start: word, count: strlen(word)))
    }

    static func text(of bytes: some Collection<UInt8>) -> String {
        if let text = String(validating: bytes, as: UTF8.self), !text.unicodeScalars.contains(where: standsForByte) {
            return text
        }
        var text = String.UnicodeScalarView()
        var rest = Array(bytes)[...]
        while let first = rest.first {
            if let scalar = firstScalar(of: rest), !standsForByte(scalar) {
                text.append(scalar)
                rest = rest.dropFirst(UTF8.width(scalar))
            } else {
                if first < 0x80 {
                    text.append(Unicode.Scalar(first))
                } else if let scalar = Unicode.Scalar(base + UInt32(first)) {
                    text.append(scalar)
                }
                rest = rest.dropFirst()
            }
        }
        return String(text)
    }

    /// What was typed.
    static func bytes(of text: String) -> [UInt8] {
        text.unicodeScalars.flatMap { scalar -> [UInt8] in
            standsForByte(scalar) ? [UInt8(truncatingIfNeeded: scalar.value)] : Array(UTF8.encode(scalar) ?? .init())
        }
    }

    /// Whether it is not UTF-8.
    static func isOdd(_ text: String) -> Bool { text.unicodeScalars.contains(where: standsForByte) }

    /// For people: bytes that are not text show as U+FFFD.
    static func shown(_ text: String) -> String {
        String(decoding: bytes(of: text), as: UTF8.self)
    }

    private static func standsForByte(_ scalar: Unicode.Scalar) -> Bool { scalar.value >= base + 0x80 }

    /// The scalar that the bytes begin with, if they are UTF-8 that far.
    private static func firstScalar(of bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
        for width in 1...4 where width <= bytes.count {
            if let text = String(validating: bytes.prefix(width), as: UTF8.self) { return text.unicodeScalars.first }
        }
        return nil
    }
}

extension BytePath {
    /// What was typed for a word of the command line.
    init(word: String) {
        self.init(bytes: CommandWord.bytes(of: word))
    }
}
