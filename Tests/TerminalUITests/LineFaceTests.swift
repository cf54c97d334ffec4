import LiveDocument
import RunClock
import Synchronization
import Testing

@testable import TerminalUI

struct LineFaceTests {
    /// A document shown as lines, in virtual time.
    private final class Lines {
        let clock = VirtualClock()
        let face: LineFace
        var document = LiveDocument()
        private let shown = Shown()

        private final class Shown: Sendable {
            let lines = Mutex<[String]>([])
        }

        init(_ style: LineFace.Style) {
            face = LineFace(style, clock: clock) { [shown] line in shown.lines.withLock { $0.append(line) } }
        }

        func wait(_ seconds: Int = 0) {
            face.look(at: &document)
            clock.advance(by: .seconds(seconds))
        }

        func set(_ name: String, _ property: ElementProperty, _ value: PropertyValue?) {
            document.set(property, of: document.element(named: name), to: value)
        }

        /// The lines since the last time.
        var news: [String] {
            shown.lines.withLock { lines in
                defer { lines = [] }
                return lines
            }
        }
    }

    @Test
    func `every value that stood at a wait is a line, and no other`() {
        let lines = Lines(.plain)
        for value in 1...3 {
            for step in 0..<1000 { lines.set("bar", .value, .number(Double(step))) }
            lines.set("bar", .value, .number(Double(value)))
            lines.wait()
            lines.wait()
        }
        #expect(lines.news == ["bar: 1 %", "bar: 2 %", "bar: 3 %"])
    }

    @Test
    func `plain lines say in words what is set`() {
        let lines = Lines(.plain)
        lines.set("status", .textContent, .text("a\nb\u{1B}[2Jc\u{9B}d"))
        lines.wait()
        lines.set("status", .textContent, nil)
        lines.set("status", .hidden, .flag(true))
        lines.wait()
        lines.set("bar", .value, .number(3))
        lines.set("bar", .max, .number(12))
        lines.set("clip", .src, .media(.path("clip.mp4")))
        lines.wait()
        lines.set("bar", .max, .number(6))
        lines.set("status", .hidden, nil)
        lines.set("start", .disabled, .flag(true))
        lines.set("start", .className, .text("big"))
        lines.set("start", .onclick, .flag(true))
        lines.document.setTitle("Clips")
        lines.wait()
        #expect(
            lines.news == [
                "status: a bc d", "status: (textContent cleared) (hidden)", "bar: 3 of 12", "clip: video: clip.mp4",
                "Clips", "bar: 3 of 6", "status: (shown)", "start: (big) (disabled)",
            ])
    }

    @Test
    func `an element without an id is its text alone`() {
        let lines = Lines(.plain)
        let item = lines.document.createElement(.li)
        lines.document.set(.textContent, of: item, to: .text("one"))
        lines.wait()
        lines.document.append(item, to: .body)
        lines.wait()
        #expect(lines.news == ["one"])
    }

    @Test
    func `a heartbeat comes every 30 s once there is an element, and ends with the run`() {
        let lines = Lines(.plain)
        lines.wait(300)
        #expect(lines.news.isEmpty)
        lines.set("status", .textContent, .text("working"))
        lines.wait(29)
        #expect(lines.news == ["status: working"])
        lines.wait(61)
        #expect(lines.news == ["30 s", "1 min", "1 min 30 s"].map { "still running after \($0)" })
        lines.face.close()
        lines.wait(300)
        #expect(lines.news.isEmpty)
        #expect(lines.clock.pendingWakes == 0)
    }

    @Test
    func `JSON lines are objects with a type`() {
        let lines = Lines(.json)
        lines.set("status", .textContent, .text("say \"hi\"\n\u{1B}[1m\\ 日本"))
        lines.set("progress", .value, .number(12.5))
        lines.wait()
        lines.set("progress", .value, nil)
        lines.set("progress", .hidden, .flag(true))
        let clip = MediaBlob(storage: .memory([1, 2]), size: 2, type: "video/mp4", name: "a.mp4")
        lines.set("clip", .src, .media(.blob(clip)))
        lines.document.setTitle("Clips")
        lines.wait(30)
        #expect(
            lines.news == [
                #"{"type":"element","id":"status","element":1,"tag":"p","textContent":"say \"hi\"\n\u001b[1m\\ 日本"}"#,
                #"{"type":"element","id":"progress","element":2,"tag":"progress","value":12.5}"#,
                #"{"type":"title","title":"Clips"}"#,
                #"{"type":"element","id":"progress","element":2,"tag":"p","value":null,"hidden":true}"#,
                #"{"type":"element","id":"clip","element":3,"tag":"video","src":"a.mp4","size":2}"#,
                #"{"type":"heartbeat","elapsed":30000}"#,
            ])
    }
}
