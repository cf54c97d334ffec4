import LiveDocument
import RunClock
import Synchronization
import Testing

@testable import TerminalUI

struct TerminalRendererTests {
    @Test
    func `the region stands under what the script prints`() {
        let stage = Stage()
        stage.device.print("before\n")
        stage.set("status", "Waiting in queue...")
        stage.set("progress", 25)
        stage.wait()
        #expect(
            stage.screen == """
                before

                Waiting in queue...
                progress ██████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░ 25 %  0:00
                """)
        stage.device.print("status: processing\n")
        stage.set("status", "Generating video...")
        stage.set("progress", 50)
        stage.wait(2000)
        #expect(
            stage.screen == """
                before
                status: processing

                Generating video...
                progress ████████████████████░░░░░░░░░░░░░░░░░░░ 50 %  0:02
                """)
        #expect(stage.device.terminal.complaints.isEmpty)
    }

    @Test
    func `the terminal is left alone until there is an element`() {
        let stage = Stage()
        stage.wait(5000)
        #expect(!stage.device.hasBegun)
        stage.renderer.close(.scriptEnded)
        #expect(stage.device.writes.isEmpty)
    }

    @Test
    func `a partial line goes on where it ended`() {
        let stage = Stage()
        stage.set("status", "working")
        stage.wait()
        stage.device.print("Downloading ")
        stage.wait()
        #expect(stage.screen == "Downloading\nworking\n0:00")
        stage.device.print("done\n")
        stage.wait()
        #expect(stage.screen == "Downloading done\n\nworking\n0:00")
    }

    @Test
    func `a line rewritten with carriage returns stays`() {
        let stage = Stage()
        stage.set("status", "working")
        stage.wait()
        for frame in 1...3 {
            stage.device.print("frame= \(frame)\r")
            stage.wait()
        }
        #expect(stage.screen == "frame= 3\nworking\n0:00")
        #expect(stage.device.terminal.column == 0)
    }

    @Test
    func `what somebody types stands where the output ended, and breaks nothing`() {
        let stage = Stage()
        stage.set("status", "working")
        stage.wait()
        stage.device.print("name? ")
        stage.wait()
        stage.device.echo("Ada\n")
        stage.device.print("hello Ada\n")
        stage.wait()
        #expect(stage.screen == "name? Ada\nhello Ada\n\nworking\n0:00")
    }

    @Test
    func `colours of the script's reach over the region unharmed`() {
        let stage = Stage()
        stage.set("status", "working")
        stage.wait()
        stage.device.print("\u{1B}[31mred ")
        stage.wait()
        stage.device.print("still")
        stage.wait()
        let row = stage.device.terminal.rows[0]
        #expect(row[4].text == "s" && row[4].style == "31")
        #expect(stage.device.terminal.rows[1][0].style == "")
        #expect(stage.screen == "red still\nworking\n0:00")
    }

    @Test
    func `a full row goes on with the next character on the next one`() {
        let stage = Stage(columns: 10)
        stage.set("status", "working")
        stage.wait()
        stage.device.print("0123456789")
        stage.wait()
        stage.device.print("abc\n")
        stage.wait()
        #expect(stage.screen == "0123456789\nabc\n\nworking\n0:00")
        stage.device.print("0123456789")
        stage.wait()
        stage.device.print("\nnext\n")
        stage.wait()
        #expect(stage.screen == "0123456789\nabc\n0123456789\nnext\n\nworking\n0:00")
    }

    @Test
    func `at the bottom of the screen the output scrolls and the region stays`() {
        let stage = Stage(columns: 30, rows: 6)
        stage.set("status", "working")
        stage.wait()
        for line in 1...20 {
            stage.device.print("line \(line)\n")
            stage.wait()
        }
        #expect(stage.screen == "line 18\nline 19\nline 20\n\nworking\n0:01")
        let all = (1...20).map { "line \($0)\n" }.joined()
        #expect(stage.device.terminal.everything == all + "\nworking\n0:01")
    }

    @Test
    func `a full-screen program has the terminal to itself`() {
        let stage = Stage()
        stage.set("status", "working")
        stage.wait()
        stage.device.print("\u{1B}[?1049h\u{1B}[Heditor")
        stage.wait(3000)
        #expect(stage.screen == "editor")
        stage.device.print("\u{1B}[?1049l")
        stage.wait()
        #expect(stage.screen == "\nworking\n0:03")
    }

    @Test
    func `half a character or an escape sequence is not cut in two`() {
        let stage = Stage()
        stage.set("status", "working")
        stage.wait()
        stage.device.print("\u{1B}[3")
        stage.wait()
        stage.device.print("1mred\u{1B}[0m\n")
        stage.wait()
        #expect(stage.screen == "red\n\nworking\n0:00")
        #expect(stage.device.terminal.complaints.isEmpty)
    }

    @Test
    func `however much changes, there are at most twenty frames a second`() {
        let stage = Stage()
        for value in 0..<1000 {
            stage.set("progress", Double(value % 100))
            stage.device.print("line \(value)\n")
            stage.wait(1)
        }
        let frames = stage.device.writes.filter { $0.contains("\u{1B}7") && $0.contains("progress") }
        #expect((18...21).contains(frames.count))
        #expect(stage.device.terminal.everything.contains("line 998"))
    }

    @Test
    func `nothing is written while nothing changes but the time`() {
        let stage = Stage()
        stage.set("progress", 100)
        stage.wait()
        let writes = stage.device.writes.count
        stage.wait(60_000)
        #expect(stage.device.writes.count == writes)
    }

    @Test
    func `more output than a frame's worth does not wait for the frame`() {
        let stage = Stage()
        stage.set("status", "working")
        stage.wait()
        stage.device.print("x")
        #expect(!stage.screen.contains("x"))
        stage.device.print(String(repeating: "y", count: 20_000))
        #expect(stage.screen.contains("yyy"))
    }

    @Test
    func `where time may stand still output never waits`() {
        let stage = Stage(holdsOutput: false)
        stage.set("status", "working")
        stage.wait()
        stage.device.print("x\n")
        #expect(stage.screen == "x")
        stage.wait()
        #expect(stage.screen == "x\n\nworking\n0:00")
    }

    @Test
    func `the last state stays as plain lines, and the cursor is there`() {
        let stage = Stage(columns: 70, colour: true)
        stage.device.print("before\n")
        stage.set("status", "Waiting")
        stage.set("progress", 25)
        stage.wait()
        stage.device.print("partial")
        stage.set("status", "\u{1B}[32mComplete!\u{1B}[0m")
        stage.set("progress", 100)
        stage.renderer.update(from: &stage.document)
        stage.renderer.close(.scriptEnded)
        stage.renderer.close(.scriptEnded)
        #expect(stage.screen == "before\npartial\nstatus: Complete!\nprogress: 100 %")
        #expect(stage.device.hasEnded)
        #expect(stage.device.terminal.cursorIsShown)
        #expect(stage.device.terminal.row == 4 && stage.device.terminal.column == 0)
        #expect(stage.device.terminal.style == "")
        stage.device.print("after\n")
        stage.wait(1000)
        #expect(stage.screen.hasSuffix("progress: 100 %\nafter"))
    }

    @Test
    func `the cursor is hidden only within a write`() {
        let stage = Stage()
        for value in 1...5 {
            stage.set("progress", Double(value))
            stage.device.print("line\n")
            stage.wait()
            #expect(stage.device.terminal.cursorIsShown)
        }
        for write in stage.device.writes where write.contains("\u{1B}[?25l") { #expect(write.hasSuffix("\u{1B}[?25h")) }
    }

    @Test
    func `another size draws the region anew and is passed on to child programs`() {
        let stage = Stage(columns: 60, rows: 12)
        stage.device.print("a line of output that is longer than thirty\n")
        stage.set("progress", 50)
        stage.wait()
        stage.device.resize(columns: 40, rows: 8)
        stage.renderer.resize()
        stage.wait()
        #expect(
            stage.screen == """
                a line of output that is longer than thi

                progress ██████████░░░░░░░░░ 50 %  0:00
                """)
        #expect(stage.device.passedSizes.last == TerminalSize(columns: 40, rows: 8))
    }

    @Test
    func `without a pseudo-terminal the document is shown as lines`() {
        let device = MemoryDevice(columns: 40, rows: 10, works: false)
        let shown = Mutex<[String]>([])
        let renderer = TerminalRenderer(
            device: device, clock: VirtualClock(), style: TerminalStyle(hasColour: false, hasBlocks: false),
            show: { line in shown.withLock { $0.append(line) } })
        var document = LiveDocument()
        for value in [25.0, 50] {
            document.set(.value, of: document.element(named: "progress"), to: .number(value))
            renderer.update(from: &document)
        }
        renderer.close(.scriptEnded)
        #expect(shown.withLock { $0 } == ["progress: 25 %", "progress: 50 %"])
        #expect(device.writes.isEmpty)
    }
}
