import LiveDocument
import RunClock
import Synchronization
import Testing

@testable import TerminalUI

struct LineRendererTests {
    /// A document shown as lines, in virtual time.
    private final class Lines {
        let clock = VirtualClock()
        let renderer: LineRenderer
        var document = LiveDocument()
        private let shown = Shown()

        private final class Shown: Sendable {
            let lines = Mutex<[String]>([])
        }

        init(_ style: LineRenderer.Style) {
            renderer = LineRenderer(style, clock: clock) { [shown] line in shown.lines.withLock { $0.append(line) } }
        }

        func wait(_ seconds: Int = 0) {
            renderer.update(from: &document)
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
    func `an element without an id says what it is, unless a text does`() {
        let lines = Lines(.plain)
        func add(_ tag: ElementTag, _ property: ElementProperty, _ value: PropertyValue) -> ElementID {
            let id = lines.document.createElement(tag)
            lines.document.set(property, of: id, to: value)
            lines.document.append(id, to: .body)
            return id
        }
        let item = add(.li, .textContent, .text("one"))
        _ = add(.progress, .value, .number(25))
        _ = add(.progress, .value, .number(50))
        _ = add(.button, .textContent, .text("Go"))
        _ = add(.video, .src, .media(.path("clip.mp4")))
        lines.wait()
        lines.document.set(.hidden, of: item, to: .flag(true))
        lines.wait()
        #expect(
            lines.news == [
                "one", "progress #2: 25 %", "progress #3: 50 %", "button #4: Go", "video #5: clip.mp4",
                "li #1: (hidden)",
            ])
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
        lines.renderer.close(.scriptEnded)
        lines.wait(300)
        #expect(lines.news.isEmpty)
        #expect(lines.clock.pendingWakes == 0)
    }

    @Test
    func `JSON lines are objects with a type and a time`() {
        let lines = Lines(.json)
        lines.set("status", .textContent, .text("say \"hi\"\n\u{1B}[1m\\ 日本"))
        lines.set("progress", .value, .number(12.5))
        lines.wait(2)
        lines.set("progress", .value, nil)
        lines.set("progress", .hidden, .flag(true))
        let clip = MediaBlob(storage: .memory([1, 2]), size: 2, type: "video/mp4", name: "a.mp4", jobID: "job_1")
        lines.set("clip", .src, .media(.blob(clip)))
        lines.document.setTitle("Clips")
        lines.wait(28)
        let (start, later) = (#""time":"2026-01-01T00:00:00.000Z""#, #""time":"2026-01-01T00:00:02.000Z""#)
        let id = #""id":"progress","element":2"#
        #expect(
            lines.news == [
                #"{"type":"element",\#(start),"id":"status","element":1,"tag":"p","#
                    + #""textContent":"say \"hi\"\n\u001b[1m\\ 日本"}"#,
                #"{"type":"element",\#(start),\#(id),"tag":"progress","value":12.5}"#,
                #"{"type":"title",\#(later),"title":"Clips"}"#,
                #"{"type":"element",\#(later),\#(id),"tag":"p","value":null,"hidden":true}"#,
                #"{"type":"element",\#(later),"id":"clip","element":3,"tag":"video","src":"a.mp4","size":2,"#
                    + #""job_id":"job_1"}"#,
                #"{"type":"heartbeat","time":"2026-01-01T00:00:30.000Z","elapsed":30000}"#,
            ])
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400.5, "2000-02-29T00:00:00.500Z"),
            (-0.25, "1969-12-31T23:59:59.750Z"), (1_767_225_599.9996, "2026-01-01T00:00:00.000Z"),
        ])
    func `a line's time is in UTC, to the millisecond`(unixTime: Double, text: String) {
        #expect(JSONLine(type: "a", unixTime: unixTime).text == #"{"type":"a","time":"\#(text)"}"#)
    }
}
