// Calls from Swift that may raise or run Lua: each under lua_pcall, with the script's limits in force only where it is
// the script's code that runs.
#include "shim.h"

#include <string.h>

int shim_call(lua_State *L, int arguments, int results) {
    shim_vm *vm = shim_of(L);
    int handler = lua_gettop(L) - arguments;
    lua_pushcfunction(L, shim_keep_traceback);
    lua_insert(L, handler);
    int before = vm->host;
    vm->host = 0;
    bool outside = shim_enter_outside(L);
    int status = lua_pcall(L, arguments, results, handler);
    // The error itself instead of what was raised in its place, see shim_raise_unhandled.
    if (outside && status != LUA_OK && vm->interrupted == SHIM_INTERRUPT_FOR_GOOD && shim_is_unhandled(L)) {
        lua_pop(L, 1);
        lua_rawgetp(L, LUA_REGISTRYINDEX, &shim_interrupt_key);
        status = LUA_ERRRUN;
    }
    if (outside) shim_leave_outside(L);
    vm->host = before;
    lua_remove(L, handler);
    return status;
}

int shim_load(lua_State *L, const char *bytes, size_t size, const char *name, bool bytecode) {
    return luaL_loadbufferx(L, bytes, size, name, bytecode ? "bt" : "t");
}

int shim_next(lua_State *L, int index) {
    // Stack: …, key. No protected call: hooks run in calls, and an error in one, or for a stack that is full, would cut
    // the walk short. lua_next raises only for a key that is not there; then the table was changed, and the walk is over.
    index = lua_absindex(L, index);
    if (!lua_isnil(L, -1)) {
        lua_pushvalue(L, -1);
        bool is_there = lua_rawget(L, index) != LUA_TNIL;
        lua_pop(L, 1);
        if (!is_there) {
            lua_pop(L, 1);
            return 0;
        }
    }
    return lua_next(L, index);
}

int shim_describe(lua_State *L) {
    luaL_checkany(L, 1);
    luaL_tolstring(L, 1, NULL);
    return 1;
}

void shim_push_description(lua_State *L, int index) {
    shim_vm *vm = shim_of(L);
    index = lua_absindex(L, index);
    lua_pushcfunction(L, shim_describe);
    lua_pushvalue(L, index);
    int before = vm->host;
    vm->host = 0;
    bool outside = shim_enter_outside(L);
    int status = lua_pcall(L, 1, 1, 0);
    if (outside) shim_leave_outside(L);
    vm->host = before;
    if (status != LUA_OK) {
        lua_pop(L, 1);
        lua_pushfstring(L, "(a %s whose __tostring fails)", luaL_typename(L, index));
    }
}
