import LiveDocument
import Testing

@testable import TerminalUI

/// What documents look like on a terminal.
struct RegionRowTests {
    @Test
    func `two hundred bars fold, full ones first`() {
        let stage = Stage(columns: 50, rows: 10)
        for job in 1...200 { stage.set("job \(job)", job % 2 == 0 ? 100 : 25) }
        stage.wait()
        #expect(
            stage.screen == """

                job 1   ███████░░░░░░░░░░░░░░░░░░░░░░  25 %  0:00
                job 3   ███████░░░░░░░░░░░░░░░░░░░░░░  25 %  0:00
                job 5   ███████░░░░░░░░░░░░░░░░░░░░░░  25 %  0:00
                job 7   ███████░░░░░░░░░░░░░░░░░░░░░░  25 %  0:00
                job 9   ███████░░░░░░░░░░░░░░░░░░░░░░  25 %  0:00
                job 11  ███████░░░░░░░░░░░░░░░░░░░░░░  25 %  0:00
                job 13  ███████░░░░░░░░░░░░░░░░░░░░░░  25 %  0:00
                +193 more (100 of them done)
                """)
    }

    @Test
    func `ten bars on a screen for seven rows fold the last four`() {
        let stage = Stage(columns: 50, rows: 9)
        for job in 1...10 { stage.set("j\(job)", 25) }
        stage.wait()
        #expect(stage.screen.hasSuffix("0:00\n+4 more"))
    }

    @Test
    func `bars stand under one another, and one with a text keeps its name`() {
        let stage = Stage(columns: 50)
        stage.set("a", 5)
        stage.document.set(.textContent, of: stage.document.element(named: "a"), to: .text("日本語 🎬"))
        stage.set("clip", 3, of: 12)
        stage.set("done", 100)
        stage.wait()
        #expect(
            stage.screen == """

                a: 日本語 🎬 █░░░░░░░░░░░░░░░░░░░░░     5 %  0:00
                clip         ██████░░░░░░░░░░░░░░░░ 3 of 12  0:00
                done         ██████████████████████   100 %  0:00
                """)
    }

    @Test
    func `each bar has its own time, which stops when it is full`() {
        let stage = Stage(columns: 40)
        stage.set("a", 5)
        stage.wait(61_000)
        stage.set("b", 5)
        stage.set("a", 100)
        stage.wait(5000)
        #expect(
            stage.screen == """

                a █████████████████████████ 100 %  1:01
                b █░░░░░░░░░░░░░░░░░░░░░░░░   5 %  0:04
                """)
    }

    @Test
    func `a narrow terminal keeps what matters`() {
        let stage = Stage(columns: 20)
        stage.set("progress", 25)
        stage.set("status", "A text that does not fit")
        stage.wait()
        #expect(stage.screen == "\nprogress 25 %  0:00\nA text that does n…")
    }

    @Test
    func `every tag has its row`() {
        let stage = Stage(columns: 50, rows: 20)
        stage.document.setTitle("Clips")
        func add(_ tag: ElementTag, _ text: String?, to parent: ElementID = .body) -> ElementID {
            let id = stage.document.createElement(tag)
            if let text { stage.document.set(.textContent, of: id, to: .text(text)) }
            stage.document.append(id, to: parent)
            return id
        }
        _ = add(.h1, "Today")
        let list = add(.ul, nil)
        let item = add(.li, "one", to: list)
        _ = add(.p, "inside", to: item)
        _ = add(.li, "two", to: list)
        let table = add(.table, nil)
        for cells in [["id", "status"], ["job_1", "pending"]] {
            let row = add(.tr, nil, to: table)
            for cell in cells { _ = add(.td, cell, to: row) }
        }
        _ = add(.button, "Start")
        let input = add(.input, nil)
        stage.document.set(.value, of: input, to: .text("A sunset"))
        _ = add(.pre, "a\n  b")
        let video = add(.video, nil)
        stage.document.set(.src, of: video, to: .media(.path("clip.mp4")))
        let hidden = add(.p, "unseen")
        stage.document.set(.hidden, of: hidden, to: .flag(true))
        stage.wait()
        #expect(
            stage.screen == """

                Clips
                Today
                - one
                  inside
                - two
                id     status
                job_1  pending
                [ Start ]
                > A sunset
                a
                  b
                video: clip.mp4
                0:00
                """)
    }

    @Test
    func `a text cannot drive the terminal`() {
        let stage = Stage(columns: 50)
        stage.set("status", "a\nb\u{1B}[2J\u{1B}]0;title\u{7}c\u{9B}d\u{202E}e")
        stage.wait()
        #expect(stage.screen == "\na bc d e\n0:00")
    }

    @Test
    func `without block characters bars are drawn in ASCII`() {
        let painter = RegionPainter(columns: 40, limit: 10, style: TerminalStyle(hasColour: false, hasBlocks: false))
        let row = RegionRow.bar(label: "a", share: 0.5, value: "50 %", elapsed: "0:01")
        #expect(painter.paint([row]) == ["a #############------------- 50 %  0:01"])
    }

    @Test
    func `colour adds nothing but colour`() {
        let rows: [RegionRow] = [
            .text("Clips", .strong), .bar(label: "a", share: 1, value: "100 %", elapsed: "0:01"), .text("0:01", .weak),
        ]
        func painted(inColour hasColour: Bool) -> [String] {
            let style = TerminalStyle(hasColour: hasColour, hasBlocks: true)
            return RegionPainter(columns: 40, limit: 10, style: style).paint(rows)
        }
        let (with, without) = (painted(inColour: true), painted(inColour: false))
        #expect(with != without)
        #expect(with.map { ScriptText($0).plain } == without)
        #expect(without.allSatisfy { !$0.contains("\u{1B}") })
    }

    @Test(arguments: [(0.0, 0), (0.001, 1), (0.5, 10), (0.999, 19), (1.0, 20)])
    func `a bar that has begun and is not done shows both`(share: Double, full: Int) {
        let painter = RegionPainter(columns: 31, limit: 10, style: TerminalStyle(hasColour: false, hasBlocks: true))
        let row = painter.paint([.bar(label: "", share: share, value: "x %", elapsed: "0:01")])[0]
        #expect(row.count { $0 == "█" } == full)
        #expect(row.count { $0 == "░" } == 20 - full)
    }
}
