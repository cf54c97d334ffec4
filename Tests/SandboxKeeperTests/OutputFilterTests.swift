import Testing

@testable import SandboxKeeper

struct OutputFilterTests {
    @Test(arguments: [
        ("plain text\n", "plain text\n"), ("tab\there", "tab\there"), ("ä€😀", "ä€😀"),
        ("\u{1B}[31mred\u{1B}[0m", "\u{1B}[31mred\u{1B}[0m"),
        ("\u{1B}[38;2;1;2;3mx\u{1B}[m", "\u{1B}[38;2;1;2;3mx\u{1B}[m"),
        // The cursor, the screen, modes.
        ("a\u{1B}[2Jb", "ab"), ("a\u{1B}[1;1Hb", "ab"), ("a\u{1B}[?1049hb", "ab"), ("a\u{1B}7b\u{1B}8", "ab"),
        ("a\rb", "ab"), ("a\u{8}b", "ab"), ("bell\u{7}", "bell"), ("a\u{1B}cb", "ab"), ("a\u{1B}[31;1Am", "am"),
        // Titles, the clipboard, links, questions to the terminal.
        ("a\u{1B}]0;title\u{7}b", "ab"), ("a\u{1B}]52;c;aGk=\u{1B}\\b", "ab"), ("a\u{1B}P+q544e\u{1B}\\b", "ab"),
        ("a\u{1B}_x\u{1B}\\b", "ab"), ("a\u{1B}]8;;http://x\u{7}t\u{1B}]8;;\u{7}b", "atb"), ("a\u{1B}[6nb", "ab"),
        ("a\u{1B}[>4;2mb", "ab"), ("a\u{1B}[?4mb", "ab"), ("a\u{1B}[0 qb", "ab"),
        // In one character, or hidden in another.
        ("a\u{9B}31mb", "a\u{FFFD}31mb"), ("a\u{9D}0;t\u{9C}b", "a\u{FFFD}0;t\u{FFFD}b"),
        ("a\u{1B}]0;x\u{1B}[31mb", "a\u{1B}[31mb"), ("a\u{1B}\u{1B}[31mb", "a\u{1B}[31mb"),
        ("\u{202E}evil", "\u{FFFD}evil"),
        // Strings that are never ended do not swallow what comes after them.
        ("a\u{1B}]0;title\nb\n", "a\nb\n"), ("a\u{1B}P\nb", "a\nb"),
        // Hidden text, however it is asked for.
        ("a\u{1B}[8mb", "ab"), ("a\u{1B}[1;8mb", "ab"), ("a\u{1B}[008mb", "ab"), ("a\u{1B}[31;8;1mb", "ab"),
        ("a\u{1B}[38;5;1;8mb", "ab"), ("a\u{1B}[38;2;1;1;1;8mb", "ab"), ("a\u{1B}[38;8mb", "ab"),
        ("a\u{1B}[264mb", "ab"),
        ("a\u{1B}[4294967304mb", "ab"), ("a\u{1B}[48;2;8mb", "ab"),
        // Which an 8 in a colour is not.
        ("\u{1B}[38;5;8mx", "\u{1B}[38;5;8mx"), ("\u{1B}[48;2;8;8;8;1mx", "\u{1B}[48;2;8;8;8;1mx"),
        ("\u{1B}[38:2::8:8:8mx", "\u{1B}[38:2::8:8:8mx"), ("\u{1B}[28;0mx", "\u{1B}[28;0mx"),
        ("\u{1B}[;31mx", "\u{1B}[;31mx"),
    ])
    func `a terminal gets text and colours and nothing else`(_ given: String, _ shown: String) {
        var filter = OutputFilter()
        #expect(String(decoding: filter.filter(given.utf8), as: UTF8.self) == shown)
        // Byte by byte it comes to the same.
        var slow = OutputFilter()
        let bytes = given.utf8.flatMap { slow.filter([$0]) }
        #expect(String(decoding: bytes, as: UTF8.self) == shown)
    }

    @Test func `bytes that are no text become a mark`() {
        var filter = OutputFilter()
        #expect(filter.filter([0x61, 0xFF, 0x80, 0xC3, 0x28]) == Array("a\u{FFFD}\u{FFFD}\u{FFFD}(".utf8))
    }

    @Test func `no sequence of bytes gets an escape through that is no colour`() {
        // Every short run of what sequences are made of.
        let alphabet: [UInt8] = [0x1B, 0x5B, 0x5D, 0x6D, 0x31, 0x3B, 0x3F, 0x48, 0x07, 0x5C, 0x9B, 0xC2, 0x20]
        for number in 0..<(13 * 13 * 13 * 13 * 13) {
            var rest = number
            var bytes: [UInt8] = []
            for _ in 0..<5 {
                bytes.append(alphabet[rest % 13])
                rest /= 13
            }
            var filter = OutputFilter()
            let shown = filter.filter(bytes)
            var index = 0
            while let escape = shown[index...].firstIndex(of: 0x1B) {
                let sequence = shown[escape...].dropFirst()
                let end = sequence.firstIndex(of: 0x6D)
                guard sequence.first == 0x5B, let end,
                    shown[(escape + 2)..<end].allSatisfy({ (0x30...0x3B).contains($0) })
                else {
                    Issue.record("\(bytes) came through as \(shown)")
                    return
                }
                index = end
            }
        }
    }

    @Test func `a string to the terminal ends where none is as long`() {
        var filter = OutputFilter()
        let shown = filter.filter(Array("\u{1B}]0;".utf8) + Array(repeating: UInt8(ascii: "x"), count: 10_000))
        #expect((1...10_000 - 4000).contains(shown.count))
    }
}
