// What a process gives up beside the walls, and how one is started with nothing.
#define _GNU_SOURCE
#include "walls.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int walls_hide_process(void) {
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) < 0) return errno;
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? errno : 0;
}

int walls_thread_count(void) {
    DIR *threads = opendir("/proc/self/task");
    if (threads == NULL) return -1;
    int count = 0;
    for (struct dirent *entry; (entry = readdir(threads)) != NULL;)
        if (entry->d_name[0] != '.') count++;
    closedir(threads);
    return count;
}

// The kernel's own interface: libcap's would be one more library. Of linux/capability.h, version 3.
static int drop_capabilities(void) {
    // Beyond the last one there is EINVAL. Without the right to drop one there is nothing to gain from it either.
    for (int number = 0; number < 64; number++)
        if (prctl(PR_CAPBSET_DROP, number, 0, 0, 0) < 0 && errno == EINVAL) break;
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    struct {
        uint32_t version;
        int process;
    } header = {0x20080522, 0};
    uint32_t none[6] = {0};
    return syscall(SYS_capset, &header, none) < 0 ? errno : 0;
}

static int limit(int resource, uint64_t most, uint64_t hard) {
    struct rlimit now;
    if (getrlimit(resource, &now) < 0) return errno;
    // What is lower already stays.
    if (now.rlim_cur > most) now.rlim_cur = most;
    if (now.rlim_max > hard) now.rlim_max = hard;
    return setrlimit(resource, &now) < 0 ? errno : 0;
}

static int set_limits(const struct walls_plan *plan) {
    int failure = limit(RLIMIT_CORE, 0, 0);
    if (failure == 0) failure = limit(RLIMIT_MEMLOCK, 0, 0);
    if (failure == 0) failure = limit(RLIMIT_MSGQUEUE, 0, 0);
    if (failure == 0) failure = limit(RLIMIT_NOFILE, plan->descriptors, plan->descriptors);
    if (failure == 0 && plan->memory != 0) failure = limit(RLIMIT_DATA, plan->memory, plan->memory);
    if (failure == 0 && plan->processor_seconds != 0)
        failure = limit(RLIMIT_CPU, plan->processor_seconds, plan->processor_seconds + 10);
    return failure;
}

int walls_raise(const struct walls_plan *plan, const char **failed, const char **path) {
    *path = NULL;
    *failed = "be ended with its keeper";
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) return errno;
    *failed = "limit itself";
    int failure = set_limits(plan);
    if (failure != 0) return failure;
    // Later this file cannot be read.
    tzset();
    if (!walls_has_library()) {
        *failed = "load libseccomp";
        return ENOENT;
    }
    *failed = "give up its capabilities";
    failure = drop_capabilities();
    if (failure != 0) return failure;
    *failed = "give up what programs may gain";
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return errno;
    *failed = "shut itself off from files";
    failure = walls_restrict_files(plan, path);
    if (failure != 0) return failure;
    *failed = "shut itself off from system calls";
    failure = walls_filter_calls(plan, walls_landlock_version());
    if (failure == 0) *failed = NULL;
    return failure;
}

int walls_spawn(char *const words[], const int descriptors[4], pid_t *process) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    if (posix_spawn_file_actions_init(&actions) != 0) return ENOMEM;
    if (posix_spawnattr_init(&attributes) != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return ENOMEM;
    }
    // The descriptors are all above 3, so that none is overwritten before it has been copied.
    int failure = 0;
    for (int i = 0; failure == 0 && i < 4; i++)
        failure = posix_spawn_file_actions_adddup2(&actions, descriptors[i], i);
    if (failure == 0) failure = posix_spawn_file_actions_addclosefrom_np(&actions, 4);
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    // Signals that the keeper ignores or catches are as they were for a new program; SIGPIPE too.
    if (failure == 0) failure = posix_spawnattr_setsigdefault(&attributes, &all);
    if (failure == 0) failure = posix_spawnattr_setsigmask(&attributes, &none);
    if (failure == 0)
        failure = posix_spawnattr_setflags(
            &attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    char *const nothing[] = {NULL};
    if (failure == 0) failure = posix_spawn(process, "/proc/self/exe", &actions, &attributes, words, nothing);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failure;
}

int walls_wait(pid_t process, int *status) {
    int how;
    for (pid_t ended; (ended = waitpid(-1, &how, 0)) != process;)
        if (ended < 0 && errno != EINTR) return errno;
    *status = WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
    return 0;
}

// The parent that a process says it has; 0 where there is no such process. Its name, in brackets, may have anything in it.
static pid_t parent_of(const char *process) {
    char path[64], text[512];
    if (snprintf(path, sizeof path, "/proc/%s/stat", process) >= (int)sizeof path) return 0;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    ssize_t count = read(file, text, sizeof text - 1);
    close(file);
    if (count <= 0) return 0;
    text[count] = 0;
    const char *end = strrchr(text, ')');
    return end == NULL || strlen(end) < 5 ? 0 : (pid_t)atoi(end + 4);
}

static pid_t spared[64];
static size_t spared_count;

static bool is_spared(pid_t process) {
    for (size_t i = 0; i < spared_count; i++)
        if (spared[i] == process) return true;
    return false;
}

// Calls `act` with each child that is there now. Returns how many there were.
static size_t each_child(void (*act)(pid_t child)) {
    DIR *processes = opendir("/proc");
    if (processes == NULL) return 0;
    pid_t self = getpid();
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(processes)) != NULL;) {
        if (entry->d_name[0] < '1' || entry->d_name[0] > '9' || parent_of(entry->d_name) != self) continue;
        pid_t child = (pid_t)atoi(entry->d_name);
        if (is_spared(child)) continue;
        act(child);
        count++;
    }
    closedir(processes);
    return count;
}

static void spare(pid_t child) {
    if (spared_count < sizeof spared / sizeof spared[0]) spared[spared_count++] = child;
}

int walls_adopt(void) {
    // A shell that has become this program may have left it children.
    each_child(spare);
    return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0 ? errno : 0;
}

static void kill_one(pid_t child) { kill(child, SIGKILL); }

void walls_kill_children(void) {
    // What a child had started is a child itself once that has ended. Whoever starts others faster than they are found is
    // found in one of the next rounds.
    while (each_child(kill_one) > 0) {
        pid_t ended;
        while ((ended = waitpid(-1, NULL, 0)) < 0 && errno == EINTR) {
        }
        if (ended < 0) return;
        while (waitpid(-1, NULL, WNOHANG) > 0) {
        }
    }
}
