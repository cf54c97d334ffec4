import LiveDocument
import TerminalUI
import Testing

struct LiveDocumentTests {
    @Test
    func `an element is made on first use and found again`() {
        var document = LiveDocument()
        let status = document.element(named: "status")
        #expect(document.element(named: "progress") != status)
        #expect(document.element(named: "status") == status)
        #expect(document.element(numbered: status.number) == status)
        #expect(document.element(numbered: 99) == nil)
        #expect(document.value(.textContent, of: status) == nil)
    }

    @Test
    func `what is set can be read, and counts as one change however often it was set`() {
        var document = LiveDocument()
        let bar = document.element(named: "progress")
        for value in 0..<10_000 { document.set(.value, of: bar, to: .number(Double(value))) }
        #expect(document.value(.value, of: bar) == .number(9999))
        #expect(document.takeChanges() == [bar])
        document.set(.value, of: bar, to: .number(9999))
        #expect(document.takeChanges().isEmpty)
    }

    @Test
    func `each element that changed is one line with what is new`() {
        var document = LiveDocument()
        var lines = PlainLines()
        let status = document.element(named: "status")
        let bar = document.element(named: "progress")
        document.set(.textContent, of: status, to: .text("Waiting in queue..."))
        document.set(.value, of: bar, to: .number(25))
        #expect(lines.lines(for: &document) == ["status: Waiting in queue...", "progress: 25 %"])
        document.set(.textContent, of: status, to: nil)
        document.set(.value, of: bar, to: .number(50))
        document.set(.value, of: bar, to: .number(25))
        #expect(lines.lines(for: &document) == ["status: (textContent cleared)"])
    }

    @Test
    func `a text cannot break its line or drive the terminal`() {
        var document = LiveDocument()
        var lines = PlainLines()
        document.set(.textContent, of: document.element(named: "status"), to: .text("a\nb\u{1B}[2Jc\u{9B}d"))
        #expect(lines.lines(for: &document) == ["status: a b [2Jc d"])
    }
}
