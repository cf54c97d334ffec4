// `load`, `loadfile` and `dofile` that take source only: bytecode can crash the interpreter, and other people's scripts
// are run here. If bytecode is allowed, Lua's own stay in place. Nothing here calls them: a script would come by what it
// must not have.
#include "shim.h"

#include <string.h>

static void tell(lua_State *L, const char *path) {
    shim_vm *vm = shim_of(L);
    if (path != NULL && vm->loads != NULL) vm->loads(vm->owner, path, strlen(path));
}

void shim_tell_loads(lua_State *L, void (*loads)(void *, const char *, size_t)) { shim_of(L)->loads = loads; }

// The mode for Lua's own functions; NULL, with the results of a refusal pushed, for one that takes bytecode alone.
static const char *source_mode(lua_State *L, int index) {
    const char *mode = luaL_optstring(L, index, "t");
    if (strchr(mode, 'b') == NULL) return mode;
    if (strchr(mode, 't') != NULL) return "t";
    luaL_pushfail(L);
    lua_pushliteral(L, "attempt to load a binary chunk (bytecode is loaded only with --bytecode)");
    return NULL;
}

// What a loader answers: the function on top, with the value at `environment` in place of the globals unless that is 0;
// or a failure and the message on top.
static int loaded(lua_State *L, int status, int environment) {
    if (status != LUA_OK) {
        luaL_pushfail(L);
        lua_insert(L, -2);
        return 2;
    }
    if (environment != 0) {
        lua_pushvalue(L, environment);
        if (lua_setupvalue(L, -2, 1) == NULL) lua_pop(L, 1);
    }
    return 1;
}

// Where `load` keeps the piece that Lua is reading, so that it is not collected.
enum { PIECE = 5 };

static const char *read_piece(lua_State *L, void *context, size_t *size) {
    (void)context;
    luaL_checkstack(L, 2, "too many nested functions");
    lua_pushvalue(L, 1);
    lua_call(L, 0, 1);
    if (!lua_isnil(L, -1) && !lua_isstring(L, -1)) luaL_error(L, "reader function must return a string");
    lua_replace(L, PIECE);
    return lua_tolstring(L, PIECE, size);
}

static int safe_load(lua_State *L) {
    int environment = lua_isnone(L, 4) ? 0 : 4;
    const char *mode = source_mode(L, 3);
    if (mode == NULL) return 2;
    size_t size = 0;
    const char *text = lua_tolstring(L, 1, &size);
    if (text == NULL) luaL_checktype(L, 1, LUA_TFUNCTION);
    const char *name = luaL_optstring(L, 2, text != NULL ? text : "=(load)");
    lua_settop(L, PIECE);
    // What has that name counts as this program's own.
    if (shim_is_hosts_source(name)) name = lua_pushfstring(L, "=?%s", name + 1);
    int status = text != NULL ? luaL_loadbufferx(L, text, size, name, mode) : lua_load(L, read_piece, NULL, name, mode);
    return loaded(L, status, environment);
}

static int safe_loadfile(lua_State *L) {
    const char *path = luaL_optstring(L, 1, NULL);
    int environment = lua_isnone(L, 3) ? 0 : 3;
    tell(L, path);
    const char *mode = source_mode(L, 2);
    if (mode == NULL) return 2;
    return loaded(L, luaL_loadfilex(L, path, mode), environment);
}

static int dofile_ended(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    return lua_gettop(L) - 1;
}

static int safe_dofile(lua_State *L) {
    const char *name = luaL_optstring(L, 1, NULL);
    lua_settop(L, 1);
    tell(L, name);
    if (luaL_loadfilex(L, name, "t") != LUA_OK) return lua_error(L);
    lua_callk(L, 0, LUA_MULTRET, 0, dofile_ended);
    return dofile_ended(L, 0, 0);
}

void shim_open_loaders(lua_State *L) {
    if (shim_of(L)->bytecode) return;
    static const luaL_Reg functions[] = {
        {"load", safe_load}, {"loadfile", safe_loadfile}, {"dofile", safe_dofile}, {NULL, NULL},
    };
    lua_pushglobaltable(L);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
