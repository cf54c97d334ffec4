// The coroutine library as scripts see it: Lua's own behaviour, with the host hidden.
//
// A wait is a yield by a host function, marked in the coroutine's extra space. `resume` and `wrap` pass a marked yield
// up to the coroutine that resumed them, until it reaches the task's own, and the answer down again; `status` shows a
// coroutine in that state as "normal", so that nobody else resumes or closes it. A task's own coroutine looks like the
// main thread of a plain `lua`.
#include "shim.h"

// Every coroutine that runs inside another is on the chain.
static void enter(shim_vm *vm, lua_State *co) {
    if (vm->depth == 0) vm->stack = __builtin_frame_address(0);
    vm->chain[vm->depth] = co;
    vm->depth++;
}

int shim_resume(lua_State *co, lua_State *from, int arguments, int *results) {
    shim_vm *vm = shim_of(co);
    if (vm->depth >= SHIM_CHAIN) {
        lua_settop(co, 0);
        lua_pushliteral(co, "C stack overflow");
        return LUA_ERRRUN;
    }
    enter(vm, co);
    if (vm->interrupted) shim_interrupt(co, vm->interrupted);
    shim_bound_coroutine(co);
    int status = lua_resume(co, from, arguments, results);
    vm->depth--;
    return status;
}

// Lua bounds how deep C functions call one another, but 5.4.4 starts that count anew in a coroutine that is reset: a
// `<close>` that closes the next coroutine, and so on, would use up the C stack.
bool shim_can_reset(lua_State *co) {
    enum { MOST = 1 << 20 };
    shim_vm *vm = shim_of(co);
    if (vm->depth == 0) return true;
    return vm->depth < SHIM_CHAIN && vm->stack - (char *)__builtin_frame_address(0) < MOST;
}

// MARK: A message handler that is gone
//
// A coroutine that is suspended inside `xpcall` remembers where on its stack the message handler is. Before 5.4.8 Lua
// forgets to forget that when the coroutine is reset: an error in a `<close>` variable then calls whatever is there by
// now, or reads memory that the stack has given back. A script needs nothing special for that, so the shim does it in
// Lua's place: in every 5.4 the word after the hook in a lua_State says where the handler is, 0 for none.

static void probe_hook(lua_State *L, lua_Debug *frame) {
    (void)L;
    (void)frame;
}

static ptrdiff_t handler_word = -1;

static int look_for_handler(lua_State *L) {
    // A lua_State has 25 words in 5.4.4: what lies behind it is not looked at.
    enum { FARTHEST = 24 };
    lua_sethook(L, probe_hook, LUA_MASKCOUNT, 1 << 30);
    const uintptr_t *words = (const uintptr_t *)L;
    for (ptrdiff_t at = 0; at < FARTHEST; at++) {
        // The handler is this function's only value, below a whole frame: a small offset in bytes.
        if (words[at] != (uintptr_t)probe_hook || words[at + 1] == 0 || words[at + 1] >= 1 << 16) continue;
        handler_word = at + 1;
        break;
    }
    lua_sethook(L, NULL, 0, 0);
    return 0;
}

void shim_find_handlers(lua_State *L) {
    if (handler_word >= 0) return;
    lua_State *probe = lua_newthread(L);
    lua_pushcfunction(probe, look_for_handler);
    lua_pushcfunction(probe, look_for_handler);
    lua_pcall(probe, 0, 0, 1);
    // It is where it was found only if there is none any more now.
    if (handler_word >= 0 && ((const uintptr_t *)probe)[handler_word] != 0) handler_word = -1;
    lua_pop(L, 1);
}

void shim_forget_handler(lua_State *co) {
    if (handler_word >= 0) ((uintptr_t *)co)[handler_word] = 0;
}

bool shim_enter_outside(lua_State *L) {
    shim_vm *vm = shim_of(L);
    if (vm->depth > 0) return false;
    vm->turn++;
    enter(vm, L);
    return true;
}

void shim_leave_outside(lua_State *L) {
    shim_vm *vm = shim_of(L);
    vm->depth--;
    vm->interrupted = 0;
}

int shim_reset(lua_State *co) {
    shim_vm *vm = shim_of(co);
    int before = vm->closing;
    enter(vm, co);
    vm->closing = (int)vm->depth;
    shim_forget_handler(co);
    int state = lua_resetthread(co);
    vm->depth--;
    vm->closing = before;
    return state;
}

static lua_State *coroutine_argument(lua_State *L) {
    lua_State *co = lua_tothread(L, 1);
    luaL_argexpected(L, co, 1, "coroutine");
    return co;
}

// Whether the host alone runs that coroutine. A script comes by one where it runs in it (`coroutine.running`), a
// finalizer by the main thread.
static bool is_hosts(lua_State *co) { return co == shim_of(co)->main || shim_has(co, SHIM_FLAG_TASK); }

static const char *status_name(lua_State *L, lua_State *co) {
    if (L == co) return "running";
    if (is_hosts(co)) {
        lua_Debug frame;
        return co == shim_of(co)->main || lua_getstack(co, 0, &frame) ? "normal" : "dead";
    }
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

// Moves `count` values from L to co and runs it. Returns how many values came back on L, -1 for an error on top of L,
// or SHIM_WAIT if the coroutine waits for the host.
static int run(lua_State *L, lua_State *co, int count) {
    if ((shim_has(co, SHIM_FLAG_WAITS) || is_hosts(co)) && L != co) {
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

static int resume_answer(lua_State *L, int count);

static int resume_continues(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    lua_State *co = coroutine_argument(L);
    return resume_answer(L, hand_down(L, co, lua_gettop(L) - 1));
}

static int resume_answer(lua_State *L, int count) {
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
    return resume_answer(L, run(L, co, lua_gettop(L) - 1));
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
    if (state != LUA_OK && state != LUA_YIELD && shim_can_reset(co)) {
        // The error killed it: close its pending variables, which may replace the error.
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
    shim_charge_coroutine(L);
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
    if (is_hosts(co)) {
        // What it has left on its stack is the host's.
        lua_pushboolean(L, 1);
        return 1;
    }
    if (!shim_can_reset(co)) return luaL_error(L, "C stack overflow");
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
