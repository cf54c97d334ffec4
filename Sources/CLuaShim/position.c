// Where the user's code is: the host's own Lua chunks do not count.
#include "shim.h"

#include <string.h>

bool shim_is_hosts_source(const char *source) { return strncmp(source, SHIM_MARK, sizeof SHIM_MARK - 1) == 0; }

static bool is_users(const lua_Debug *frame) {
    return frame->currentline > 0 && !shim_is_hosts_source(frame->source);
}

// Fills `frame` with the user's innermost line on L's stack.
static bool find_user(lua_State *L, lua_Debug *frame) {
    for (int level = 0; level < SHIM_DEEPEST && lua_getstack(L, level, frame); level++) {
        lua_getinfo(L, "Sl", frame);
        if (is_users(frame)) return true;
    }
    return false;
}

static bool find_user_in_chain(lua_State *L, lua_Debug *frame) {
    if (find_user(L, frame)) return true;
    // A coroutine made from a host function has none of the user's lines: ask those that resumed it.
    shim_vm *vm = shim_of(L);
    for (int i = (int)vm->depth - 1; i >= 0; i--)
        if (vm->chain[i] != L && find_user(vm->chain[i], frame)) return true;
    return false;
}

bool shim_push_where(lua_State *L, lua_State *of) {
    lua_Debug frame;
    if (!find_user_in_chain(of, &frame)) return false;
    lua_pushfstring(L, "%s:%d", frame.short_src, frame.currentline);
    return true;
}

// Pushes the dotted name under which a loaded library holds the function on top ("table.sort"), or NULL.
static const char *library_name(lua_State *L) {
    int function = lua_gettop(L);
    static const char *const libraries[] = {
        "_G", "string", "table", "utf8", "math", "io", "os", "debug", "package", NULL,
    };
    lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    for (int i = 0; libraries[i] != NULL; i++) {
        if (lua_getfield(L, -1, libraries[i]) == LUA_TTABLE) {
            lua_pushnil(L);
            while (lua_next(L, -2)) {
                if (lua_type(L, -2) == LUA_TSTRING && lua_rawequal(L, -1, function)) {
                    const char *name = lua_tostring(L, -2);
                    return i == 0 ? name : lua_pushfstring(L, "%s.%s", libraries[i], name);
                }
                lua_pop(L, 1);
            }
        }
        lua_pop(L, 1);
    }
    return NULL;
}

bool shim_push_called_name(lua_State *L, lua_State *of) {
    lua_Debug frame;
    int level = 0;
    while (lua_getstack(of, level, &frame)) {
        lua_getinfo(of, "Sl", &frame);
        if (is_users(&frame)) break;
        level++;
    }
    if (level == 0 || !lua_getstack(of, level - 1, &frame)) return false;
    lua_getinfo(of, "nf", &frame);
    lua_xmove(of, L, 1);
    const char *name = library_name(L);
    bool calls_another = name != NULL && (strcmp(name, "pcall") == 0 || strcmp(name, "xpcall") == 0);
    if (!calls_another) {
        if (frame.name != NULL) lua_pushstring(L, frame.name);
        return frame.name != NULL;
    }
    // What waits is what that one calls. Its name is the host's to know where it is a function of the host's in C.
    if (level == 2) return false;
    lua_pushfstring(L, "a function called by %s", name);
    return true;
}

void shim_push_position(lua_State *L) {
    lua_Debug frame;
    if (find_user_in_chain(L, &frame)) lua_pushfstring(L, "%s:%d: ", frame.short_src, frame.currentline);
    else lua_pushliteral(L, "");
}

void shim_stamp_where(lua_State *L) {
    if (!lua_istable(L, -1) || !lua_getmetatable(L, -1)) return;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &shim_error_metatable_key);
    bool ours = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    if (!ours) return;
    lua_pushliteral(L, "where");
    bool stamped = lua_rawget(L, -2) != LUA_TNIL;
    lua_pop(L, 1);
    if (stamped) return;
    lua_pushliteral(L, "where");
    if (shim_push_where(L, L)) lua_rawset(L, -3);
    else lua_pop(L, 1);
}

void shim_mark_error_metatable(lua_State *L) {
    lua_rawsetp(L, LUA_REGISTRYINDEX, &shim_error_metatable_key);
}

static void add_function_name(lua_State *L, luaL_Buffer *text, lua_Debug *frame) {
    (void)L;
    if (*frame->what == 'm') {
        luaL_addstring(text, "in main chunk");
    } else if (*frame->namewhat != '\0') {
        lua_pushfstring(L, "in %s '%s'", frame->namewhat, frame->name);
        luaL_addvalue(text);
    } else {
        lua_pushfstring(L, "in function <%s:%d>", frame->short_src, frame->linedefined);
        luaL_addvalue(text);
    }
}

// How many levels `of`'s stack has. Finding one walks there from the top, so counting them one by one would take
// minutes after an endless recursion.
static int count_levels(lua_State *of) {
    lua_Debug frame;
    int some = 0, none = 1;
    while (lua_getstack(of, none, &frame)) {
        some = none;
        none *= 2;
    }
    while (none - some > 1) {
        int middle = some + (none - some) / 2;
        if (lua_getstack(of, middle, &frame)) some = middle;
        else none = middle;
    }
    return lua_getstack(of, 0, &frame) ? none : 0;
}

// One line a frame; of a deep recursion the first and the last ten.
static void push_stack(lua_State *L, lua_State *of) {
    enum { HEAD = 10, TAIL = 11 };
    lua_Debug frame;
    int levels = count_levels(of);
    luaL_Buffer text;
    luaL_buffinit(L, &text);
    luaL_addstring(&text, "stack traceback:");
    for (int level = 0; level < levels && lua_getstack(of, level, &frame); level++) {
        if (level == HEAD && levels > HEAD + TAIL) {
            lua_pushfstring(L, "\n\t... (%d levels left out)", levels - HEAD - TAIL);
            luaL_addvalue(&text);
            level = levels - TAIL - 1;
            continue;
        }
        lua_getinfo(of, "Slnt", &frame);
        if (!is_users(&frame)) continue;
        lua_pushfstring(L, "\n\t%s:%d: ", frame.short_src, frame.currentline);
        luaL_addvalue(&text);
        add_function_name(L, &text, &frame);
        // The host calls the script itself in this way, which is not worth showing.
        if (frame.istailcall && *frame.what != 'm') luaL_addstring(&text, "\n\t(...tail calls...)");
    }
    luaL_pushresult(&text);
}

// Keeps the value on top of L for L's coroutine, under that registry key.
static void keep(lua_State *L, const void *key) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, key);
    lua_insert(L, -2);
    lua_pushthread(L);
    lua_insert(L, -2);
    lua_rawset(L, -3);
    lua_pop(L, 1);
}

int shim_keep_traceback(lua_State *L) {
    lua_settop(L, 1);
    if (lua_type(L, 1) == LUA_TSTRING || lua_type(L, 1) == LUA_TNUMBER) {
        lua_pushvalue(L, 1);
    } else if (!luaL_callmeta(L, 1, "__tostring") || lua_type(L, -1) != LUA_TSTRING) {
        lua_settop(L, 1);
        lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
    }
    keep(L, &shim_messages_key);
    push_stack(L, L);
    keep(L, &shim_tracebacks_key);
    lua_settop(L, 1);
    return 1;
}

static void push_kept(lua_State *L, lua_State *of, const void *key) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, key);
    lua_pushthread(of);
    if (L != of) lua_xmove(of, L, 1);
    lua_rawget(L, -2);
    lua_remove(L, -2);
}

void shim_push_traceback(lua_State *L, lua_State *of) { push_kept(L, of, &shim_tracebacks_key); }
void shim_push_kept_message(lua_State *L, lua_State *of) { push_kept(L, of, &shim_messages_key); }

// MARK: Waits that cannot be

// These C functions can continue after a yield, so they are never what stands in the way.
static bool goes_on(const char *name) {
    static const char *const names[] = {"pcall", "xpcall", "dofile", "require", NULL};
    for (int i = 0; names[i] != NULL; i++)
        if (strcmp(name, names[i]) == 0) return true;
    return false;
}

static const char in_handler[] = "an xpcall message handler";

// Describes the place on `co`'s stack that cannot be suspended; NULL if nothing on it is known to stand in the way.
static const char *place(lua_State *L, lua_State *co) {
    lua_Debug frame;
    bool handles = false;
    for (int level = 0; level < SHIM_DEEPEST && lua_getstack(co, level, &frame); level++) {
        int before = lua_gettop(L);
        lua_getinfo(co, "Snf", &frame);
        if (co != L) lua_xmove(co, L, 1);
        if (*frame.namewhat == 'm' && frame.name != NULL && strcmp(frame.name, "__gc") == 0) return "a __gc metamethod";
        if (lua_tocfunction(L, -1) == shim_describe) return "a __tostring metamethod";
        if (lua_tocfunction(L, -1) == shim_nowait && lua_getlocal(co, &frame, 1) != NULL) {
            if (co != L) lua_xmove(co, L, 1);
            return lua_tostring(L, -1);
        }
        if (level > 0 && *frame.what == 'C') {
            const char *name = library_name(L);
            if (name == NULL && strcmp(frame.namewhat, "for iterator") == 0)
                return "an __index metamethod called by ipairs";
            if (name != NULL && strcmp(name, "xpcall") == 0) handles = true;
            if (name != NULL && !goes_on(name)) {
                if (strcmp(name, "error") == 0) return in_handler;
                if (strcmp(name, "tostring") == 0 || strcmp(name, "print") == 0)
                    return lua_pushfstring(L, "a metamethod called by %s", name);
                if (strcmp(name, "load") == 0) return "a reader function of load";
                return lua_pushfstring(L, "a function called by %s", name);
            }
        }
        lua_settop(L, before);
    }
    // Nothing else is in the way, so it is the handler, called for an error that Lua itself raised.
    return handles ? in_handler : NULL;
}

// Raises the error that names the place on `co`'s stack, or `otherwise` if none is found.
static int refuse(lua_State *L, lua_State *co, const char *otherwise) {
    if (!lua_checkstack(co, 8) || !lua_checkstack(L, 16)) return luaL_error(L, "stack overflow");
    const char *where = place(L, co);
    if (where == NULL) where = otherwise;
    shim_push_position(L);
    lua_pushfstring(L,
        "attempt to wait inside %s, where Lua cannot suspend; wait before or after it, or start the work there with "
        "decart.spawn", where);
    lua_concat(L, 2);
    if (where == in_handler) shim_keep_refusal(L);
    return lua_error(L);
}

void shim_check_wait(lua_State *L) {
    shim_vm *vm = shim_of(L);
    int top = (int)vm->depth - 1;
    if (top < 0 || L == vm->main) refuse(L, L, "code that runs outside of any task");
    if (vm->chain[top] != L) refuse(L, L, "a coroutine that a C library resumed");
    for (int i = top; i >= 0; i--) {
        lua_State *co = vm->chain[i];
        if (vm->closing == i + 1) {
            bool task = shim_has(co, SHIM_FLAG_TASK);
            refuse(L, co, task ? "a <close> variable of a task that is stopped"
                               : "a <close> variable closed by coroutine.close");
        }
        if (!lua_isyieldable(co))
            refuse(L, co, co == vm->main ? "code that runs outside of any task" : "a function called from C");
        if (shim_has(co, SHIM_FLAG_TASK)) return;
    }
    refuse(L, L, "code that runs outside of any task");
}
