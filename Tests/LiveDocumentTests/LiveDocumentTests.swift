import LiveDocument
import Testing

struct LiveDocumentTests {
    @Test
    func `an element is made on first use, hangs from the body, and is found again`() {
        var document = LiveDocument()
        #expect(!document.hasElements)
        let status = document.element(named: "status")
        let bar = document.element(named: "progress")
        #expect(bar != status)
        let again = document.element(named: "status")
        #expect(again == status)
        #expect(document.find(named: "status") == status)
        #expect(document.find(named: "other") == nil)
        #expect(document.children(of: .body) == [status, bar])
        #expect(document.hasElements)
        #expect(document.value(.textContent, of: status) == nil)
    }

    @Test
    func `an element made by its tag shows once it was appended`() {
        var document = LiveDocument()
        let row = document.createElement(.tr)
        #expect(document.parent(of: row) == nil)
        #expect(!document.isInTree(row))
        document.append(row, to: .body)
        #expect(document.isInTree(row))
        document.remove(row)
        #expect(document.children(of: .body).isEmpty)
        #expect(!document.isInTree(row))
    }

    @Test
    func `an element cannot go into itself, and the body nowhere`() {
        var document = LiveDocument()
        let outer = document.createElement(.div)
        let inner = document.createElement(.div)
        let wentWell = [
            document.append(inner, to: outer), document.append(outer, to: inner), document.append(outer, to: outer),
            document.append(.body, to: outer),
        ]
        #expect(wentWell == [true, false, false, false])
        #expect(document.children(of: outer) == [inner])
    }

    @Test
    func `a text takes the place of the children`() {
        var document = LiveDocument()
        let list = document.element(named: "list")
        let item = document.createElement(.li)
        document.append(item, to: list)
        document.set(.textContent, of: list, to: .text("none"))
        #expect(document.children(of: list).isEmpty)
        #expect(!document.isInTree(item))
    }

    @Test
    func `an id whose element was removed is free again`() {
        var document = LiveDocument()
        let first = document.element(named: "status")
        document.remove(first)
        let second = document.element(named: "status")
        #expect(second != first)
        document.append(first, to: .body)
        #expect(document.find(named: "status") == second)
    }

    @Test(
        arguments: [
            ([:], .p), ([.textContent: .text("a")], .p), ([.value: .number(3)], .progress),
            ([.value: .number(3), .textContent: .text("a")], .progress),
            ([.src: .media(.path("a/clip.mp4"))], .video), ([.src: .media(.path("a.b/clip"))], .video),
            ([.src: .media(.path("cat.PNG"))], .img), ([.src: .media(.url("https://a.example/cat.jpg?size=2"))], .img),
            ([.src: .media(.blob(MediaBlob(storage: .memory([]), size: 0, type: "image/webp", name: nil)))], .img),
            ([.src: .media(.blob(MediaBlob(storage: .memory([]), size: 0, type: "video/mp4", name: nil)))], .video),
        ] as [([ElementProperty: PropertyValue], ElementTag)])
    func `an element takes its shape from what is set`(properties: [ElementProperty: PropertyValue], tag: ElementTag) {
        var document = LiveDocument()
        let id = document.element(named: "it")
        for (property, value) in properties { document.set(property, of: id, to: value) }
        #expect(document.tag(of: id) == tag)
        #expect(document.isBlank(id) == properties.isEmpty)
    }

    @Test(
        arguments: [
            (.number(25), nil, 0.25), (.number(3), 12, 0.25), (.number(-1), nil, 0), (.number(300), nil, 1),
            (.text("50"), nil, 0.5), (.text("half"), nil, nil),
        ] as [(PropertyValue, Double?, Double?)])
    func `a bar's share is held between nothing and all`(value: PropertyValue, maximum: Double?, share: Double?) {
        var document = LiveDocument()
        let bar = document.element(named: "bar")
        document.set(.value, of: bar, to: value)
        if let maximum { document.set(.max, of: bar, to: .number(maximum)) }
        #expect(document.fraction(of: bar) == share)
    }

    @Test(.timeLimit(.minutes(5)))
    func `a document may be deep and wide`() {
        var document = LiveDocument()
        for _ in 1...50_000 { document.append(document.createElement(.p), to: .body) }
        var deepest = ElementID.body
        for _ in 1...50_000 {
            let inner = document.createElement(.div)
            document.append(inner, to: deepest)
            deepest = inner
        }
        #expect(document.state().elements.count == 100_001)
        document.set(.textContent, of: .body, to: .text("gone"))
        #expect(document.children(of: .body).isEmpty && !document.isInTree(deepest))
    }

    @Test
    func `what a script cannot reach any more and nobody sees is freed`() {
        var document = LiveDocument()
        let list = document.createElement(.ul)
        let item = document.createElement(.li)
        document.append(item, to: list)
        document.letGo(of: item)
        #expect(document.contains(item))
        document.append(list, to: .body)
        document.letGo(of: list)
        #expect(document.contains(list))
        document.remove(list)
        #expect(!document.contains(list))
        #expect(!document.contains(item))
    }

    @Test
    func `a string is an address only if it begins like one`() {
        #expect(MediaSource("HTTPS://a.example/x") == .url("HTTPS://a.example/x"))
        #expect(MediaSource("https.mp4") == .path("https.mp4"))
        #expect(MediaSource("javascript:alert(1)") == .path("javascript:alert(1)"))
    }
}
