import Testing

@testable import ScriptRuntime

struct PendingOperationsTests {
    private let task: ScriptTask
    private let work = Pending<Int>(work: { 1 }, conclude: { _ in .values([]) })
    private let gate = OperationGate(limit: 1)
    private var operations = PendingOperations()

    init() throws { task = try TaskMaker().task(1) }

    @Test
    mutating func `work ends once, and lets in whoever is next`() {
        let begins = [10, 11].map { operations.add($0, of: task, work, through: gate) }
        #expect(begins == [true, false])
        let ends = [10, 10, 11].map { operations.end($0) }
        #expect(ends.map { $0?.task === task } == [true, false, true])
        #expect(ends.map(\.?.next) == [[11], nil, []])
        #expect(operations.isEmpty)
    }

    @Test
    mutating func `work in line is let in out of turn, once it has begun it is not`() {
        let begins = [10, 11].map { operations.add($0, of: task, work, through: gate) }
        #expect(begins == [true, false])
        #expect(operations.pushAhead(11))
        operations.began(11, as: .task(Task {}))
        #expect(!operations.pushAhead(11))
        #expect(!operations.pushAhead(12))
        let next = operations.end(10)?.next
        #expect(next == [])
    }

    @Test
    mutating func `work without a gate begins at once`() {
        let begins = operations.add(10, of: task, work, through: nil)
        #expect(begins)
        #expect(operations.work(of: 10) != nil)
        #expect(operations.work(of: 11) == nil)
    }
}
