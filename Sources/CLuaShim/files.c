// Files of Lua's io library that were not opened by their names.
#include "shim.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static int close_file(lua_State *L) {
    luaL_Stream *file = luaL_checkudata(L, 1, LUA_FILEHANDLE);
    return luaL_fileresult(L, fclose(file->f) == 0, NULL);
}

int shim_push_file(lua_State *L, int descriptor, const char *mode) {
    errno = ENOMEM;
    FILE *stream = lua_checkstack(L, 2) ? fdopen(descriptor, mode) : NULL;
    if (stream == NULL) {
        int failure = errno;
        close(descriptor);
        return failure;
    }
    luaL_Stream *file = lua_newuserdatauv(L, sizeof *file, 0);
    file->closef = NULL;
    luaL_setmetatable(L, LUA_FILEHANDLE);
    file->f = stream;
    file->closef = close_file;
    return 0;
}
