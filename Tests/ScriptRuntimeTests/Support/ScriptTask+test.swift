import LuaVM

@testable import ScriptRuntime

/// Makes tasks that are never run.
struct TaskMaker {
    private let vm: LuaVM
    private let body: LuaReference

    init() throws {
        vm = try LuaVM()
        body = try vm.load([], name: "=body")
    }

    func task(_ id: Int) throws -> ScriptTask {
        ScriptTask(id: id, coroutine: try vm.makeTask(body))
    }
}
