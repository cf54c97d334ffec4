import SeededNumbers
import Testing

@testable import LiveDocument

struct NodeTableTests {
    @Test(arguments: 0..<20)
    func `elements are found by their numbers, whichever come and go`(seed: UInt64) {
        var chance = SplitMix64(seed: seed)
        var table = NodeTable(body: Node(name: "0", givenTag: nil))
        var expected: [Int: String] = [0: "0"]
        for step in 1...2000 {
            // Those that a script of ours makes, and those that somebody made up.
            let number = chance.next() % 4 == 0 ? Int.max - Int(chance.next() % 8) : Int(chance.next() % 32)
            let id = ElementID(number: number)
            switch chance.next() % 3 {
            case 0:
                table[id] = Node(name: "\(step)", givenTag: nil)
                expected[number] = "\(step)"
            case 1:
                table[id] = nil
                expected[number] = nil
            default:
                table[id]?.name? += "+"
                table.update(id) { $0.name? += "-" }
                expected[number]? += "+-"
            }
            #expect(table.count == expected.count)
            #expect(table.contains(id) == (expected[number] != nil))
        }
        for number in Array(0..<33) + (0..<8).map({ Int.max - $0 }) {
            let id = ElementID(number: number)
            #expect(table[id]?.name == expected[number])
            #expect(table.read(id) { $0.name } ?? nil == expected[number])
        }
    }
}
