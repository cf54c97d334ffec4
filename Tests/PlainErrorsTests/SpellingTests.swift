import Testing

@testable import PlainErrors

@Suite struct SpellingTests {
    @Test(arguments: [
        ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("abc", "abd", 1), ("abc", "ab", 1),
        ("abc", "acb", 1), ("ab", "ba", 1), ("kitten", "sitting", 3), ("lucy-2.1", "lucy-2.5", 1),
    ])
    func `distance counts insertions, deletions, replacements and swaps`(left: String, right: String, distance: Int) {
        #expect(Spelling.distance(Array(left.utf8), Array(right.utf8)) == distance)
        #expect(Spelling.distance(Array(right.utf8), Array(left.utf8)) == distance)
    }

    @Test func `the nearest come first and equals keep their order`() {
        let names = ["seed", "prompt", "speed", "data"]
        #expect(Spelling.nearest(to: "sped", among: names) == ["seed", "speed", "data"])
        #expect(Spelling.nearest(to: "SEED", among: names, limit: 1) == ["seed"])
    }

    @Test func `unlikely names can be left out`() {
        #expect(Spelling.nearest(to: "promt", among: ["prompt", "data"], onlyLikely: true) == ["prompt"])
        #expect(Spelling.nearest(to: "zzzzzz", among: ["prompt", "data"], onlyLikely: true).isEmpty)
    }

    @Test func `a name of a million letters costs no more than a short one`() {
        let name = String(repeating: "x", count: 1_000_000)
        #expect(Spelling.nearest(to: name, among: ["data"]) == ["data"])
    }
}
