// The coroutine library as scripts see it: Lua's own behaviour, with the host hidden.
//
// A wait is a yield by a host function, marked in the coroutine's extra space. `resume` and `wrap` pass a marked yield
// up to the coroutine that resumed them, until it reaches the task's own, and the answer down again; `status` shows a
// coroutine in that state as "normal", so that nobody else resumes or closes it. A task's own coroutine looks like the
// main thread of a plain `lua`.
#include "shim.h"

int shim_resume(lua_State *co, lua_State *from, int arguments, int *results) {
    shim_vm *vm = shim_of(co);
    if (vm->depth >= SHIM_CHAIN) {
        lua_settop(co, 0);
        lua_pushliteral(co, "C stack overflow");
        return LUA_ERRRUN;
    }
    vm->chain[vm->depth] = co;
    vm->depth++;
    if (vm->interrupted) shim_interrupt(co, vm->interrupted);
    shim_bound_coroutine(co);
    int status = lua_resume(co, from, arguments, results);
    vm->depth--;
    return status;
}

int shim_reset(lua_State *co) {
    shim_vm *vm = shim_of(co);
    bool chained = vm->depth < SHIM_CHAIN;
    int before = vm->closing;
    if (chained) {
        vm->chain[vm->depth] = co;
        vm->depth++;
        vm->closing = (int)vm->depth;
    }
    int state = lua_resetthread(co);
    if (chained) vm->depth--;
    vm->closing = before;
    return state;
}

static lua_State *coroutine_argument(lua_State *L) {
    lua_State *co = lua_tothread(L, 1);
    luaL_argexpected(L, co, 1, "coroutine");
    return co;
}

static const char *status_name(lua_State *L, lua_State *co) {
    if (L == co) return "running";
    if (shim_has(co, SHIM_FLAG_WAITS)) return "normal";
    switch (lua_status(co)) {
    case LUA_YIELD:
        return "suspended";
    case LUA_OK: {
        lua_Debug frame;
        if (lua_getstack(co, 0, &frame)) return "normal";
        return lua_gettop(co) == 0 ? "dead" : "suspended";
    }
    default:
        return "dead";
    }
}

// Moves `count` values from L to co and runs it. Answers how many values came back on L, -1 for an error on top of L,
// or SHIM_WAIT if the coroutine waits for the host.
static int run(lua_State *L, lua_State *co, int count) {
    if (shim_has(co, SHIM_FLAG_WAITS) && L != co) {
        lua_pushliteral(L, "cannot resume non-suspended coroutine");
        return -1;
    }
    if (!lua_checkstack(co, count)) {
        lua_pushliteral(L, "too many arguments to resume");
        return -1;
    }
    lua_xmove(L, co, count);
    int results = 0;
    int status = shim_resume(co, L, count, &results);
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_xmove(co, L, 1);
        return -1;
    }
    if (status == LUA_YIELD && shim_has(co, SHIM_FLAG_WAITS)) {
        lua_pop(co, results);
        return SHIM_WAIT;
    }
    if (!lua_checkstack(L, results + 1)) {
        lua_pop(co, results);
        lua_pushliteral(L, "too many results to resume");
        return -1;
    }
    lua_xmove(co, L, results);
    return results;
}

// Hands the host's answer, `count` values on top of L, down to a coroutine that waits for it.
static int hand_down(lua_State *L, lua_State *co, int count) {
    shim_clear(co, SHIM_FLAG_WAITS);
    return run(L, co, count);
}

static int resume_answer(lua_State *L, lua_State *co, int count);

static int resume_continues(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    lua_State *co = lua_tothread(L, 1);
    return resume_answer(L, co, hand_down(L, co, lua_gettop(L) - 1));
}

static int resume_answer(lua_State *L, lua_State *co, int count) {
    (void)co;
    if (count == SHIM_WAIT) {
        lua_settop(L, 1);
        shim_set(L, SHIM_FLAG_WAITS);
        return lua_yieldk(L, 0, 0, resume_continues);
    }
    if (count < 0) {
        lua_pushboolean(L, 0);
        lua_insert(L, -2);
        return 2;
    }
    lua_pushboolean(L, 1);
    lua_insert(L, -(count + 1));
    return count + 1;
}

static int co_resume(lua_State *L) {
    lua_State *co = coroutine_argument(L);
    return resume_answer(L, co, run(L, co, lua_gettop(L) - 1));
}

static int wrap_answer(lua_State *L, lua_State *co, int count);

static int wrap_continues(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    return wrap_answer(L, co, hand_down(L, co, lua_gettop(L)));
}

static int wrap_answer(lua_State *L, lua_State *co, int count) {
    if (count >= 0) return count;
    if (count == SHIM_WAIT) {
        lua_settop(L, 0);
        shim_set(L, SHIM_FLAG_WAITS);
        return lua_yieldk(L, 0, 0, wrap_continues);
    }
    int state = lua_status(co);
    if (state != LUA_OK && state != LUA_YIELD) {
        // It died of the error: close its pending variables, which may replace the error.
        state = shim_reset(co);
        lua_xmove(co, L, 1);
    }
    if (state != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int wrap_call(lua_State *L) {
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    return wrap_answer(L, co, run(L, co, lua_gettop(L)));
}

static int co_create(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_State *co = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    return 1;
}

static int co_wrap(lua_State *L) {
    co_create(L);
    lua_pushcclosure(L, wrap_call, 1);
    return 1;
}

static int co_yield(lua_State *L) {
    if (shim_has(L, SHIM_FLAG_TASK)) return luaL_error(L, "attempt to yield from outside a coroutine");
    return lua_yield(L, lua_gettop(L));
}

static int co_status(lua_State *L) {
    lua_pushstring(L, status_name(L, coroutine_argument(L)));
    return 1;
}

static int co_isyieldable(lua_State *L) {
    lua_State *co = lua_isthread(L, 1) ? lua_tothread(L, 1) : L;
    lua_pushboolean(L, !shim_has(co, SHIM_FLAG_TASK) && lua_isyieldable(co));
    return 1;
}

static int co_running(lua_State *L) {
    int main = lua_pushthread(L);
    lua_pushboolean(L, main || shim_has(L, SHIM_FLAG_TASK));
    return 2;
}

static int co_close(lua_State *L) {
    lua_State *co = coroutine_argument(L);
    const char *status = status_name(L, co);
    if (status[0] != 'd' && status[0] != 's')
        return luaL_error(L, "cannot close a %s coroutine", status);
    int state = shim_reset(co);
    if (state == LUA_OK) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushboolean(L, 0);
    lua_xmove(co, L, 1);
    return 2;
}

lua_State *shim_waits_in(lua_State *co) {
    lua_Debug frame;
    if (!shim_has(co, SHIM_FLAG_WAITS) || !lua_getstack(co, 0, &frame)) return NULL;
    lua_getinfo(co, "f", &frame);
    lua_CFunction function = lua_tocfunction(co, -1);
    lua_pop(co, 1);
    if (function == co_resume) return lua_tothread(co, 1);
    if (function == wrap_call) return lua_tothread(co, lua_upvalueindex(1));
    return NULL;
}

void shim_open_coroutines(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"create", co_create}, {"resume", co_resume}, {"wrap", co_wrap},   {"yield", co_yield},
        {"status", co_status}, {"running", co_running}, {"isyieldable", co_isyieldable}, {"close", co_close},
        {NULL, NULL},
    };
    lua_getglobal(L, LUA_COLIBNAME);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
