import Testing

@testable import TerminalUI

struct TextTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("한국", 4), ("ＡＢ", 4), ("🎬", 2), ("👩‍🚀", 2),
        ("🇩🇪", 2), ("❤️", 2), ("❤", 1), ("…", 1), ("─█░", 3), ("\u{200B}", 0), ("ガ", 2), ("א", 1),
    ])
    func `a terminal gives text so many cells`(text: String, cells: Int) {
        #expect(DisplayWidth.of(text) == cells)
    }

    @Test(arguments: [
        ("abc", 3, "abc"), ("abcd", 3, "ab…"), ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("日本語", 6, "日本語"), ("ab", 1, "…"),
        ("ab", 0, ""), ("", 0, ""),
    ])
    func `a text is cut to so many cells, wide characters whole`(text: String, limit: Int, cut: String) {
        let clipped = ScriptText(text).clipped(to: limit, styled: false)
        #expect(clipped.text == cut)
        #expect(clipped.width == DisplayWidth.of(cut))
    }

    @Test
    func `colours of a text's own count for nothing, and end with it`() {
        let text = ScriptText("\u{1B}[31mred\u{1B}[0m and \u{1B}[1;4mmore")
        #expect(text.width == 12)
        #expect(text.plain == "red and more")
        #expect(text.clipped(to: 5, styled: true).text == "\u{1B}[31mred\u{1B}[0m …\u{1B}[0m")
        #expect(text.clipped(to: 5, styled: false).text == "red …")
    }

    @Test(arguments: [(0, "0:00"), (7, "0:07"), (754, "12:34"), (3723, "1:02:03"), (-5, "0:00")])
    func `a time is shown as on a clock`(seconds: Int, text: String) {
        #expect(ElapsedTime.text(.seconds(seconds)) == text)
    }

    @Test(arguments: [
        (ColourChoice.always, ["NO_COLOR": "1"], false, true), (.never, ["FORCE_COLOR": "1"], true, false),
        (.auto, ["NO_COLOR": "1", "FORCE_COLOR": "1"], true, false), (.auto, ["FORCE_COLOR": "1"], false, true),
        (.auto, ["FORCE_COLOR": "0"], true, false), (.auto, ["NO_COLOR": ""], true, true), (.auto, [:], false, false),
        (.auto, ["TERM": "dumb"], true, false), (.auto, [:], true, true),
    ])
    func `colour is a matter of the flag, then of the environment, then of the terminal`(
        choice: ColourChoice, environment: [String: String], isTerminal: Bool, colour: Bool
    ) {
        #expect(
            TerminalStyle.hasColour(choice, environment: { environment[$0] }, isTerminal: isTerminal) == colour)
    }

    @Test(arguments: [
        (["LANG": "de_DE.UTF-8"], true), (["LC_ALL": "C", "LANG": "C.UTF-8"], false), ([:], false),
        (["LC_ALL": "", "LC_CTYPE": "en_US.utf8"], true),
    ])
    func `blocks are drawn where the locale has them`(environment: [String: String], blocks: Bool) {
        #expect(TerminalStyle.hasBlocks { environment[$0] } == blocks)
    }
}
