import LiveDocument
import SeededNumbers
import Testing

@testable import SandboxLink

struct LinkedDocumentTests {
    /// A script that does anything to its document, and the document as it comes out of the link.
    private struct Pair {
        var script = LiveDocument()
        var keeper = LinkedDocument()
        var blobs: [MediaBlob] = []
        private var elements: [ElementID] = [.body]
        private var sent = 0

        mutating func step(_ numbers: inout SplitMix64) {
            let id = elements[Int(numbers.next() % UInt64(elements.count))]
            let other = elements[Int(numbers.next() % UInt64(elements.count))]
            switch numbers.next() % 9 {
            case 0: elements.append(script.createElement(ElementTag.allCases[Int(numbers.next() % 17)]))
            case 1: elements.append(script.element(named: "n\(numbers.next() % 20)"))
            case 2, 3: script.append(id, to: other)
            case 4: script.remove(id)
            case 5: script.set(.textContent, of: id, to: .text("t\(numbers.next() % 5)"))
            case 6: script.set(.value, of: id, to: .number(Double(numbers.next() % 100)))
            case 7:
                let blob = MediaBlob(storage: .memory([1]), size: 1, type: "image/png", name: nil)
                blobs.append(blob)
                script.set(.src, of: id, to: .media(.blob(blob)))
            default: script.set(.hidden, of: id, to: numbers.next() % 2 == 0 ? .flag(true) : nil)
            }
        }

        mutating func send() throws {
            guard let patch = script.patch(since: sent) else { return }
            sent = patch.sequence
            let blobs = blobs
            for payload in LinkedPatch.parts(of: patch, { UInt32(blobs.firstIndex(of: $0) ?? -1) }) {
                _ = try keeper.take(try LinkedPatch(payload) { blobs[Int($0)] })
            }
        }
    }

    @Test(arguments: 0..<40)
    func `whatever a script does to its document comes out at the keeper`(seed: UInt64) throws {
        var numbers = SplitMix64(seed: seed)
        var pair = Pair()
        for _ in 0..<60 {
            for _ in 0..<(numbers.next() % 30) { pair.step(&numbers) }
            try pair.send()
        }
        #expect(Self.state(of: pair.keeper.document) == Self.state(of: pair.script))
        #expect(pair.keeper.document.sequence == pair.script.sequence)
    }

    private static func state(of document: LiveDocument) -> DocumentPatch {
        var document = document
        return document.state()
    }

    @Test func `a patch that is longer than a part comes in several`() throws {
        var script = LiveDocument()
        for number in 0..<3000 {
            script.set(
                .textContent, of: script.element(named: "n\(number)"), to: .text(String(repeating: "x", count: 600)))
        }
        let whole = script.state()
        let parts = LinkedPatch.parts(of: whole) { _ in 0 }
        #expect(parts.count > 5)
        #expect(parts.allSatisfy { $0.count < 2 * LinkedPatch.partSize })
        var keeper = LinkedDocument()
        for (index, part) in parts.enumerated() {
            let isWhole = try keeper.take(try LinkedPatch(part) { _ throws(LinkFault) in throw LinkFault("none") })
            #expect(isWhole == (index == parts.count - 1))
        }
        #expect(Self.state(of: keeper.document) == whole)
    }

    // MARK: What no script's document comes to

    private static let body = ElementID.body
    private static let (a, b, c) = (ElementID(number: 1), ElementID(number: 2), ElementID(number: 3))

    private static func change(
        _ id: ElementID, isNew: Bool = false, _ children: [ElementID]? = nil,
        _ properties: [ElementProperty: PropertyValue?] = [:]
    ) -> ElementChange {
        ElementChange(
            id: id, name: nil, tag: .div, hasOwnTag: true, isNew: isNew, properties: properties, children: children)
    }

    /// The body with a in it, and b in that.
    private static func begun() throws -> LinkedDocument {
        var document = LinkedDocument()
        let first = DocumentPatch(
            from: 0, sequence: 1,
            elements: [change(body, isNew: true, [a]), change(a, isNew: true, [b]), change(b, isNew: true, [])])
        let isWhole = try take(first, &document)
        #expect(isWhole)
        return document
    }

    private static func take(_ patch: DocumentPatch, _ document: inout LinkedDocument) throws -> Bool {
        var isWhole = false
        for part in LinkedPatch.parts(of: patch, { _ in 0 }) {
            isWhole = try document.take(
                try LinkedPatch(part) { _ throws(LinkFault) in throw LinkFault("there are no pictures") })
        }
        return isWhole
    }

    private static let wrong: [(name: String, elements: [ElementChange])] = [
        ("an element in itself", [change(a, [a])]),
        ("two elements in each other", [change(body, []), change(a, [b]), change(b, [a])]),
        ("the body in an element", [change(a, [body])]),
        ("an element in two places", [change(body, [a, b])]),
        ("an element twice in one place", [change(body, [a, a])]),
        ("a child that is not there", [change(a, [b, c])]),
        ("a change of what is not there", [change(c)]),
        ("a new element that hangs nowhere", [change(c, isNew: true, [])]),
        ("a change of an element that is taken away", [change(body, []), change(a, [b])]),
        ("a number that is none", [change(a, nil, [.value: .number(.nan)])]),
        ("a number without end", [change(a, nil, [.value: .number(.infinity)])]),
        ("a greatest value of nothing", [change(a, nil, [.max: .number(0)])]),
        ("a text that is true", [change(a, nil, [.textContent: .flag(true)])]),
        ("a picture where a text belongs", [change(a, nil, [.textContent: .media(.path("x"))])]),
        ("an element twice", [change(a, nil, [.value: .number(1)]), change(a, nil, [.value: .number(2)])]),
    ]

    @Test(arguments: wrong.indices)
    func `a patch that no script's document comes to is refused, and changes nothing`(index: Int) throws {
        var document = try Self.begun()
        let before = document.document
        #expect(throws: LinkFault.self, "\(Self.wrong[index].name)") {
            _ = try Self.take(DocumentPatch(from: 1, sequence: 2, elements: Self.wrong[index].elements), &document)
        }
        #expect(Self.state(of: document.document) == Self.state(of: before))
    }

    @Test func `patches follow one on the other`() throws {
        for (from, sequence) in [(0, 2), (2, 3), (1, 1), (1, 0)] {
            var document = try Self.begun()
            #expect(throws: LinkFault.self) {
                _ = try Self.take(DocumentPatch(from: from, sequence: sequence), &document)
            }
        }
    }

    @Test func `a document with too many elements, or too much text, is refused`() throws {
        var many = LiveDocument()
        for number in 0...LinkedDocument.elementLimit { _ = many.element(named: "n\(number)") }
        #expect(LinkedDocument.isTooLarge(many))
        var long = LiveDocument()
        for number in 0..<3 {
            let text = String(repeating: "x", count: LinkedDocument.textLimit / 2)
            long.set(.textContent, of: long.element(named: "n\(number)"), to: .text(text))
        }
        #expect(LinkedDocument.isTooLarge(long))
        for var script in [many, long] {
            var document = LinkedDocument()
            #expect(throws: LinkFault.self) { _ = try Self.take(script.state(), &document) }
        }
        // Also bit by bit.
        var document = LinkedDocument()
        var script = LiveDocument()
        var sent = 0
        #expect(throws: LinkFault("a document with too much text")) {
            for number in 0..<5 {
                let text = String(repeating: "x", count: LinkedDocument.textLimit / 4)
                script.set(.textContent, of: script.element(named: "n\(number)"), to: .text(text))
                guard let patch = script.patch(since: sent) else { return }
                sent = patch.sequence
                _ = try Self.take(patch, &document)
            }
        }
    }

    @Test func `more children than a document can have are refused before they are all there`() throws {
        var document = LinkedDocument()
        let many = (0..<9000).map { ElementID(number: $0 + 1) }
        let elements = (0..<40).map { Self.change(ElementID(number: $0), isNew: true, many) }
        let parts = LinkedPatch.parts(of: DocumentPatch(from: 0, sequence: 1, elements: elements)) { _ in 0 }
        #expect(parts.count > 2)
        #expect(throws: LinkFault("too large a patch")) {
            for part in parts.dropLast() {
                _ = try document.take(try LinkedPatch(part) { _ throws(LinkFault) in throw LinkFault("none") })
            }
        }
    }

    @Test func `an address that would be a path is none`() throws {
        var document = try Self.begun()
        #expect(throws: LinkFault.self) {
            _ = try Self.take(
                DocumentPatch(
                    from: 1, sequence: 2, elements: [Self.change(Self.a, nil, [.src: .media(.url("/etc/passwd"))])]),
                &document)
        }
    }

    /// In a process of its own, which holds up no other test.
    @Test func `random patches never make a document that is no tree`() async {
        await #expect(processExitsWith: .success) {
            var numbers = SplitMix64(seed: 7)
            var taken = 0
            for _ in 0..<400 {
                var document = LinkedDocument()
                for _ in 0..<50 {
                    var children = (0..<8).map { _ in ElementID(number: Int(numbers.next() % 8)) }
                    let elements = (0..<(numbers.next() % 5)).map { _ in
                        let count = Int(numbers.next() % 4)
                        defer { children.removeFirst(min(count, children.count)) }
                        return Self.change(
                            ElementID(number: Int(numbers.next() % 8)), isNew: numbers.next() % 3 == 0,
                            numbers.next() % 3 == 0 ? nil : Array(children.prefix(count)))
                    }
                    let from = document.document.sequence
                    let patch = DocumentPatch(from: from, sequence: from + 1, elements: elements)
                    guard (try? Self.take(patch, &document)) == true else { continue }
                    taken += 1
                    let copy = document.document
                    let all = copy.subtree(of: .body)
                    #expect(Set(all).count == all.count && all.count == copy.count)
                    for id in all { #expect(copy.children(of: id).allSatisfy { copy.parent(of: $0) == id }) }
                }
            }
            #expect(taken > 1000)
        }
    }
}
