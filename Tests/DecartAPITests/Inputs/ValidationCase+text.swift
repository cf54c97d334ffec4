import DecartAPI

extension ValidationCase {
    private static let t2v = "lucy-pro-t2v"

    static let text: [ValidationCase] = [
        ValidationCase(t2v, ["prompt": .cat]),
        ValidationCase(t2v, ["prompt": .cat, "seed": .integer(7), "resolution": .text("480p")]),
        ValidationCase(t2v, ["prompt": .cat, "orientation": .text("portrait")]),
        ValidationCase("lucy-pro-t2i", ["prompt": .cat]),
        ValidationCase(t2v, [:], ["prompt"]),
        // Bounds, in characters rather than bytes.
        ValidationCase(t2v, ["prompt": .empty], ["prompt"]),
        ValidationCase(t2v, ["prompt": .letters(1)]),
        ValidationCase(t2v, ["prompt": .letters(1000)]),
        ValidationCase(t2v, ["prompt": .letters(1001)], ["prompt"]),
        ValidationCase(t2v, ["prompt": .text(String(repeating: "😀", count: 1000))]),
        ValidationCase(t2v, ["prompt": .text(String(repeating: "é", count: 1001))], ["prompt"]),
        ValidationCase(t2v, ["prompt": .text(" ")]),
        // What is no text.
        ValidationCase(t2v, ["prompt": .integer(42)], ["prompt"]),
        ValidationCase(t2v, ["prompt": .number(4.5)], ["prompt"]),
        ValidationCase(t2v, ["prompt": .yes], ["prompt"]),
        ValidationCase(t2v, ["prompt": .json(["a"])], ["prompt"]),
        ValidationCase(t2v, ["prompt": .image], ["prompt"]),
        ValidationCase(t2v, ["prompt": .blob], ["prompt"]),
        ValidationCase(t2v, ["prompt": .bytes([0x61, 0xFF])], ["prompt"]),
        ValidationCase(t2v, ["prompt": .bytes([0xC3])], ["prompt"]),
        ValidationCase(t2v, ["prompt": .bytes([0xED, 0xA0, 0x80])], ["prompt"]),
        ValidationCase(t2v, ["prompt": .text("a\u{0}b")], ["prompt"]),
        ValidationCase(t2v, ["prompt": .text(String(repeating: "\u{0}", count: 1001))], ["prompt", "prompt"]),
        ValidationCase(t2v, ["prompt": .text("a\nb\t\"c\"\r\n--boundary--")]),
        // Seeds.
        ValidationCase(t2v, ["prompt": .cat, "seed": .integer(0)]),
        ValidationCase(t2v, ["prompt": .cat, "seed": .integer(4_294_967_295)]),
        ValidationCase(t2v, ["prompt": .cat, "seed": .integer(4_294_967_296)], ["seed"]),
        ValidationCase(t2v, ["prompt": .cat, "seed": .integer(-1)], ["seed"]),
        ValidationCase(t2v, ["prompt": .cat, "seed": .integer(.min)], ["seed"]),
        ValidationCase(t2v, ["prompt": .cat, "seed": .number(42)]),
        ValidationCase(t2v, ["prompt": .cat, "seed": .number(-0.0)]),
        ValidationCase(t2v, ["prompt": .cat, "seed": .number(42.5)], ["seed"]),
        ValidationCase(t2v, ["prompt": .cat, "seed": .number(1e20)], ["seed"]),
        ValidationCase(t2v, ["prompt": .cat, "seed": .number(.nan)], ["seed"]),
        ValidationCase(t2v, ["prompt": .cat, "seed": .number(.infinity)], ["seed"]),
        ValidationCase(t2v, ["prompt": .cat, "seed": .text("42")], ["seed"]),
        ValidationCase(t2v, ["prompt": .cat, "seed": .yes], ["seed"]),
        ValidationCase(t2v, ["prompt": .cat, "seed": .json([42])], ["seed"]),
        // Resolutions.
        ValidationCase(t2v, ["prompt": .cat, "resolution": .text("720p")]),
        ValidationCase(t2v, ["prompt": .cat, "resolution": .text("1080p")], ["resolution"]),
        ValidationCase(t2v, ["prompt": .cat, "resolution": .text("720P")], ["resolution"]),
        ValidationCase(t2v, ["prompt": .cat, "resolution": .empty], ["resolution"]),
        ValidationCase(t2v, ["prompt": .cat, "resolution": .integer(720)], ["resolution"]),
        ValidationCase(t2v, ["prompt": .cat, "resolution": .bytes([0xFF])], ["resolution"]),
        ValidationCase(t2v, ["prompt": .cat, "orientation": .integer(1)], ["orientation"]),
        // Names.
        ValidationCase(t2v, ["prompt": .cat, "promt": .cat], ["promt"]),
        ValidationCase(t2v, ["promt": .cat], ["prompt", "promt"]),
        ValidationCase(t2v, ["prompt": .cat, "data": .video], ["data"]),
        ValidationCase(t2v, ["prompt": .cat, "enhance_prompt": .yes], ["enhance_prompt"]),
        ValidationCase(t2v, ["prompt": .cat, "z": .yes, "a": .yes, "": .yes], ["", "a", "z"]),
        ValidationCase(t2v, ["prompt": .cat, "\u{0}\n": .yes], ["\u{0}\n"]),
        // Everything at once.
        ValidationCase(
            t2v, ["prompt": .empty, "seed": .integer(-1), "resolution": .text("8k"), "Seed": .integer(1)],
            ["prompt", "seed", "resolution", "Seed"]),
    ]
}
