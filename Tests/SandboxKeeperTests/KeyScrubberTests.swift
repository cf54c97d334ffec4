import Testing

@testable import SandboxKeeper

struct KeyScrubberTests {
    private static let key = Array("abcabcabcabd".utf8)

    @Test func `the key is gone however what holds it is cut`() {
        let text = Array("xx abcabcabcabd yy abcabcabcabcabd zz abcabcabc".utf8)
        for size in 1...text.count {
            var scrubber = KeyScrubber(key: Self.key)
            var out: [UInt8] = []
            for start in stride(from: 0, to: text.count, by: size) {
                out += scrubber.scrub(Array(text[start..<min(start + size, text.count)]))
            }
            out += scrubber.finish()
            #expect(String(decoding: out, as: UTF8.self) == "xx ************ yy abc************ zz abcabcabc")
        }
    }

    @Test func `without a key nothing changes`() {
        var scrubber = KeyScrubber(key: nil)
        #expect(scrubber.scrub([1, 2]) == [1, 2] && scrubber.finish().isEmpty)
        #expect(KeyScrubber.scrubbed("abc", key: [0x61]) == "abc")
    }
}
