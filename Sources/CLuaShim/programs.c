// `os.execute` and `io.popen` as in Lua, except that it is known which programs they have started. The C library's
// `system` ignores Ctrl-C while it waits, and `popen` hides the process: a run that is to end could neither notice nor end
// them.
#define _GNU_SOURCE
#include "shim.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHELL "/bin/sh"

extern char **environ;

/// A shell that runs a command for a script, until it is waited for.
typedef struct program {
    pid_t id;
    shim_vm *vm;
    /// What `io.popen` gave for it; NULL for `os.execute`.
    FILE *stream;
    struct program *next;
} program;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static program *programs;

// Starts the shell, whose descriptor `as` is our `end`, if that is not -1. NULL with errno.
static program *start(shim_vm *vm, const char *command, int end, int as) {
    program *new = malloc(sizeof *new);
    posix_spawn_file_actions_t actions;
    if (new == NULL || posix_spawn_file_actions_init(&actions) != 0) {
        free(new);
        errno = ENOMEM;
        return NULL;
    }
    *new = (program){.vm = vm};
    char *words[] = {"sh", "-c", "--", (char *)command, NULL};
    int failure = end < 0 ? 0 : posix_spawn_file_actions_adddup2(&actions, end, as);
    pthread_mutex_lock(&lock);
    if (failure == 0) failure = posix_spawn(&new->id, SHELL, &actions, NULL, words, environ);
    if (failure == 0) {
        new->next = programs;
        programs = new;
    }
    pthread_mutex_unlock(&lock);
    posix_spawn_file_actions_destroy(&actions);
    if (failure == 0) return new;
    free(new);
    errno = failure;
    return NULL;
}

// Waits for its end, and forgets it. Its status as `waitpid` has it, with errno 0; -1 with errno.
static int finish(program *ended) {
    siginfo_t facts;
    // It stays a zombie for now: as long as it is on the list nobody else can be given its number.
    shim_vm *vm = ended->vm;
    vm->awaits_program = 1;
    while (waitid(P_PID, (id_t)ended->id, &facts, WEXITED | WNOWAIT) < 0 && errno == EINTR) {}
    vm->awaits_program = 0;
    int status = -1;
    pthread_mutex_lock(&lock);
    int failure = waitpid(ended->id, &status, 0) < 0 ? errno : 0;
    program **link = &programs;
    while (*link != ended) link = &(*link)->next;
    *link = ended->next;
    pthread_mutex_unlock(&lock);
    free(ended);
    errno = failure;
    return failure == 0 ? status : -1;
}

static int execute(lua_State *L) {
    const char *command = luaL_optstring(L, 1, NULL);
    if (command == NULL) {
        lua_pushboolean(L, access(SHELL, X_OK) == 0);
        return 1;
    }
    program *started = start(shim_of(L), command, -1, -1);
    return luaL_execresult(L, started == NULL ? -1 : finish(started));
}

static int close_stream(lua_State *L) {
    luaL_Stream *file = luaL_checkudata(L, 1, LUA_FILEHANDLE);
    pthread_mutex_lock(&lock);
    program *of = programs;
    while (of != NULL && of->stream != file->f) of = of->next;
    pthread_mutex_unlock(&lock);
    fclose(file->f);
    return luaL_execresult(L, of == NULL ? -1 : finish(of));
}

// The stream to or from a shell that runs the command. NULL with errno.
static FILE *open_stream(lua_State *L, const char *command, bool reads) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return NULL;
    int ours = ends[reads ? 0 : 1], theirs = ends[reads ? 1 : 0];
    FILE *stream = fdopen(ours, reads ? "r" : "w");
    program *started = stream == NULL ? NULL : start(shim_of(L), command, theirs, reads ? STDOUT_FILENO : STDIN_FILENO);
    int failure = errno;
    close(theirs);
    if (started != NULL) {
        started->stream = stream;
        return stream;
    }
    if (stream != NULL) fclose(stream);
    else close(ours);
    errno = failure;
    return NULL;
}

static int open_program(lua_State *L) {
    const char *command = luaL_checkstring(L, 1);
    const char *mode = luaL_optstring(L, 2, "r");
    luaL_argcheck(L, strcmp(mode, "r") == 0 || strcmp(mode, "w") == 0, 2, "invalid mode");
    luaL_Stream *file = lua_newuserdatauv(L, sizeof *file, 0);
    file->closef = NULL;
    luaL_setmetatable(L, LUA_FILEHANDLE);
    fflush(NULL);
    file->f = open_stream(L, command, mode[0] == 'r');
    if (file->f == NULL) return luaL_fileresult(L, 0, command);
    file->closef = close_stream;
    return 1;
}

// MARK: Ending them

// The number of a process's parent; 0 where there is no such process.
static pid_t parent_of(const char *id) {
    char path[64], line[512];
    snprintf(path, sizeof path, "/proc/%.20s/stat", id);
    FILE *file = fopen(path, "re");
    if (file == NULL) return 0;
    char *read = fgets(line, sizeof line, file);
    fclose(file);
    // "7 (name) S 1 …", where the name may hold anything.
    char *name_end = read ? strrchr(line, ')') : NULL;
    int parent = 0;
    return name_end != NULL && sscanf(name_end, ") %*c %d", &parent) == 1 ? parent : 0;
}

// Adds to `found`, which holds `count` processes, those that descend from them. Returns how many there are then.
static int add_descendants(pid_t *found, int count, int room) {
    for (bool grew = true; grew && count < room;) {
        grew = false;
        DIR *folder = opendir("/proc");
        if (folder == NULL) break;
        for (struct dirent *entry; count < room && (entry = readdir(folder)) != NULL;) {
            if (!isdigit((unsigned char)entry->d_name[0])) continue;
            pid_t id = (pid_t)atoi(entry->d_name), parent = parent_of(entry->d_name);
            bool is_known = false, is_below = false;
            for (int i = 0; i < count; i++) {
                if (found[i] == id) is_known = true;
                if (found[i] == parent) is_below = true;
            }
            if (is_known || !is_below) continue;
            found[count++] = id;
            grew = true;
        }
        closedir(folder);
    }
    return count;
}

void shim_signal_programs(lua_State *L, int number) {
    // A bound for the pathological; a shell rarely has more than a few programs under it.
    enum { MOST = 1024 };
    pid_t found[MOST];
    int count = 0;
    pthread_mutex_lock(&lock);
    for (program *each = programs; each != NULL && count < MOST; each = each->next)
        if (L == NULL || each->vm == shim_of(L)) found[count++] = each->id;
    if (count > 0) count = add_descendants(found, count, MOST);
    // What is to be killed is stopped first: a shell could start the next program between the search and the end.
    for (int stopped = 0; number == SIGKILL && stopped < count;) {
        for (; stopped < count; stopped++) kill(found[stopped], SIGSTOP);
        count = add_descendants(found, count, MOST);
    }
    for (int i = 0; i < count; i++) kill(found[i], number);
    pthread_mutex_unlock(&lock);
}

void shim_open_programs(lua_State *L) {
    lua_getglobal(L, LUA_OSLIBNAME);
    lua_pushcfunction(L, execute);
    lua_setfield(L, -2, "execute");
    lua_getglobal(L, LUA_IOLIBNAME);
    lua_pushcfunction(L, open_program);
    lua_setfield(L, -2, "popen");
    lua_pop(L, 2);
}
