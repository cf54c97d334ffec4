// What Swift may see of Lua: this header and nothing else. It declares the functions of Lua's C API that cannot raise
// (class "-" and "m" of the manual, section 4.6; see `host` in shim.h for why "m" is safe here) and the shim's own,
// which run everything that can raise or yield under protection. lua.h itself stays out of Swift's sight, so that a
// call which could long-jump over a Swift frame does not compile.
#ifndef CLUASHIM_H
#define CLUASHIM_H

#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <pthread.h>

typedef struct lua_State lua_State;

// MARK: The machine

/// What a host function returns to the shim. Values from 0 up count the results on top of the stack.
enum : int {
    /// An error value is on top of the stack: raise it.
    SHIM_RAISE = -1,
    /// A message is on top of the stack: raise it with the position of the user's line before it.
    SHIM_RAISE_HERE = -2,
    /// The call goes on later: suspend the task until the host resumes it.
    SHIM_WAIT = -3,
};

/// Called for every host function. `owner` is what `shim_open` was given, `function` is the number the function was
/// made with.
typedef int (*shim_dispatch)(void *owner, lua_State *L, int64_t function);

/// A state with all standard libraries, the safe loaders and the host's coroutine library; NULL if memory is short.
/// Without `environment`, LUA_PATH and LUA_CPATH are ignored.
lua_State *shim_open(void *owner, shim_dispatch dispatch, bool bytecode, bool environment);
/// Runs all pending finalizers and to-be-closed variables and frees everything.
void shim_close(lua_State *L);
/// As the process exits from within script code: first runs the pending `<close>` variables of `task`, unless NULL.
/// Nothing may touch Lua afterwards.
void shim_close_for_exit(lua_State *L, lua_State *task);

/// Bytes that Lua has allocated.
size_t shim_memory_used(lua_State *L);
/// Script code that would hold more than `bytes` gets Lua's "not enough memory"; 0 means no limit.
void shim_memory_limit(lua_State *L, size_t bytes);
/// For tests: the `n`th allocation by script code from now on fails, and with `then_all` all after it; 0 switches it
/// off.
void shim_fail_allocation(lua_State *L, int64_t n, bool then_all);
/// For tests: whether the requested failure has happened.
bool shim_allocation_failed(lua_State *L);

/// Whether C's standard input, which Lua's io library reads, has bytes that were read ahead.
bool shim_input_is_buffered(void);
/// Writes out what C's standard output holds. Returns 0, or the error's number; -1 if an earlier write has failed.
int shim_flush_output(void);
/// From now on, all threads of the process allocate from one arena.
void shim_use_one_arena(void);
/// Lua's copyright line.
const char *shim_copyright(void);
/// Lua's warnings: whether they are shown, as by `warn("@on")`.
void shim_warnings(lua_State *L, bool on);
/// From now on, warnings that are to be shown go to `warned`, whole and with the owner, instead of standard error.
void shim_warn_to(lua_State *L, void (*warned)(void *owner, const char *message, size_t size));
/// From now on, `loads` is told of each file that script code is about to load, with the owner.
void shim_tell_loads(lua_State *L, void (*loads)(void *owner, const char *path, size_t size));

// MARK: Functions

/// Pushes the host function with that number. `waits` marks one that may answer SHIM_WAIT: it is refused, with an error
/// that names the place, where Lua cannot suspend.
void shim_push_function(lua_State *L, int64_t function, bool waits);
/// Pushes `raise(value)` for the host's own Lua: it raises at the user's line.
void shim_push_raise(lua_State *L);
/// Pushes `nowait(place, f, ...)` for the host's own Lua: it calls f where it cannot wait, and stops
/// it with an error after a hundred million instructions.
void shim_push_nowait(lua_State *L);
/// Pushes `guarded(check, f)` for the host's own Lua: it makes a function that is the C function f once `check` has let the
/// arguments pass, and whose errors are those of f. What `check` answers is the answer.
void shim_push_guarded(lua_State *L);
/// Compiles a chunk and leaves the function, or a message, on top; 0 means it compiled. `name` is as in Lua's `load`.
int shim_load(lua_State *L, const char *bytes, size_t size, const char *name, bool bytecode);
/// Calls the function below `arguments` values. Returns 0 with `results` values on top (-1 for all), else the error
/// value; the traceback of the user's lines is kept for `shim_push_traceback`.
int shim_call(lua_State *L, int arguments, int results);
/// Pushes the key and value that follow the key on top in the table at `index`, or pops that key and returns 0: none do,
/// or the key has been taken out.
int shim_next(lua_State *L, int index);
/// Pushes the value at `index` as `tostring` shows it, using `__tostring` and `__name`; an error in there becomes text
/// too.
void shim_push_description(lua_State *L, int index);

// MARK: Objects

/// Pushes a userdata that stands for the host's object with that id, with room for one user value out of scripts'
/// reach.
void shim_push_object(lua_State *L, int64_t id);
/// Whether the value at `index` is one, and its id.
bool shim_object_id(lua_State *L, int index, int64_t *id);

/// Pushes a file of Lua's io library that has `descriptor` from now on, in a mode as for `io.open`. Returns 0, or an errno;
/// then nothing is pushed, and the descriptor is closed.
int shim_push_file(lua_State *L, int descriptor, const char *mode);

// MARK: Tasks

/// What a task's coroutine did when it was run.
enum : int {
    /// It ended; a boolean and its results, or `false` and the error value, are on its stack.
    SHIM_TASK_ENDED = 0,
    /// It waits for the host.
    SHIM_TASK_WAITS = 1,
    /// It broke outside of its body's protection; the error value is on top of its stack.
    SHIM_TASK_BROKE = 2,
    /// It yielded to nobody (a C module did); nothing is left on its stack of what it yielded.
    SHIM_TASK_STRAYED = 3,
};

/// Pushes a new coroutine made to run the function and `arguments` on top of `L`'s stack as a task's body, taking them
/// off.
lua_State *shim_push_task(lua_State *L, int arguments);
/// Starts or continues a task with the `arguments` on top of its stack. A continued one takes `true` and results, or
/// `false`, an error value, and whether it is a message that wants the position before it. `*results` counts what it
/// left on its stack.
int shim_run_task(lua_State *task, lua_State *from, int arguments, int *results);
/// Ends a task wherever it is: runs the pending `<close>` variables of the coroutines in which it waits and its own,
/// which cannot wait then, and empties their stacks.
void shim_drop_task(lua_State *task);

/// Puts the coroutine that calls a host function into a shield, or takes it out; returns how it was before.
bool shim_set_shield(lua_State *L, bool shielded);
/// Whether the running coroutine is in a shield, its own or that of a coroutine between it and its task.
bool shim_in_shield(lua_State *L);

// MARK: Positions

/// Pushes "file:line" of the user's nearest line on `of`'s stack; returns false and pushes nothing if there is none.
bool shim_push_where(lua_State *L, lua_State *of);
/// Pushes the name by which that line calls what is suspended or running there ("receive"); false if there is none.
bool shim_push_called_name(lua_State *L, lua_State *of);
/// Pushes the traceback of the user's lines kept when a call or task on `of` last failed, or nil.
void shim_push_traceback(lua_State *L, lua_State *of);
/// Pushes the error value's text from when it was raised, or nil. An error object's `__tostring` may inspect the
/// stack that raised it, which is gone later.
void shim_push_kept_message(lua_State *L, lua_State *of);

// MARK: Interruption

enum : int {
    SHIM_LOOK = 0,
    /// Script code that is running raises once, at its next instruction.
    SHIM_INTERRUPT_ONCE = 1,
    /// It raises at every instruction until its task has been left.
    SHIM_INTERRUPT_FOR_GOOD = 2,
};

/// Checks or interrupts from another thread; `thread` is the one that runs Lua. Returns the turn that script code is
/// in, and its line; 0 if none was running. A turn is one run of one task. An interrupt also ends what a library call may
/// be waiting for: a read or the like fails, and programs are asked to end; for good, they are killed.
uint64_t shim_interrupt_from_outside(lua_State *L, pthread_t thread, int how, char *line, size_t size);
/// The number of the signal by which that is done.
int shim_interrupt_signal(void);
/// Sends a signal to all programs that `os.execute` and `io.popen` have running, and to what those have started: of that
/// machine, or of all with NULL. From any thread.
void shim_signal_programs(lua_State *L, int number);
/// From now on a signal of that number does nothing; the call that caused it fails instead.
bool shim_disarm_signal(int number);
/// Whether a signal of that number is ignored.
bool shim_ignores_signal(int number);
/// From now on a signal of that number writes its number, one byte, to the file descriptor `pipe`.
bool shim_catch_signal(int number, int pipe);
/// Pops the value that an interrupt raises.
void shim_set_interrupt_error(lua_State *L);
/// Pops the metatable of the error objects that get their `where` when they are raised.
void shim_mark_error_metatable(lua_State *L);

// MARK: The part of Lua's own API that cannot raise

/// The pseudo-index of Lua's registry (LUA_REGISTRYINDEX with LUAI_MAXSTACK as built; vm.c checks it).
static const int SHIM_REGISTRY = -1000000 - 1000;

enum : int {
    SHIM_TNONE = -1, SHIM_TNIL, SHIM_TBOOLEAN, SHIM_TLIGHTUSERDATA, SHIM_TNUMBER, SHIM_TSTRING, SHIM_TTABLE,
    SHIM_TFUNCTION, SHIM_TUSERDATA, SHIM_TTHREAD,
};

int lua_absindex(lua_State *L, int idx);
int lua_gettop(lua_State *L);
void lua_settop(lua_State *L, int idx);
void lua_pushvalue(lua_State *L, int idx);
void lua_rotate(lua_State *L, int idx, int n);
int lua_checkstack(lua_State *L, int n);
void lua_xmove(lua_State *from, lua_State *to, int n);
int lua_type(lua_State *L, int idx);
int lua_isinteger(lua_State *L, int idx);
double lua_tonumberx(lua_State *L, int idx, int *isnum);
long long lua_tointegerx(lua_State *L, int idx, int *isnum);
int lua_toboolean(lua_State *L, int idx);
const void *lua_topointer(lua_State *L, int idx);
void lua_pushnil(lua_State *L);
void lua_pushnumber(lua_State *L, double n);
void lua_pushinteger(lua_State *L, long long n);
void lua_pushboolean(lua_State *L, int b);
int lua_pushthread(lua_State *L);
int lua_rawget(lua_State *L, int idx);
int lua_rawgeti(lua_State *L, int idx, long long n);
int lua_getmetatable(lua_State *L, int objindex);
int lua_setmetatable(lua_State *L, int objindex);
int lua_setiuservalue(lua_State *L, int idx, int n);
const char *lua_setupvalue(lua_State *L, int funcindex, int n);
// Class "m": these allocate.
const char *lua_pushlstring(lua_State *L, const char *s, size_t len);
/// Only for values that are strings: a number would be changed in place.
const char *lua_tolstring(lua_State *L, int idx, size_t *len);
void lua_createtable(lua_State *L, int narr, int nrec);
void lua_rawset(lua_State *L, int idx);
void lua_rawseti(lua_State *L, int idx, long long n);
int luaL_ref(lua_State *L, int t);
void luaL_unref(lua_State *L, int t, int ref);

#endif
