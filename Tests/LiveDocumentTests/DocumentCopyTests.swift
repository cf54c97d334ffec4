import LiveDocument
import SeededNumbers
import Testing

struct DocumentCopyTests {
    /// What a renderer would draw: every element in the tree with all that is set.
    private func shown(_ document: LiveDocument) -> [String] {
        document.subtree(of: .body).map { id in
            let set = ElementProperty.allCases.compactMap { property in
                document.value(property, of: id).map { "\(property.name)=\($0)" }
            }
            let parent = document.parent(of: id)?.number ?? -1
            return "\(id.number) in \(parent) \(document.tag(of: id)) \(document.name(of: id) ?? "-") \(set)"
        } + ["title \(document.title)"]
    }

    @Test
    func `a copy has the original's sequence numbers`() {
        var document = LiveDocument()
        var copy = LiveDocument()
        copy.apply(document.state())
        #expect(copy.sequence == document.sequence)
        let bar = document.element(named: "bar")
        document.set(.value, of: bar, to: .number(1))
        for value in 2...5 {
            if let patch = document.patch(since: copy.sequence) { copy.apply(patch) }
            document.set(.value, of: bar, to: .number(Double(value)))
        }
        #expect(copy.sequence == document.sequence)
        #expect(copy.find(named: "bar") == bar)
        #expect(copy.value(.value, of: bar) == .number(4))
    }

    @Test(arguments: 0..<40)
    func `whatever a script does, every copy at every pace shows the same`(seed: UInt64) {
        var chance = SplitMix64(seed: seed)
        var document = LiveDocument()
        var copies = [LiveDocument(), LiveDocument(), LiveDocument()]
        /// A copy of a copy, as a page has of its server's.
        var page = LiveDocument()
        var held: [ElementID] = []
        for step in 1...400 {
            switch chance.next() % 10 {
            case 0: held.append(document.element(named: "e\(chance.next() % 8)"))
            case 1: held.append(document.createElement(.div))
            case 2, 3:
                guard let child = held.randomElement(using: &chance) else { break }
                document.append(child, to: (held + [.body]).randomElement(using: &chance) ?? .body)
            case 4:
                guard let id = held.randomElement(using: &chance) else { break }
                document.remove(id)
            case 5:
                guard !held.isEmpty else { break }
                document.letGo(of: held.remove(at: Int(chance.next() % UInt64(held.count))))
            case 6: document.setTitle("title \(chance.next() % 3)")
            default:
                guard let id = held.randomElement(using: &chance) else { break }
                let property: ElementProperty = [.textContent, .value, .hidden, .className][Int(chance.next() % 4)]
                document.set(property, of: id, to: chance.next() % 4 == 0 ? nil : .number(Double(chance.next() % 5)))
            }
            for (index, pace) in [1, 7, 50].enumerated() where step % pace == 0 {
                if let patch = document.patch(since: copies[index].sequence) { copies[index].apply(patch) }
                #expect(shown(copies[index]) == shown(document))
            }
            if step % 11 == 0 {
                if let patch = copies[0].patch(since: page.sequence) { page.apply(patch) }
                #expect(shown(page) == shown(document))
            }
        }
        var late = LiveDocument()
        late.apply(document.state())
        #expect(shown(late) == shown(document))
        copies[1].apply(document.state())
        #expect(shown(copies[1]) == shown(document))
    }
}
