// A machine's life and its memory.
#include "shim.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(LUA_REGISTRYINDEX == -1000000 - 1000, "SHIM_REGISTRY in CLuaShim.h is another Lua's");

const char shim_tracebacks_key = 't', shim_messages_key = 'm', shim_interrupt_key = 'i', shim_error_metatable_key = 'e',
           shim_refusal_key = 'r', shim_overrun_key = 'o';

static bool refuses(shim_vm *vm, size_t growth) {
    if (vm->host > 0) return false;
    if (vm->fail_countdown > 0 && --vm->fail_countdown == 0) {
        // Lua collects garbage and asks once more: one failure that is to be felt is two refusals.
        vm->fail_left = vm->fail_all ? INT64_MAX : 2;
        vm->failed = true;
    }
    if (vm->fail_left > 0) {
        vm->fail_left--;
        return true;
    }
    return vm->limit != 0 && vm->used + growth > vm->limit;
}

static void *allocate(void *context, void *block, size_t old_size, size_t new_size) {
    shim_vm *vm = context;
    if (block == NULL) old_size = 0;  // then Lua passes a type tag there
    if (new_size == 0) {
        free(block);
        vm->used -= old_size;
        return NULL;
    }
    if (new_size > old_size && refuses(vm, new_size - old_size)) return NULL;
    void *moved = realloc(block, new_size);
    if (moved == NULL) {
        if (vm->host > 0) {
            fputs("decart-lua: the machine is out of memory\n", stderr);
            abort();
        }
        return NULL;
    }
    vm->used += new_size - old_size;
    return moved;
}

static int panic(lua_State *L) {
    const char *message = lua_tostring(L, -1);
    fprintf(stderr, "decart-lua: error outside any protection: %s\n", message ? message : "(not a string)");
    return 0;  // Lua aborts
}

// Lua's messages about a failed resume. It makes these strings outside any protection: if there were no memory then,
// the process would end. Short strings that exist already are found again without an allocation.
static void keep_messages(lua_State *L) {
    static const char *const messages[] = {
        "cannot resume dead coroutine", "cannot resume non-suspended coroutine", "C stack overflow",
        "error in error handling", NULL,
    };
    for (int i = 0; messages[i] != NULL; i++) {
        lua_pushstring(L, messages[i]);
        luaL_ref(L, LUA_REGISTRYINDEX);
    }
}

// What is kept about a coroutine's error is kept as long as the coroutine lives.
static void add_weak_table(lua_State *L, const void *key) {
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

static int open_libraries(lua_State *L) {
    if (!shim_of(L)->environment) {
        lua_pushboolean(L, 1);
        lua_setfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
    }
    luaL_openlibs(L);
    keep_messages(L);
    shim_find_handlers(L);
    shim_open_coroutines(L);
    shim_open_loaders(L);
    shim_open_debugging(L);
    shim_open_xpcall(L);
    shim_open_programs(L);
    add_weak_table(L, &shim_tracebacks_key);
    add_weak_table(L, &shim_messages_key);
    // As in the stand-alone interpreter.
    lua_gc(L, LUA_GCGEN, 0, 0);
    return 0;
}

lua_State *shim_open(void *owner, int (*dispatch)(void *, lua_State *, int64_t), bool bytecode, bool environment) {
    shim_vm *vm = calloc(1, sizeof *vm);
    if (vm == NULL) return NULL;
    vm->owner = owner;
    vm->dispatch = dispatch;
    vm->bytecode = bytecode;
    vm->environment = environment;
    vm->host = 1;
    lua_State *L = lua_newstate(allocate, vm);
    if (L == NULL) {
        free(vm);
        return NULL;
    }
    vm->main = L;
    *shim_space(L) = (uintptr_t)vm;
    lua_atpanic(L, panic);
    lua_setwarnf(L, shim_warn, vm);
    lua_pushcfunction(L, open_libraries);
    if (lua_pcall(L, 0, 0, 0) != LUA_OK) {
        shim_close(L);
        return NULL;
    }
    return L;
}

void shim_close(lua_State *L) {
    shim_vm *vm = shim_of(L);
    shim_forget_handler(vm->main);
    lua_close(vm->main);
    free(vm->warning);
    free(vm);
}

void shim_close_for_exit(lua_State *L, lua_State *task) {
    shim_vm *vm = shim_of(L);
    // From a finalizer that a close runs, this closes once more, as os.exit does in Lua: the other finalizers run, and
    // nothing returns to the close outside.
    if (task != NULL && shim_can_reset(task)) shim_reset(task);
    shim_forget_handler(vm->main);
    lua_close(vm->main);
}

bool shim_input_is_buffered(void) { return stdin->_IO_read_ptr < stdin->_IO_read_end; }

int shim_flush_output(void) {
    // The first failure is the one to tell: what could not be written is gone then, and the next flush has nothing to do.
    static int failure;
    bool failed = ferror(stdout) != 0;
    if (fflush(stdout) != 0 && failure == 0) failure = errno;
    return failure != 0 ? failure : failed ? -1 : 0;
}

void shim_use_one_arena(void) {
#ifdef M_ARENA_MAX
    mallopt(M_ARENA_MAX, 1);
    // What a piece of a reply leaves free the next one takes: to give it back to the system in between, and to have it
    // zeroed again, costs more than to read it.
    mallopt(M_TRIM_THRESHOLD, 4 << 20);
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

const char *shim_copyright(void) { return LUA_COPYRIGHT; }

size_t shim_memory_used(lua_State *L) { return shim_of(L)->used; }
void shim_memory_limit(lua_State *L, size_t bytes) { shim_of(L)->limit = bytes; }
bool shim_allocation_failed(lua_State *L) { return shim_of(L)->failed; }

void shim_fail_allocation(lua_State *L, int64_t n, bool then_all) {
    shim_vm *vm = shim_of(L);
    vm->fail_countdown = n;
    vm->fail_all = then_all;
    vm->fail_left = 0;
    vm->failed = false;
}

void shim_warnings(lua_State *L, bool on) { shim_of(L)->warn_on = on; }

void shim_warn_to(lua_State *L, void (*warned)(void *, const char *, size_t)) { shim_of(L)->warned = warned; }

static void give_warning(shim_vm *vm, const char *message, int continued) {
    size_t size = strlen(message);
    char *longer = realloc(vm->warning, vm->warning_size + size + 1);
    // If there is no memory for it, the piece is left out.
    if (longer != NULL) {
        memcpy(longer + vm->warning_size, message, size);
        vm->warning = longer;
        vm->warning_size += size;
    }
    if (continued) return;
    vm->warned(vm->owner, vm->warning, vm->warning_size);
    vm->warning_size = 0;
}

void shim_warn(void *context, const char *message, int continued) {
    shim_vm *vm = context;
    if (!vm->warn_continued && !continued && message[0] == '@') {
        if (strcmp(message, "@on") == 0) vm->warn_on = true;
        else if (strcmp(message, "@off") == 0) vm->warn_on = false;
        return;
    }
    if (vm->warn_on && vm->warned != NULL) {
        give_warning(vm, message, continued);
    } else if (vm->warn_on) {
        if (!vm->warn_continued) fputs("Lua warning: ", stderr);
        fputs(message, stderr);
        if (!continued) fputc('\n', stderr);
        fflush(stderr);
    }
    vm->warn_continued = continued != 0;
}
