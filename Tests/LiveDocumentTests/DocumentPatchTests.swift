import LiveDocument
import Testing

struct DocumentPatchTests {
    @Test
    func `ten thousand settings are one value in one patch`() {
        var document = LiveDocument()
        let bar = document.element(named: "bar")
        var seen = document.patch(since: 0)?.sequence ?? 0
        for value in 1...10_000 { document.set(.value, of: bar, to: .number(Double(value))) }
        let patch = document.patch(since: seen)
        #expect(patch?.elements.map(\.id) == [bar])
        #expect(patch?.elements.first?.properties == [.value: .number(10_000)])
        #expect(patch?.elements.first?.children == nil)
        #expect(patch?.sequence == seen + 1)
        seen += 1
        #expect(!document.hasChanges(since: seen))
        let nothing = document.patch(since: seen)
        #expect(nothing == nil)
    }

    @Test
    func `setting what is there already changes nothing`() {
        var document = LiveDocument()
        let bar = document.element(named: "bar")
        document.set(.value, of: bar, to: .number(1))
        let seen = document.state().sequence
        document.set(.value, of: bar, to: .number(1))
        document.setTitle("")
        #expect(!document.hasChanges(since: seen))
    }

    @Test
    func `each reader reads at its own pace`() {
        var document = LiveDocument()
        let status = document.element(named: "status")
        let bar = document.element(named: "bar")
        let start = document.state().sequence
        document.set(.textContent, of: status, to: .text("a"))
        let quick = document.patch(since: start)
        document.set(.textContent, of: status, to: .text("b"))
        document.set(.value, of: bar, to: .number(1))
        let next = document.patch(since: quick?.sequence ?? 0)
        #expect(quick?.elements.first?.properties == [.textContent: .text("a")])
        #expect(next?.elements.map(\.id) == [status, bar])
        let slow = document.patch(since: start)
        #expect(slow?.from == start)
        #expect(slow?.sequence == next?.sequence)
        #expect(slow?.elements == next?.elements)
    }

    @Test
    func `a cleared property is told of as not set`() {
        var document = LiveDocument()
        let status = document.element(named: "status")
        document.set(.textContent, of: status, to: .text("a"))
        let seen = document.state().sequence
        document.set(.textContent, of: status, to: nil)
        let patch = document.patch(since: seen)
        #expect(patch?.elements.first?.properties == [.textContent: PropertyValue?.none])
        let whole = document.state()
        #expect(whole.elements.first { $0.id == status }?.properties.isEmpty == true)
    }

    @Test
    func `what comes into the tree is told of with all that is set, parents first`() {
        var document = LiveDocument()
        let seen = document.state().sequence
        let list = document.createElement(.ul)
        let item = document.createElement(.li)
        document.set(.textContent, of: item, to: .text("a"))
        document.append(item, to: list)
        #expect(!document.hasChanges(since: seen))
        document.append(list, to: .body)
        let patch = document.patch(since: seen)
        #expect(patch?.elements.map(\.id) == [.body, list, item])
        #expect(patch?.elements.map(\.children) == [[list], [item], []])
        #expect(patch?.elements.last?.properties == [.textContent: .text("a")])
    }

    @Test
    func `what leaves the tree is not mentioned, and comes back as new`() {
        var document = LiveDocument()
        let status = document.element(named: "status")
        document.set(.textContent, of: status, to: .text("a"))
        var seen = document.state().sequence
        document.set(.textContent, of: status, to: .text("b"))
        document.remove(status)
        let gone = document.patch(since: seen)
        #expect(gone?.elements.map(\.id) == [.body])
        #expect(gone?.elements.first?.children == [])
        seen = gone?.sequence ?? 0
        document.append(status, to: .body)
        document.remove(status)
        document.append(status, to: .body)
        let back = document.patch(since: seen)
        #expect(back?.elements.map(\.id) == [.body, status])
        #expect(back?.elements.last?.properties == [.textContent: .text("b")])
    }

    @Test
    func `a number of another run gets the whole state`() {
        var document = LiveDocument()
        document.setTitle("Clips")
        let patch = document.patch(since: 99)
        #expect(patch?.isWholeState == true)
        #expect(patch?.title == "Clips")
        #expect(patch?.elements.map(\.id) == [.body])
    }
}
