// The one C function behind every host function, and the way back after a wait.
#include "shim.h"

// Raises the value on top: with the position of the user's line before it if it is a message that wants one.
static int raise_top(lua_State *L, bool here) {
    if (here && lua_type(L, -1) == LUA_TSTRING) {
        shim_push_position(L);
        lua_insert(L, -2);
        lua_concat(L, 2);
    } else {
        shim_stamp_where(L);
    }
    return lua_error(L);
}

// Continues a host function whose call had to wait. The host left `true` and the results, or `false`, the error, and
// whether it is a message that wants the position.
static int after_wait(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    if (lua_gettop(L) == 0) return luaL_error(L, "a wait ended without an answer");
    if (lua_toboolean(L, 1)) return lua_gettop(L) - 1;
    bool here = lua_toboolean(L, 3);
    lua_settop(L, 2);
    return raise_top(L, here);
}

static int host_function(lua_State *L) {
    shim_vm *vm = shim_of(L);
    lua_Integer tagged = lua_tointeger(L, lua_upvalueindex(1));
    if (tagged & 1) shim_check_wait(L);
    int before = vm->host;
    vm->host = before + 1;
    int answer = vm->dispatch(vm->owner, L, tagged >> 1);
    vm->host = before;
    switch (answer) {
    case SHIM_WAIT:
        shim_set(L, SHIM_FLAG_WAITS);
        lua_settop(L, 0);
        return lua_yieldk(L, 0, 0, after_wait);
    case SHIM_RAISE_HERE:
    case SHIM_RAISE:
        return raise_top(L, answer == SHIM_RAISE_HERE);
    default:
        return answer;
    }
}

// raise(value): as `error(value, 0)`, but a string gets the position of the user's line, and an error object its
// `where`.
static int raise_value(lua_State *L) {
    lua_settop(L, 1);
    return raise_top(L, true);
}

// nowait(place, f, ...): calls f where it cannot wait, for a limited time. A wait in there is refused, naming that
// place.
int shim_nowait(lua_State *L) {
    luaL_checkstring(L, 1);
    luaL_checkany(L, 2);
    shim_bound bound = shim_begin_bound(L);
    int status = lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 0);
    bool overran = status == LUA_ERRMEM && shim_of(L)->overrun;
    shim_end_bound(L, bound);
    if (overran) lua_rawgetp(L, LUA_REGISTRYINDEX, &shim_overrun_key);
    if (status != LUA_OK) return lua_error(L);
    return lua_gettop(L) - 1;
}

// Calls the first upvalue with the arguments, and then, in this call's own place, the C function that is the second: what
// that says of itself in errors is what it would say if it had been called here. Where the first one answers something, that
// is the answer.
static int checked_first(lua_State *L) {
    int count = lua_gettop(L);
    luaL_checkstack(L, count + 1, "too many arguments");
    lua_pushvalue(L, lua_upvalueindex(1));
    for (int i = 1; i <= count; i++) lua_pushvalue(L, i);
    lua_call(L, count, LUA_MULTRET);
    int answers = lua_gettop(L) - count;
    if (answers > 0) return answers;
    lua_CFunction checked = lua_tocfunction(L, lua_upvalueindex(2));
    return checked != NULL ? checked(L) : luaL_error(L, "the function that was checked is gone");
}

// guarded(check, f): a function that is f, of C and without upvalues, once `check` has let the arguments pass.
static int guarded(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    luaL_argcheck(L, lua_iscfunction(L, 2) && lua_getupvalue(L, 2, 1) == NULL, 2, "a C function expected");
    lua_settop(L, 2);
    lua_pushcclosure(L, checked_first, 2);
    return 1;
}

void shim_push_nowait(lua_State *L) { lua_pushcfunction(L, shim_nowait); }

void shim_push_guarded(lua_State *L) { lua_pushcfunction(L, guarded); }

void shim_push_raise(lua_State *L) { lua_pushcfunction(L, raise_value); }

void shim_push_function(lua_State *L, int64_t function, bool waits) {
    lua_pushinteger(L, (lua_Integer)(function << 1 | (waits ? 1 : 0)));
    lua_pushcclosure(L, host_function, 1);
}
