// The userdata that stand for the host's objects. What one keeps alive, a task's coroutine, is its user value: the host
// holds the coroutine's address, so no script may put another value there.
#include "shim.h"

// Marks a block as one of these. A metatable would not do: `debug.setmetatable` changes it.
static const char object_mark = 'o';

struct object {
    const char *mark;
    int64_t id;
};

static struct object *object_at(lua_State *L, int index) {
    if (lua_type(L, index) != LUA_TUSERDATA || lua_rawlen(L, index) != sizeof(struct object)) return NULL;
    struct object *object = lua_touserdata(L, index);
    return object->mark == &object_mark ? object : NULL;
}

void shim_push_object(lua_State *L, int64_t id) {
    struct object *object = lua_newuserdatauv(L, sizeof *object, 1);
    object->mark = &object_mark;
    object->id = id;
}

bool shim_object_id(lua_State *L, int index, int64_t *id) {
    struct object *object = object_at(L, index);
    if (object != NULL) *id = object->id;
    return object != NULL;
}

// `debug.getuservalue` and `setuservalue` as Lua has them, but that the host's objects have no user values there.

static int get_user_value(lua_State *L) {
    int n = (int)luaL_optinteger(L, 2, 1);
    if (lua_type(L, 1) != LUA_TUSERDATA || object_at(L, 1) != NULL) {
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
    if (object_at(L, 1) != NULL || !lua_setiuservalue(L, 1, n)) luaL_pushfail(L);
    return 1;
}

void shim_open_objects(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"getuservalue", get_user_value}, {"setuservalue", set_user_value}, {NULL, NULL},
    };
    lua_getglobal(L, LUA_DBLIBNAME);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
