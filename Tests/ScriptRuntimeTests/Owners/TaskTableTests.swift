import LuaVM
import Testing

@testable import ScriptRuntime

struct TaskTableTests {
    private let maker: TaskMaker
    private var tasks = TaskTable()

    init() throws { maker = try TaskMaker() }

    @Test
    mutating func `those that are not over come oldest first`() throws {
        for id in [30, 4, 7] { tasks.add(try maker.task(id)) }
        #expect(tasks.live.map(\.id) == [4, 7, 30])
        tasks.end(try #require(tasks[7]), failed: false)
        #expect(tasks.live.map(\.id) == [4, 30])
        #expect(tasks.liveCount == 2)
        #expect(tasks.count == 3)
    }

    @Test(arguments: [
        (false, false, "done"), (true, false, "failed"), (true, true, "cancelled"), (false, true, "cancelled"),
    ])
    mutating func `a task ends once, as what it came to`(failed: Bool, wasCancelled: Bool, name: String) throws {
        let task = try maker.task(1)
        tasks.add(task)
        if wasCancelled { task.cancellation = Cancellation(reason: .nil, message: "") }
        tasks.end(task, failed: failed)
        #expect(task.state.name == name)
        tasks.end(task, failed: !failed)
        #expect(task.state.name == name)
        #expect(tasks.liveCount == 0)
    }

    @Test
    mutating func `only a task that is over is forgotten`() throws {
        let task = try maker.task(1)
        tasks.add(task)
        tasks.forget(task)
        #expect(tasks[1] === task)
        tasks.end(task, failed: false)
        tasks.forget(task)
        #expect(tasks[1] == nil)
    }

    @Test
    mutating func `a failure is unheard until somebody takes it`() throws {
        let (first, second) = (try maker.task(1), try maker.task(2))
        tasks.noteUnheardFailure(of: first)
        tasks.noteUnheardFailure(of: second)
        tasks.noteHeard(first)
        #expect(tasks.hasUnheardFailures)
        tasks.noteHeard(second)
        #expect(!tasks.hasUnheardFailures)
    }

    @Test
    func `what an ended task has spawned is its owner's, and cancelling finds it there`() throws {
        let (top, middle, child, late) = (
            try maker.task(1), try maker.task(2), try maker.task(9), try maker.task(3)
        )
        top.adopt(middle)
        middle.adopt(child)
        middle.adopt(late)
        middle.leaveTree()
        #expect(top.childrenByAge.map(\.id) == [3, 9])
        #expect(child.owner === top)
        #expect(middle.children.isEmpty)
        top.leaveTree()
        #expect(child.owner == nil)
    }
}
