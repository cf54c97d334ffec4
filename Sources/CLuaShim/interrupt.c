// Stopping a script that runs: a signal on the Lua thread sets a hook on the coroutines that are being resumed. No hook
// stands otherwise; one that never fires would already halve the speed of pure Lua.
#include "shim.h"

static void raise_interrupt(lua_State *L, lua_Debug *frame) {
    (void)frame;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &shim_interrupt_key);
    shim_stamp_where(L);
    lua_error(L);
}

void shim_interrupt(lua_State *L) {
    // Each step is safe in a signal handler on the Lua thread: lua_sethook only writes a few fields.
    shim_vm *vm = shim_of(L);
    vm->interrupted = 1;
    for (int i = 0; i < (int)vm->depth; i++)
        // With a wider count a `pcall` loop would catch the error and go on for that many instructions.
        lua_sethook(vm->chain[i], raise_interrupt, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

void shim_end_interrupt(lua_State *L) {
    shim_vm *vm = shim_of(L);
    vm->interrupted = 0;
    for (int i = 0; i < (int)vm->depth; i++) lua_sethook(vm->chain[i], NULL, 0, 0);
}

void shim_set_interrupt_error(lua_State *L) {
    lua_rawsetp(L, LUA_REGISTRYINDEX, &shim_interrupt_key);
}

bool shim_is_running(lua_State *L) { return shim_of(L)->depth > 0; }
