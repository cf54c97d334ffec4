// Stopping a script that runs: a signal on the Lua thread sets a hook on the coroutines that are being resumed. No hook
// stands otherwise; one that never fires would already halve the speed of pure Lua.
#include "shim.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// A message handler runs where the error is raised. In a hook that is with hooks off: nothing could stop a handler that
// does not end. Memory errors are the only ones for which Lua calls none.
#define UNHANDLED "not enough memory"

void shim_raise_unhandled(lua_State *L) {
    lua_pushliteral(L, UNHANDLED);
    lua_error(L);
    __builtin_unreachable();
}

bool shim_is_unhandled(lua_State *L) {
    return lua_type(L, -1) == LUA_TSTRING && strcmp(lua_tostring(L, -1), UNHANDLED) == 0;
}

static void raise_interrupt(lua_State *L, lua_Debug *frame) {
    (void)frame;
    if (!shim_of(L)->interrupted) {
        lua_sethook(L, NULL, 0, 0);
        return;
    }
    if (shim_of(L)->interrupted == SHIM_INTERRUPT_ONCE) {
        shim_of(L)->interrupted = 0;
        lua_sethook(L, NULL, 0, 0);
    }
    lua_rawgetp(L, LUA_REGISTRYINDEX, &shim_interrupt_key);
    shim_stamp_where(L);
    if (!shim_of(L)->interrupted) lua_error(L);
    // As a handler would, while the script's lines are still there.
    if (shim_push_where(L, L)) {
        lua_pop(L, 1);
        lua_pushcfunction(L, shim_keep_traceback);
        lua_insert(L, -2);
        lua_call(L, 1, 0);
    }
    shim_raise_unhandled(L);
}

void shim_interrupt(lua_State *L, int how) {
    // Each step is safe in a signal handler on the Lua thread: lua_sethook only writes a few fields.
    shim_vm *vm = shim_of(L);
    vm->interrupted = how;
    for (int i = 0; i < (int)vm->depth; i++)
        // With a wider count a `pcall` loop would catch the error and go on for that many instructions.
        lua_sethook(vm->chain[i], raise_interrupt, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

void shim_set_interrupt_error(lua_State *L) {
    lua_rawsetp(L, LUA_REGISTRYINDEX, &shim_interrupt_key);
}

// MARK: Calls that must end by themselves

// About a second of pure Lua. Counted, not timed: under virtual time the same call must end in the same way every
// time.
#define BOUND 100000000
// How many are counted at a time. Every coroutine has a count of its own, of which a rest is never seen: a new one is
// charged for that in advance.
#define STEP 10000

static void raise_overrun(lua_State *L, lua_Debug *frame) {
    (void)frame;
    shim_vm *vm = shim_of(L);
    if (!vm->overrun) {
        // A coroutine that was left suspended in such a call.
        lua_sethook(L, NULL, 0, 0);
        return;
    }
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &shim_overrun_key) == LUA_TNIL) {
        shim_push_position(L);
        lua_pushliteral(L, "it does not come to an end");
        lua_concat(L, 2);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &shim_overrun_key);
    }
    shim_raise_unhandled(L);
}

static void bound_reached(lua_State *L, lua_Debug *frame) {
    shim_vm *vm = shim_of(L);
    if (vm->bounds == 0) {
        // A coroutine that was left suspended in such a call.
        lua_sethook(L, NULL, 0, 0);
        return;
    }
    vm->spent += STEP;
    if (vm->spent < BOUND) return;
    vm->overrun = true;
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &shim_overrun_key);
    // At every instruction from now on; otherwise a `pcall` loop would catch it and go on.
    for (int i = 0; i < (int)vm->depth; i++)
        lua_sethook(vm->chain[i], raise_overrun, LUA_MASKCALL | LUA_MASKLINE | LUA_MASKCOUNT, 1);
    lua_sethook(L, raise_overrun, LUA_MASKCALL | LUA_MASKLINE | LUA_MASKCOUNT, 1);
    if (lua_gethook(vm->main) == bound_reached)
        lua_sethook(vm->main, raise_overrun, LUA_MASKCALL | LUA_MASKLINE | LUA_MASKCOUNT, 1);
    raise_overrun(L, frame);
}

void shim_bound_coroutine(lua_State *co) {
    // A new coroutine has its maker's hook; one that was made before the bounded call has none yet.
    if (shim_of(co)->bounds == 0 || lua_gethook(co) != NULL) return;
    shim_charge_coroutine(co);
    lua_sethook(co, bound_reached, LUA_MASKCOUNT, STEP);
}

void shim_charge_coroutine(lua_State *L) {
    shim_vm *vm = shim_of(L);
    if (vm->bounds > 0) vm->spent += STEP;
}

shim_bound shim_begin_bound(lua_State *L) {
    shim_vm *vm = shim_of(L);
    shim_bound before = {lua_gethook(L), lua_gethookmask(L), lua_gethookcount(L)};
    // A bounded call within another is subject to the outer one's bound.
    if (vm->bounds++ > 0) return before;
    vm->spent = 0;
    if (!vm->interrupted) lua_sethook(L, bound_reached, LUA_MASKCOUNT, STEP);
    return before;
}

void shim_end_bound(lua_State *L, shim_bound before) {
    shim_vm *vm = shim_of(L);
    if (--vm->bounds > 0) return;
    bool overran = vm->overrun;
    vm->overrun = false;
    for (int i = 0; overran && i < (int)vm->depth; i++)
        if (lua_gethook(vm->chain[i]) == raise_overrun) lua_sethook(vm->chain[i], NULL, 0, 0);
    lua_sethook(L, before.hook, before.mask, before.count);
    // A Ctrl-C that came meanwhile must not be forgotten along with the hook.
    if (vm->interrupted) shim_interrupt(L, vm->interrupted);
}

// MARK: From another thread

// One interrupt is under way at a time: what the handler is given, and what it found.
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static lua_State *volatile target;
static volatile sig_atomic_t handled, wanted;
static volatile uint64_t turn;
static char position[256];

// A signal that nobody else in the process uses, and whose default action would not be missed.
#define INTERRUPT_SIGNAL (SIGRTMAX - 3)

int shim_interrupt_signal(void) { return INTERRUPT_SIGNAL; }

static void interrupt_thread(int number) {
    (void)number;
    int before = errno;
    lua_State *L = target;
    shim_vm *vm = shim_of(L);
    position[0] = '\0';
    turn = 0;
    if (vm->depth > 0) {
        turn = vm->turn;
        // A script that has had no turn since it was interrupted once, because a program did not end, is to have it now
        // that the program is killed: its clean-up has not even begun.
        bool waits = vm->awaits_program && vm->interrupted == SHIM_INTERRUPT_ONCE;
        if (wanted != SHIM_LOOK && !waits) shim_interrupt(L, wanted);
        // The innermost line now, for a report if a long C call keeps the hook from firing.
        lua_Debug frame;
        lua_State *running = vm->chain[vm->depth - 1];
        for (int level = 0; level < SHIM_DEEPEST && lua_getstack(running, level, &frame); level++) {
            lua_getinfo(running, "Sl", &frame);
            // The user is not interested in the host's own Lua.
            if (frame.currentline <= 0 || shim_is_hosts_source(frame.source)) continue;
            snprintf(position, sizeof position, "%s:%d", frame.short_src, frame.currentline);
            break;
        }
    }
    handled = 1;
    errno = before;
}

uint64_t shim_interrupt_from_outside(lua_State *L, pthread_t thread, int how, char *line, size_t size) {
    // A call that waits for the outside, such as a read, fails when script code is to stop.
    struct sigaction action = {.sa_handler = interrupt_thread, .sa_flags = how == SHIM_LOOK ? SA_RESTART : 0};
    sigfillset(&action.sa_mask);
    pthread_mutex_lock(&one_at_a_time);
    target = L;
    wanted = how;
    handled = 0;
    bool sent = sigaction(INTERRUPT_SIGNAL, &action, NULL) == 0 && pthread_kill(thread, INTERRUPT_SIGNAL) == 0;
    // A signal is handled in microseconds; if the kernel does not let the thread run for a second, it is given up. None
    // of the run's clocks is used: the script's stands still while it is busy.
    for (int tries = 0; sent && !handled && tries < 1000; tries++) usleep(1000);
    uint64_t found = sent && handled ? turn : 0;
    snprintf(line, size, "%s", position);
    pthread_mutex_unlock(&one_at_a_time);
    if (how != SHIM_LOOK) shim_signal_programs(L, how == SHIM_INTERRUPT_ONCE ? SIGTERM : SIGKILL);
    return found;
}

// MARK: Signals of the user

static void do_nothing(int number) { (void)number; }

bool shim_disarm_signal(int number) {
    // A handler, not "ignore", which programs that the script starts would inherit.
    struct sigaction action = {.sa_handler = do_nothing, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, NULL) == 0;
}

bool shim_ignores_signal(int number) {
    struct sigaction action;
    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

static volatile sig_atomic_t signal_pipe = -1;

static void note_signal(int number) {
    int before = errno;
    unsigned char byte = (unsigned char)number;
    // A full pipe loses the signal, but then plenty of them are already waiting to be read.
    if (write(signal_pipe, &byte, 1) < 0) errno = before;
    errno = before;
}

bool shim_catch_signal(int number, int pipe) {
    signal_pipe = pipe;
    // A handler, not "ignore": programs that the script starts get the default back.
    struct sigaction action = {.sa_handler = note_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, NULL) == 0;
}
