internal import CLuaShim

// For tests: what cannot be brought about from outside.
extension LuaVM {
    /// Makes the `n`th allocation by script code from now on fail, with `thenAll` every one after it too; 0 ends that.
    func failAllocation(_ n: Int, thenAll: Bool = false) {
        shim_fail_allocation(main.state, Int64(n), thenAll)
    }

    /// Whether the failure asked for has come to pass.
    var allocationHasFailed: Bool { shim_allocation_failed(main.state) }

    /// How many values lie on the machine's own stack.
    var stackHeight: Int { main.count }
}
