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
    int status = lua_pcall(L, arguments, results, handler);
    vm->host = before;
    lua_remove(L, handler);
    return status;
}

int shim_load(lua_State *L, const char *bytes, size_t size, const char *name, bool bytecode) {
    return luaL_loadbufferx(L, bytes, size, name, bytecode ? "bt" : "t");
}

static int next(lua_State *L) {
    return lua_next(L, 1) ? 2 : 0;
}

int shim_next(lua_State *L, int index) {
    // Stack: …, key. lua_next raises for a key that is not there, which a script can bring about by a finalizer that
    // changes the table meanwhile: such a walk ends early.
    index = lua_absindex(L, index);
    lua_pushcfunction(L, next);
    lua_insert(L, -2);
    lua_pushvalue(L, index);
    lua_insert(L, -2);
    int below = lua_gettop(L) - 3;
    if (lua_pcall(L, 2, LUA_MULTRET, 0) != LUA_OK) lua_settop(L, below);
    return lua_gettop(L) > below;
}

int shim_describe(lua_State *L) {
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
    int status = lua_pcall(L, 1, 1, 0);
    vm->host = before;
    if (status != LUA_OK) {
        lua_pop(L, 1);
        lua_pushfstring(L, "(a %s whose __tostring fails)", luaL_typename(L, index));
    }
}

static int get_field(lua_State *L) {
    lua_gettable(L, 1);
    return 1;
}

int shim_get_field(lua_State *L, int index, const char *key) {
    shim_vm *vm = shim_of(L);
    index = lua_absindex(L, index);
    lua_pushcfunction(L, get_field);
    lua_pushvalue(L, index);
    lua_pushstring(L, key);
    int before = vm->host;
    vm->host = 0;
    int status = lua_pcall(L, 2, 1, 0);
    vm->host = before;
    return status;
}
