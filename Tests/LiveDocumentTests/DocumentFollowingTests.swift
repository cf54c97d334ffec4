import SeededNumbers
import Testing

@testable import LiveDocument

struct DocumentFollowingTests {
    @Test
    func `a copy that follows has the original's values and sequence number`() {
        var document = LiveDocument()
        var copy = LiveDocument()
        let bar = document.element(named: "bar")
        for value in 1...5 {
            document.set(.value, of: bar, to: .number(Double(value)))
            let isNews = copy.follow(&document)
            #expect(isNews)
            #expect(copy.value(.value, of: bar) == .number(Double(value)))
            #expect(copy.sequence == document.sequence)
        }
        document.set(.value, of: bar, to: nil)
        document.setTitle("Clips")
        copy.follow(&document)
        #expect(copy.value(.value, of: bar) == nil)
        #expect(copy.title == "Clips")
        #expect(!copy.hasChanges(since: document.sequence))
    }

    @Test
    func `a copy does not change as long as the original does not`() {
        var document = LiveDocument()
        var copy = LiveDocument()
        let isChanged = copy.follow(&document)
        #expect(!isChanged)
        let bar = document.element(named: "bar")
        document.set(.value, of: bar, to: .number(1))
        copy.follow(&document)
        document.set(.value, of: bar, to: .number(1))
        let isChangedAgain = copy.follow(&document)
        #expect(!isChangedAgain)
    }

    @Test(arguments: 0..<12)
    func `whatever a script does, following is the same as patches`(seed: UInt64) {
        var script = RandomScript(seed: seed)
        /// One that follows and one that takes patches, at each pace.
        var copies = [1, 3, 17].map { Pair(pace: $0) }
        for step in 1...250 {
            script.step()
            for index in copies.indices where step % copies[index].pace == 0 {
                copies[index].update(from: &script.document)
                #expect(everything(in: copies[index].following) == everything(in: copies[index].patched))
            }
            // Readers of copies, as pages are.
            if step % 5 == 0 {
                let known = Int(script.chance.next() % UInt64(copies[0].patched.sequence + 2))
                let fromFollowing = copies[0].following.patch(since: known)
                let fromPatched = copies[0].patched.patch(since: known)
                #expect(fromFollowing == fromPatched)
            }
        }
        let end = script.document.state()
        for var pair in copies {
            pair.update(from: &script.document)
            let state = pair.following.state()
            #expect(state == end)
        }
    }

    private struct Pair {
        let pace: Int
        var following = LiveDocument()
        var patched = LiveDocument()

        init(pace: Int) { self.pace = pace }

        mutating func update(from document: inout LiveDocument) {
            var original = document
            if let patch = original.patch(since: patched.sequence) { patched.apply(patch) }
            following.follow(&document)
        }
    }

    /// Everything that can be read of a document.
    private func everything(in document: LiveDocument) -> [String] {
        var lines = [
            "\(document.title) \(document.sequence) \(document.count) \(document.hasElements)",
            "\(document.hasChanges(since: document.sequence)) \(document.log)",
        ]
        for number in 0..<document.nextNumber {
            let id = ElementID(number: number)
            guard document.contains(id) else { continue }
            let values = ElementProperty.allCases.map { property in
                document.value(property, of: id).map { "\($0)" } ?? "-"
            }
            lines.append(
                "\(number) \(document.name(of: id) ?? "-") \(document.tag(of: id)) \(document.isInTree(id)) "
                    + "\(document.parent(of: id)?.number ?? -1) \(document.children(of: id).map(\.number)) \(values) "
                    + "\(document.fraction(of: id) ?? -1) \(document.isBlank(id))")
            if let name = document.name(of: id) { lines.append("\(name) is \(document.find(named: name) == id)") }
        }
        return lines
    }
}

/// Changes a document at random, now and then its tree, mostly what is set on its elements.
private struct RandomScript {
    var chance: SplitMix64
    var document = LiveDocument()
    private var held: [ElementID] = []

    init(seed: UInt64) { chance = SplitMix64(seed: seed) }

    mutating func step() {
        switch chance.next() % 24 {
        case 0: held.append(document.element(named: "e\(chance.next() % 8)"))
        case 1: held.append(document.createElement([.div, .p, .progress][Int(chance.next() % 3)]))
        case 2:
            guard let child = held.randomElement(using: &chance) else { break }
            document.append(child, to: (held + [.body]).randomElement(using: &chance) ?? .body)
        case 3:
            guard let id = held.randomElement(using: &chance) else { break }
            document.remove(id)
        case 4:
            guard !held.isEmpty else { break }
            document.letGo(of: held.remove(at: Int(chance.next() % UInt64(held.count))))
        case 5: document.setTitle("title \(chance.next() % 3)")
        default:
            guard let id = held.randomElement(using: &chance) else { break }
            let property: ElementProperty = [.textContent, .value, .max, .hidden, .src][Int(chance.next() % 5)]
            document.set(property, of: id, to: value())
        }
    }

    private mutating func value() -> PropertyValue? {
        switch chance.next() % 5 {
        case 0: nil
        case 1: .text("text \(chance.next() % 3)")
        case 2: .flag(true)
        case 3: .media(.path("clip \(chance.next() % 3).mp4"))
        default: .number(Double(chance.next() % 5))
        }
    }
}
