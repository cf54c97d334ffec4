// The userdata that stand for the host's objects. What one keeps alive, a task's coroutine, is its user value: the host
// holds the coroutine's address, so no script may put another value there (see debugging.c).
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
