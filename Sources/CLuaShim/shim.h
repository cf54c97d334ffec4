// What the shim's own files share. Not seen by Swift.
#ifndef SHIM_H
#define SHIM_H

#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <signal.h>

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

#include "CLuaShim.h"

// Nested resumes end at LUAI_MAXCCALLS (200) C calls, long before this.
#define SHIM_CHAIN 256

// The chunks of this program are named so, with more after it; `load` lets no script's be.
#define SHIM_MARK "=[decart-lua]"

// Beyond that many levels a search on a stack takes longer than what it is for is worth: each step walks there from the
// top.
#define SHIM_DEEPEST 1000

/// One Lua machine. Every coroutine's extra space points here, so it is found without a look-up.
typedef struct shim_vm {
    lua_State *main;
    void *owner;
    int (*dispatch)(void *owner, lua_State *L, int64_t function);

    size_t used, limit;
    int64_t fail_countdown, fail_left;
    bool fail_all, failed;
    /// Above 0 while Swift runs. The limit and injected failures do not count then: an error in a push would jump over
    /// Swift frames. Memory that is really gone ends the process instead.
    int host;

    bool warn_on, warn_continued;
    /// Receives warnings instead of standard error, assembled from their pieces.
    void (*warned)(void *owner, const char *message, size_t size);
    char *warning;
    size_t warning_size;
    /// Is told which files script code loads.
    void (*loads)(void *owner, const char *path, size_t size);
    bool bytecode, environment;

    /// The coroutines that are being resumed now, outermost first: a signal handler reaches the running ones through
    /// it.
    lua_State *chain[SHIM_CHAIN];
    /// Where the C stack was when the outermost of them was entered.
    char *stack;
    volatile sig_atomic_t depth;
    volatile sig_atomic_t interrupted;
    /// Whether it is inside a call that waits for a program's end.
    volatile sig_atomic_t awaits_program;
    /// Whether a bounded call has used up its instructions: everything it runs raises until it has been left.
    bool overrun;
    /// How many bounded calls are under way, one inside the other; the outermost one's bound counts.
    int bounds;
    /// The instructions that the outermost of them has used up, as far as they are counted.
    int64_t spent;
    /// Counts how often a task was run, or code outside of any, to tell one that is stuck from many that are busy.
    volatile uint64_t turn;
    /// Above 0 while `coroutine.close` runs the pending `<close>` of chain[closing - 1].
    int closing;
    /// Whether a wait was refused in the message handler of the `xpcall` entered last; the message is in the
    /// registry.
    bool refused_in_handler;
} shim_vm;

// A coroutine's extra space holds the machine's address, and in its low bits, which malloc leaves free:
#define SHIM_FLAG_WAITS 1u  // suspended by a host function, not by the script
#define SHIM_FLAG_TASK 2u   // a task's own coroutine: "main" to the script
#define SHIM_FLAG_SHIELD 4u // cancelling does not reach the waits of what it runs
#define SHIM_FLAGS 7u

static inline uintptr_t *shim_space(lua_State *L) { return (uintptr_t *)lua_getextraspace(L); }
static inline shim_vm *shim_of(lua_State *L) { return (shim_vm *)(*shim_space(L) & ~(uintptr_t)SHIM_FLAGS); }
static inline bool shim_has(lua_State *L, unsigned flag) { return (*shim_space(L) & flag) != 0; }
static inline void shim_set(lua_State *L, unsigned flag) { *shim_space(L) |= flag; }
static inline void shim_clear(lua_State *L, unsigned flag) { *shim_space(L) &= ~(uintptr_t)flag; }

/// lua_resume with `co` on the chain meanwhile.
int shim_resume(lua_State *co, lua_State *from, int arguments, int *results);
/// Puts `L` on the chain, where nothing runs yet, for code that runs outside of any task: a signal is to reach it too.
/// Returns whether it is there now, and is to be taken off again.
bool shim_enter_outside(lua_State *L);
void shim_leave_outside(lua_State *L);
/// lua_resetthread likewise: pending `<close>` variables run on `co`, with nobody to suspend for. Only where it can be.
int shim_reset(lua_State *co);
bool shim_can_reset(lua_State *co);
/// Finds out, once, how to have a coroutine forget its message handler.
void shim_find_handlers(lua_State *L);
/// No handler hears of what is raised on `co` from now on; where nothing is running there.
void shim_forget_handler(lua_State *co);
/// Whether a chunk with that name is one of this program's own.
bool shim_is_hosts_source(const char *source);
/// Raises the error for an impossible wait; returns if the wait is possible.
void shim_check_wait(lua_State *L);
/// Pushes "file:line: " of the user's nearest line, or "".
void shim_push_position(lua_State *L);
/// Sets `where` on the error object on top, if it is a table of ours without one.
void shim_stamp_where(lua_State *L);
/// The message handler of tasks and of calls by the host: keeps the traceback, passes the error on untouched.
int shim_keep_traceback(lua_State *L);
/// `tostring(value)` as `shim_push_description` calls it. It has a name so that a wait in there can be explained.
int shim_describe(lua_State *L);

int shim_nowait(lua_State *L);

/// Interrupts running script code on `L`'s machine with the value last set by `shim_set_interrupt_error`. To be called
/// on the thread that runs Lua; a signal handler may.
void shim_interrupt(lua_State *L, int how);

/// The hook that was set before a bounded call.
typedef struct shim_bound {
    lua_Hook hook;
    int mask, count;
} shim_bound;
/// From now on script code on `L`, and in coroutines that it makes, may run only so many instructions.
shim_bound shim_begin_bound(lua_State *L);
void shim_end_bound(lua_State *L, shim_bound before);
/// Raises what no message handler hears of: it ends all that runs, as far as the next protected call.
_Noreturn void shim_raise_unhandled(lua_State *L);
/// Whether that is what is on top.
bool shim_is_unhandled(lua_State *L);
/// Counts a coroutine that is about to be made against the bound of the call that is under way, if one is.
void shim_charge_coroutine(lua_State *L);
/// Puts a coroutine that is about to be resumed under the bound of the call that is under way, if one is.
void shim_bound_coroutine(lua_State *co);

void shim_open_coroutines(lua_State *L);
void shim_open_loaders(lua_State *L);
void shim_open_debugging(lua_State *L);
void shim_open_xpcall(lua_State *L);
void shim_open_programs(lua_State *L);
/// Keeps the message on top: a wait was refused with it in a message handler.
void shim_keep_refusal(lua_State *L);
/// The coroutine in which `co`, suspended for the host, resumed another that waits; NULL if it waits itself.
lua_State *shim_waits_in(lua_State *co);
void shim_warn(void *vm, const char *message, int continued);

/// Registry keys.
extern const char shim_tracebacks_key, shim_messages_key, shim_interrupt_key, shim_error_metatable_key,
    shim_refusal_key, shim_overrun_key;

#endif
