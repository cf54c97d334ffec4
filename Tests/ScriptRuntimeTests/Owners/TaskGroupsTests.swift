import Testing

@testable import ScriptRuntime

struct TaskGroupsTests {
    private let waiter: TaskGroups.Waiter
    private var groups = TaskGroups()

    init() throws {
        waiter = .init(task: try TaskMaker().task(1), wait: 5)
        groups.open(1)
    }

    private func name(_ delivery: TaskGroups.Delivery) -> String {
        switch delivery {
        case .taken(let waiter): "taken by \(waiter.task.id) in wait \(waiter.wait)"
        case .kept: "kept"
        case .unheard: "unheard"
        }
    }

    @Test
    mutating func `members that have ended come in that order, each once`() {
        let ends = [7, 3].map { groups.memberEnded($0, in: 1) }
        #expect(ends.map(name) == ["kept", "kept"])
        let taken = (0..<3).map { _ in groups.next(in: 1, for: waiter) }
        #expect(taken == [7, 3, nil])
    }

    @Test
    mutating func `whoever waits takes the next one, and one only`() {
        let first = groups.next(in: 1, for: waiter)
        #expect(first == nil)
        let ends = [2, 4].map { groups.memberEnded($0, in: 1) }
        #expect(ends.map(name) == ["taken by 1 in wait 5", "kept"])
    }

    @Test
    mutating func `a waiter that has gone takes nothing from those who come later`() {
        let first = groups.next(in: 1, for: waiter)
        #expect(first == nil)
        groups.stopWaiting(in: 1)
        let end = groups.memberEnded(2, in: 1)
        #expect(name(end) == "kept")
        let second = groups.next(in: 1, for: waiter)
        #expect(second == 2)
    }

    @Test
    mutating func `nobody hears of a disbanded group's members`() {
        groups.disband(1)
        let before = groups.memberEnded(2, in: 1)
        #expect(name(before) == "unheard")
        let taken = groups.next(in: 1, for: waiter)
        #expect(taken == nil)
        let after = groups.memberEnded(3, in: 1)
        #expect(name(after) == "unheard")
    }
}
