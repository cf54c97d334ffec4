internal import CLuaShim
import Glibc

extension LuaVM {
    /// What stops this machine's code from another thread. To be called on the thread that runs Lua; `error` is what is
    /// raised.
    public func makeInterrupter(raising error: LuaError) -> LuaInterrupter {
        _ = main.makeRoom(8)
        main.push(error.value, kinds: kinds)
        shim_set_interrupt_error(main.state)
        let interrupter = LuaInterrupter(state: main.state, thread: pthread_self())
        self.interrupter = interrupter
        return interrupter
    }

    /// As the process exits from within script code: closes the machine as it would be at the end of a run, the pending
    /// `<close>` variables of `task` first. Nothing may be done with the machine afterwards.
    public func closeForExit(_ task: LuaCoroutine?) {
        interrupter?.retire()
        shim_close_for_exit(main.state, task?.state)
    }
}
