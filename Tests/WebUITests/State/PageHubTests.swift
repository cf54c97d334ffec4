import LiveDocument
import NIOCore
import RunClock
import Testing

@testable import WebUI

/// What pages are told, and when.
struct PageHubTests {
    private let clock = VirtualClock()
    private let hub: PageHub

    init() {
        hub = PageHub(clock: clock, onEvent: { _, taken in taken() }, note: { _ in })
    }

    private func set(_ text: String, in document: inout LiveDocument) {
        document.set("status", .textContent, .text(text))
        hub.update(from: &document)
    }

    @Test func `a thousand changes a second make twenty frames`() throws {
        var document = LiveDocument()
        var position = hub.position(after: nil)
        var frames = 0
        for millisecond in 1...1000 {
            clock.advance(by: .milliseconds(1))
            set("at \(millisecond)", in: &document)
            if let news = hub.news(for: position) {
                frames += 1
                position = news.position
            }
        }
        #expect((19...21).contains(frames))
        clock.advance(by: .milliseconds(50))
        let last = try #require(hub.news(for: position))
        #expect(last.events.contains("at 1000"))
        #expect(hub.news(for: last.position) == nil)
    }

    @Test func `a page that comes back is told what it has missed, and a new one everything`() throws {
        var document = LiveDocument()
        set("before", in: &document)
        document.set("progress", .value, .number(1))
        hub.update(from: &document)
        clock.advance(by: .seconds(1))
        let seen = try #require(hub.news(for: hub.position(after: nil))).position
        set("after", in: &document)
        clock.advance(by: .seconds(1))

        let missed = try #require(hub.news(for: hub.position(after: seen.sequence)))
        #expect(missed.events.contains("event: patch") && missed.events.contains("after"))
        #expect(!missed.events.contains("progress"))
        let all = try #require(hub.news(for: hub.position(after: nil)))
        #expect(all.events.contains("event: state") && all.events.contains("progress"))
        // A number of some other run's, of which nothing is known.
        let strange = try #require(hub.news(for: hub.position(after: 99)))
        #expect(strange.events.contains("event: state"))
    }

    @Test func `pages at one place are told the same, and one behind them what it has missed`() throws {
        var document = LiveDocument()
        set("first", in: &document)
        let start = try #require(hub.news(for: hub.position(after: nil))).position
        var (quick, slow) = (start, start)
        for step in 1...5 {
            set("step \(step)", in: &document)
            document.set("only in \(step)", .value, .number(Double(step)))
            hub.update(from: &document)
            clock.advance(by: .milliseconds(100))
            let news = try #require(hub.news(for: quick))
            let again = try #require(hub.news(for: quick))
            #expect(again.events == news.events && again.position == news.position)
            #expect(news.events.contains("step \(step)") && !news.events.contains("only in \(step - 1)"))
            #expect(hub.news(for: news.position) == nil)
            if step % 2 == 0 {
                let missed = try #require(hub.news(for: slow))
                #expect(missed.position == news.position)
                #expect(missed.events.contains("only in \(step - 1)"))
                slow = missed.position
            }
            quick = news.position
        }
    }

    @Test func `a chunk begins with the number of its bytes`() {
        #expect(String(buffer: HTTPChunk.bytes("data: é\n\n")) == "a\r\ndata: é\n\n\r\n")
    }

    @Test func `an event is numbered, named, and one line of data whatever is in it`() throws {
        var document = LiveDocument()
        set("two\nlines\r\nid: 7\n\nevent: run \u{2028} \u{1}", in: &document)
        let news = try #require(hub.news(for: hub.position(after: nil)))
        let lines = news.events.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0] == "id: \(document.sequence)")
        #expect(lines[1] == "event: state")
        #expect(lines[2].hasPrefix("data: {") && lines[2].hasSuffix("}"))
        #expect(lines[3] == "")
        #expect(!news.events.contains("\r"))
    }

    @Test func `a page is told once how the run ended, and errors beyond twenty are not kept`() throws {
        for number in 1...30 { hub.report("error \(number)") }
        hub.runEnded(isSuccess: false)
        clock.advance(by: .seconds(1))
        let news = try #require(hub.news(for: hub.position(after: nil)))
        #expect(news.events.contains("\"failed\"") && news.events.contains("error 20"))
        #expect(!news.events.contains("error 21"))
        #expect(hub.news(for: news.position) == nil)
    }

    @Test func `what is shown is on the shelf for as long as it is shown`() throws {
        var document = LiveDocument()
        let blob = MediaBlob(storage: .memory([1]), size: 1, type: "video/mp4", name: nil)
        document.set("clip", .src, .media(.blob(blob)))
        document.set("web", .src, .media(.url("https://example.com/a.mp4")))
        hub.update(from: &document)
        let events = try #require(hub.news(for: hub.position(after: nil))).events
        let id = try #require(events.firstMatch(of: /media\/(\w+)/)).output.1
        #expect(hub.source(String(id)) == .blob(blob))
        #expect(events.contains("https://example.com/a.mp4"))
        document.remove(try #require(document.find(named: "clip")))
        hub.update(from: &document)
        #expect(hub.source(String(id)) == nil)
    }

    @Test func `more events than the script takes are refused`() {
        let hub = PageHub(clock: clock, onEvent: { _, _ in }, note: { _ in })
        let event = DocumentEvent(.click, on: .body)
        let welcome = (1...300).filter { _ in hub.deliver(event) }.count
        #expect(welcome == 256)
    }
}
