import Testing

@testable import ScriptRuntime

struct AwaitersTests {
    private var awaiters = Awaiters()
    private let task: ScriptTask

    init() throws {
        task = try TaskMaker().task(1)
    }

    private func names(_ those: [Awaiters.Awaiter]) -> [String] {
        those.map {
            switch $0 {
            case .task(_, let wait): "wait \(wait)"
            case .group(let id, let index): "member \(index) of \(id)"
            }
        }
    }

    @Test
    mutating func `they are told in the order in which they came, once`() {
        awaiters.add(task, wait: 3)
        awaiters.add(group: 2, index: 1)
        awaiters.add(task, wait: 7)
        #expect(names(awaiters.removeAll()) == ["wait 3", "member 1 of 2", "wait 7"])
        #expect(awaiters.isEmpty)
        #expect(names(awaiters.removeAll()) == [])
    }

    @Test
    mutating func `those that have left are not told, in whatever order they leave`() {
        awaiters.add(group: 1, index: 1)
        for wait in stride(from: 10, to: 2010, by: 2) {
            awaiters.add(task, wait: wait)
            if wait == 500 { awaiters.add(group: 9, index: 4) }
        }
        // 7 and 1000 have no common factor: each number below 1000 comes once.
        for step in 0..<1000 where step * 7 % 1000 != 245 { awaiters.remove(wait: 10 + 2 * (step * 7 % 1000)) }
        awaiters.remove(wait: 11)
        awaiters.remove(wait: 5000)
        #expect(!awaiters.isEmpty)
        #expect(names(awaiters.removeAll()) == ["member 1 of 1", "wait 500", "member 4 of 9"])
    }

    @Test
    mutating func `nobody is left when all have gone`() {
        for wait in 1...5 { awaiters.add(task, wait: wait) }
        for wait in [3, 1, 5, 2, 4, 4] { awaiters.remove(wait: wait) }
        #expect(awaiters.isEmpty)
    }
}
