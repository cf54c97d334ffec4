// A task's coroutine: its body runs under protection inside it, so that pending `<close>` variables of a body that
// fails can still wait.
#include "shim.h"

// pcall's outcome as values: true and the results, or false and the error.
static int body_ended(lua_State *L, int status, lua_KContext context) {
    (void)context;
    // Stack: the handler, `true`, and the results or the error.
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_pushboolean(L, 0);
        lua_replace(L, 2);
    }
    return lua_gettop(L) - 1;
}

static int body(lua_State *L) {
    // Stack: the function and its arguments. Below them go `true` and the message handler. A script that comes by this
    // function can call it with nothing.
    luaL_checkany(L, 1);
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    lua_pushcfunction(L, shim_keep_traceback);
    lua_insert(L, 1);
    int status = lua_pcallk(L, lua_gettop(L) - 3, LUA_MULTRET, 1, 0, body_ended);
    return body_ended(L, status, 0);
}

lua_State *shim_push_task(lua_State *L, int arguments) {
    lua_State *task = lua_newthread(L);
    lua_insert(L, -(arguments + 2));
    shim_set(task, SHIM_FLAG_TASK);
    lua_pushcfunction(task, body);
    if (!lua_checkstack(task, arguments + 1)) {
        lua_pop(L, arguments + 1);
        return NULL;
    }
    lua_xmove(L, task, arguments + 1);
    return task;
}

int shim_run_task(lua_State *task, lua_State *from, int arguments, int *results) {
    shim_vm *vm = shim_of(task);
    shim_clear(task, SHIM_FLAG_WAITS);
    int before = vm->host;
    vm->host = 0;
    vm->turn++;
    int status = shim_resume(task, from, arguments, results);
    vm->host = before;
    // The error itself instead of what was raised in its place, see shim_raise_unhandled.
    bool failed = status == LUA_OK ? *results == 2 && !lua_toboolean(task, -2) : status != LUA_YIELD;
    if (failed && vm->interrupted == SHIM_INTERRUPT_FOR_GOOD && shim_is_unhandled(task)) {
        lua_pop(task, 1);
        lua_rawgetp(task, LUA_REGISTRYINDEX, &shim_interrupt_key);
    }
    if (vm->depth == 0) vm->interrupted = 0;
    switch (status) {
    case LUA_OK:
        return SHIM_TASK_ENDED;
    case LUA_YIELD:
        lua_pop(task, *results);
        *results = 0;
        return shim_has(task, SHIM_FLAG_WAITS) ? SHIM_TASK_WAITS : SHIM_TASK_STRAYED;
    default:
        return SHIM_TASK_BROKE;
    }
}

void shim_drop_task(lua_State *task) {
    shim_vm *vm = shim_of(task);
    // A wait may be deep inside nested coroutines: the innermost unwinds first, as with an error.
    lua_State *waiting[SHIM_CHAIN];
    int count = 0;
    for (lua_State *co = task; co != NULL && count < SHIM_CHAIN; co = shim_waits_in(co)) waiting[count++] = co;
    int before = vm->host;
    vm->host = 0;
    if (vm->depth == 0) vm->turn++;
    while (count > 0) {
        lua_State *co = waiting[--count];
        shim_clear(co, SHIM_FLAG_WAITS);
        if (shim_can_reset(co)) shim_reset(co);
        lua_settop(co, 0);
    }
    vm->host = before;
    if (vm->depth == 0) vm->interrupted = 0;
}

bool shim_set_shield(lua_State *L, bool shielded) {
    bool before = shim_has(L, SHIM_FLAG_SHIELD);
    if (shielded) shim_set(L, SHIM_FLAG_SHIELD);
    else shim_clear(L, SHIM_FLAG_SHIELD);
    return before;
}

bool shim_in_shield(lua_State *L) {
    shim_vm *vm = shim_of(L);
    for (int i = (int)vm->depth - 1; i >= 0; i--) {
        if (shim_has(vm->chain[i], SHIM_FLAG_SHIELD)) return true;
        if (shim_has(vm->chain[i], SHIM_FLAG_TASK)) return false;
    }
    return false;
}
