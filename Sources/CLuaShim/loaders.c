// `load`, `loadfile` and `dofile` that take source only: bytecode can crash the interpreter, and scripts of others are
// run here. With bytecode allowed, Lua's own stay in place.
#include "shim.h"

#include <string.h>

// Calls the original loader, the first upvalue, with the mode argument changed so that binary chunks are refused.
static int call_original(lua_State *L, int mode_index) {
    if (lua_gettop(L) < mode_index) lua_settop(L, mode_index);
    const char *mode = luaL_optstring(L, mode_index, "t");
    if (strchr(mode, 'b') != NULL) {
        if (strchr(mode, 't') == NULL) {
            lua_pushnil(L);
            lua_pushliteral(L, "attempt to load a binary chunk (bytecode is loaded only with --bytecode)");
            return 2;
        }
        mode = "t";
    }
    lua_pushstring(L, mode);
    lua_replace(L, mode_index);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

static int safe_load(lua_State *L) { return call_original(L, 3); }
static int safe_loadfile(lua_State *L) { return call_original(L, 2); }

static int dofile_ended(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    return lua_gettop(L) - 1;
}

static int safe_dofile(lua_State *L) {
    const char *name = luaL_optstring(L, 1, NULL);
    lua_settop(L, 1);
    if (luaL_loadfilex(L, name, "t") != LUA_OK) return lua_error(L);
    lua_callk(L, 0, LUA_MULTRET, 0, dofile_ended);
    return dofile_ended(L, 0, 0);
}

static void wrap_global(lua_State *L, const char *name, lua_CFunction function) {
    lua_getglobal(L, name);
    lua_pushcclosure(L, function, 1);
    lua_setglobal(L, name);
}

void shim_open_loaders(lua_State *L) {
    if (shim_of(L)->bytecode) return;
    wrap_global(L, "load", safe_load);
    wrap_global(L, "loadfile", safe_loadfile);
    lua_pushcfunction(L, safe_dofile);
    lua_setglobal(L, "dofile");
}
