// The debug library as Lua has it, but for what would let a script end the process: C functions keep addresses and
// numbers that they trust in their upvalues, temporaries and user values, and so does the host in the registry. Nor is
// it to reach what the host's own Lua keeps to itself, whose functions trust one another.
#include "shim.h"

#include <string.h>

static const char shown_registry_key = 'g';

// MARK: Values of userdata

static bool is_object(lua_State *L, int index) {
    int64_t id;
    return shim_object_id(L, index, &id);
}

static int get_user_value(lua_State *L) {
    int n = (int)luaL_optinteger(L, 2, 1);
    if (lua_type(L, 1) != LUA_TUSERDATA || is_object(L, 1)) {
        luaL_pushfail(L);
        return 1;
    }
    if (lua_getiuservalue(L, 1, n) == LUA_TNONE) return 1;
    lua_pushboolean(L, 1);
    return 2;
}

static int set_user_value(lua_State *L) {
    int n = (int)luaL_optinteger(L, 3, 1);
    luaL_checktype(L, 1, LUA_TUSERDATA);
    luaL_checkany(L, 2);
    lua_settop(L, 2);
    if (is_object(L, 1) || !lua_setiuservalue(L, 1, n)) luaL_pushfail(L);
    return 1;
}

// With a file's metatable the methods of files would take any userdata for a file. The host's objects keep theirs, and
// what has none is the inner state of some C function.
static int set_metatable(lua_State *L) {
    int type = lua_type(L, 2);
    luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
    if (lua_type(L, 1) == LUA_TUSERDATA) {
        if (is_object(L, 1)) return luaL_error(L, "the metatable of an object of the host's cannot be changed");
        if (!lua_getmetatable(L, 1)) return luaL_error(L, "userdata without a metatable cannot be given one");
    }
    lua_settop(L, 2);
    lua_setmetatable(L, 1);
    return 1;
}

// MARK: Upvalues and locals

// Whether the function at `index` is of the host's own Lua.
static bool is_hosts(lua_State *L, int index) {
    lua_Debug facts;
    lua_pushvalue(L, index);
    lua_getinfo(L, ">S", &facts);
    return shim_is_hosts_source(facts.source);
}

static int get_upvalue(lua_State *L) {
    int n = (int)luaL_checkinteger(L, 2);
    luaL_checktype(L, 1, LUA_TFUNCTION);
    if (is_hosts(L, 1)) return 0;
    const char *name = lua_getupvalue(L, 1, n);
    if (name == NULL) return 0;
    lua_pushstring(L, name);
    lua_insert(L, -2);
    return 2;
}

// The upvalue of the function at `index` that the argument after it counts; NULL if there is none.
static void *upvalue_at(lua_State *L, int index) {
    int n = (int)luaL_checkinteger(L, index + 1);
    luaL_checktype(L, index, LUA_TFUNCTION);
    return is_hosts(L, index) ? NULL : lua_upvalueid(L, index, n);
}

static int upvalue_id(lua_State *L) {
    void *id = upvalue_at(L, 1);
    if (id != NULL) lua_pushlightuserdata(L, id);
    else luaL_pushfail(L);
    return 1;
}

static int join_upvalues(lua_State *L) {
    for (int index = 1; index <= 3; index += 2) {
        if (upvalue_at(L, index) == NULL) return luaL_argerror(L, index + 1, "invalid upvalue index");
        if (lua_iscfunction(L, index)) return luaL_argerror(L, index, "Lua function expected");
    }
    lua_upvaluejoin(L, 1, (int)lua_tointeger(L, 2), 3, (int)lua_tointeger(L, 4));
    return 0;
}

static int set_upvalue(lua_State *L) {
    luaL_checkany(L, 3);
    int n = (int)luaL_checkinteger(L, 2);
    luaL_checktype(L, 1, LUA_TFUNCTION);
    if (lua_iscfunction(L, 1) || is_hosts(L, 1)) return 0;
    lua_settop(L, 3);
    const char *name = lua_setupvalue(L, 1, n);
    if (name == NULL) return 0;
    lua_pushstring(L, name);
    return 1;
}

static lua_State *thread_argument(lua_State *L, int *before) {
    *before = lua_isthread(L, 1) ? 1 : 0;
    return *before ? lua_tothread(L, 1) : L;
}

// The frame at the level that the argument after `before` names.
static void find_frame(lua_State *L, lua_State *of, int before, lua_Debug *frame) {
    int level = (int)luaL_checkinteger(L, before + 1);
    if (!lua_getstack(of, level, frame)) luaL_argerror(L, before + 1, "level out of range");
    if (!lua_checkstack(of, 3) || !lua_checkstack(L, 4)) luaL_error(L, "stack overflow");
    lua_getinfo(of, "S", frame);
}

static bool is_c(const lua_Debug *frame) { return *frame->what == 'C'; }

// The interpreter trusts what it puts there: that the table of a constructor is one, how often a loop is to run. Where
// bytecode is allowed, which can break all of that as well, they are set as in Lua.
static bool is_interpreters(lua_State *L, const char *name) {
    return name[0] == '(' && strcmp(name, "(vararg)") != 0 && !shim_of(L)->bytecode;
}

static int get_local(lua_State *L) {
    int before;
    lua_State *of = thread_argument(L, &before);
    int n = (int)luaL_checkinteger(L, before + 2);
    if (lua_isfunction(L, before + 1)) {
        lua_pushvalue(L, before + 1);
        lua_pushstring(L, lua_getlocal(L, NULL, n));
        return 1;
    }
    lua_Debug frame;
    find_frame(L, of, before, &frame);
    const char *name = shim_is_hosts_source(frame.source) ? NULL : lua_getlocal(of, &frame, n);
    // A C function's userdata is its inner state, a buffer under construction for one, which has methods that free it.
    if (name != NULL && lua_isuserdata(of, -1) && is_c(&frame)) {
        lua_pop(of, 1);
        name = NULL;
    }
    if (name == NULL) {
        luaL_pushfail(L);
        return 1;
    }
    if (of != L) lua_xmove(of, L, 1);
    lua_pushstring(L, name);
    lua_insert(L, -2);
    return 2;
}

static int set_local(lua_State *L) {
    int before;
    lua_State *of = thread_argument(L, &before);
    int n = (int)luaL_checkinteger(L, before + 2);
    lua_Debug frame;
    find_frame(L, of, before, &frame);
    luaL_checkany(L, before + 3);
    lua_settop(L, before + 3);
    const char *name = NULL;
    if (!is_c(&frame) && !shim_is_hosts_source(frame.source)) name = lua_getlocal(of, &frame, n);
    if (name != NULL) lua_pop(of, 1);
    if (name != NULL && is_interpreters(L, name)) name = NULL;
    if (name != NULL) {
        if (of != L) lua_xmove(L, of, 1);
        lua_setlocal(of, &frame, n);
    }
    lua_pushstring(L, name);
    return 1;
}

// MARK: The registry

// What of the registry is Lua's and no danger. Scripts may keep things of their own beside it.
static int get_registry(lua_State *L) {
    static const char *const shown[] = {
        LUA_LOADED_TABLE, LUA_PRELOAD_TABLE, "_HOOKKEY", "_IO_input", "_IO_output", LUA_FILEHANDLE, NULL,
    };
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &shown_registry_key) != LUA_TTABLE) {
        lua_newtable(L);
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &shown_registry_key);
    }
    for (int i = 0; shown[i] != NULL; i++) {
        lua_pushstring(L, shown[i]);
        lua_getfield(L, LUA_REGISTRYINDEX, shown[i]);
        lua_rawset(L, -3);
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_rawseti(L, -2, LUA_RIDX_GLOBALS);
    return 1;
}

void shim_open_debugging(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"getuservalue", get_user_value}, {"setuservalue", set_user_value}, {"setmetatable", set_metatable},
        {"getupvalue", get_upvalue},      {"setupvalue", set_upvalue},      {"upvalueid", upvalue_id},
        {"upvaluejoin", join_upvalues},   {"getlocal", get_local},          {"setlocal", set_local},
        {"getregistry", get_registry},    {NULL, NULL},
    };
    lua_getglobal(L, LUA_DBLIBNAME);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
