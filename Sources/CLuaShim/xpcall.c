// `xpcall` as in Lua, except for a message handler that tries to wait. The error for that wait would call
// the handler again, which would try again, until Lua gave up with "error in error handling". Say what is wrong
// instead.
#include "shim.h"

void shim_keep_refusal(lua_State *L) {
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &shim_refusal_key);
    shim_of(L)->refused_in_handler = true;
}

static int ended(lua_State *L, int status, lua_KContext context) {
    (void)context;
    // Stack: the function, the handler, `true`, and the results or the error.
    if (status == LUA_OK || status == LUA_YIELD) return lua_gettop(L) - 2;
    shim_vm *vm = shim_of(L);
    if (status == LUA_ERRERR && vm->refused_in_handler) lua_rawgetp(L, LUA_REGISTRYINDEX, &shim_refusal_key);
    vm->refused_in_handler = false;
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
}

static int protected_call(lua_State *L) {
    int count = lua_gettop(L);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2);
    shim_of(L)->refused_in_handler = false;
    return ended(L, lua_pcallk(L, count - 2, LUA_MULTRET, 2, 0, ended), 0);
}

void shim_open_xpcall(lua_State *L) {
    lua_pushcfunction(L, protected_call);
    lua_setglobal(L, "xpcall");
}
