// Which system calls are left, by libseccomp. What is not named here fails with EPERM: also what a later kernel adds.
#define _GNU_SOURCE
#include "walls.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif

// libseccomp's interface, of its manual pages, as far as it is used.
typedef void *filter;

struct comparison {
    unsigned int argument;
    int operation;
    uint64_t value;
    uint64_t other;
};

enum { NOT_EQUAL = 1, EQUAL = 4, MASKED_EQUAL = 7 };
enum : uint32_t { ALLOW = 0x7fff0000, REFUSE = 0x00050000 };

static struct {
    filter (*init)(uint32_t standard);
    int (*resolve)(const char *name);
    int (*add)(filter, uint32_t action, int call, unsigned int count, const struct comparison *);
    int (*load)(filter);
    void (*release)(filter);
} library;

static bool is_loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load_library(void) {
    void *handle = dlopen("libseccomp.so.2", RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) return;
    static const char *const names[] = {
        "seccomp_init", "seccomp_syscall_resolve_name", "seccomp_rule_add_array", "seccomp_load", "seccomp_release",
    };
    void *functions[5];
    for (size_t i = 0; i < 5; i++) {
        functions[i] = dlsym(handle, names[i]);
        if (functions[i] == NULL) return;
    }
    memcpy(&library, functions, sizeof library);
    is_loaded = true;
}

bool walls_has_library(void) {
    pthread_once(&once, load_library);
    return is_loaded;
}

bool walls_has_seccomp(void) {
    // The kernel that can filter finds that there is no program at this address.
    return prctl(PR_SET_SECCOMP, 2 /* SECCOMP_MODE_FILTER */, NULL) < 0 && errno == EFAULT;
}

// Harmless: they touch this process, files that are open, or paths that Landlock judges.
static const char *const ordinary[] = {
    "read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "preadv2", "pwritev2", "lseek",
    "creat", "close", "close_range", "stat", "fstat", "lstat", "newfstatat", "statx",
    "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getcwd", "chdir", "fchdir", "mkdir", "mkdirat",
    "rmdir", "unlink", "unlinkat", "rename", "renameat", "renameat2", "getdents", "getdents64", "ftruncate", "fsync",
    "fdatasync", "sync_file_range", "fallocate", "fadvise64", "flock", "dup", "dup2", "dup3",
    "copy_file_range", "sendfile", "statfs", "fstatfs", "umask", "pipe", "pipe2",
    "mmap", "munmap", "mprotect", "mremap", "madvise", "brk", "msync", "mincore", "membarrier",
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "rt_sigtimedwait", "rt_sigsuspend",
    "sigaltstack", "pause", "futex", "futex_waitv", "futex_wake", "futex_wait", "futex_requeue", "set_robust_list",
    "get_robust_list", "set_tid_address", "rseq", "gettid", "getpid", "getppid", "getuid", "geteuid", "getgid",
    "getegid", "getgroups", "getresuid", "getresgid", "getpgid", "getpgrp", "getsid", "exit", "exit_group",
    "sched_yield", "sched_getaffinity", "sched_getparam", "sched_getscheduler", "sched_get_priority_max",
    "sched_get_priority_min", "getpriority", "nanosleep", "clock_nanosleep", "clock_gettime", "clock_getres",
    "gettimeofday", "time", "times", "getrusage", "getrlimit", "setrlimit", "timer_create", "timer_settime",
    "timer_gettime", "timer_getoverrun", "timer_delete", "timerfd_create", "timerfd_settime", "timerfd_gettime",
    "setitimer", "getitimer", "alarm", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait",
    "epoll_pwait2", "eventfd", "eventfd2", "poll", "ppoll", "select", "pselect6", "uname", "sysinfo", "getrandom",
    "getcpu", "arch_prctl", "wait4", "waitid", "restart_syscall",
};

// With these a program can be started.
static const char *const starting[] = {"execve", "execveat", "fork", "vfork", "setpgid", "setsid", "symlink", "symlinkat"};

static int allow(filter made, const char *name, unsigned int count, const struct comparison *comparisons) {
    int call = library.resolve(name);
    // One that this machine does not have needs no rule.
    if (call < 0) return 0;
    return -library.add(made, ALLOW, call, count, comparisons);
}

static int allow_all(filter made, const char *const names[], size_t count) {
    for (size_t i = 0; i < count; i++) {
        int failure = allow(made, names[i], 0, NULL);
        if (failure != 0) return failure;
    }
    return 0;
}

// One call, where its argument is one of these values.
static int allow_with(filter made, const char *name, unsigned int argument, const uint64_t values[], size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct comparison is = {argument, EQUAL, values[i], 0};
        int failure = allow(made, name, 1, &is);
        if (failure != 0) return failure;
    }
    return 0;
}

// Not with the access mode 3, which asks Landlock for nothing and is enough to change a file's mode. What openat2 is to do
// no filter can see; glibc does not need it.
static int allow_opening(filter made) {
    int openat2 = library.resolve("openat2");
    if (openat2 >= 0) {
        int failure = -library.add(made, REFUSE | ENOSYS, openat2, 0, NULL);
        if (failure != 0) return failure;
    }
    // Emptying a file is writing, which Landlock knows since its version 3 only.
    const struct {
        uint64_t mask, flags;
    } modes[] = {{O_ACCMODE | O_TRUNC, O_RDONLY}, {O_ACCMODE, O_WRONLY}, {O_ACCMODE, O_RDWR}};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        struct comparison of_open = {1, MASKED_EQUAL, modes[i].mask, modes[i].flags};
        struct comparison of_openat = {2, MASKED_EQUAL, modes[i].mask, modes[i].flags};
        int failure = allow(made, "open", 1, &of_open);
        if (failure == 0) failure = allow(made, "openat", 1, &of_openat);
        if (failure != 0) return failure;
    }
    return 0;
}

static int allow_threads(filter made, bool runs_programs) {
    // glibc asks for threads by clone3, whose flags no filter can see, and takes clone where there is none.
    int clone3 = library.resolve("clone3");
    if (clone3 >= 0) {
        int failure = -library.add(made, REFUSE | ENOSYS, clone3, 0, NULL);
        if (failure != 0) return failure;
    }
    const uint64_t namespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                                CLONE_NEWPID | CLONE_NEWNET;
    struct comparison thread = {0, MASKED_EQUAL, namespaces | CLONE_THREAD, CLONE_THREAD};
    struct comparison process = {0, MASKED_EQUAL, namespaces, 0};
    return allow(made, "clone", 1, runs_programs ? &process : &thread);
}

static int allow_signals(filter made, bool may_signal_programs) {
    // Landlock keeps signals inside. Where it cannot yet, or nobody else is inside, only this process gets any.
    if (may_signal_programs) return allow_all(made, (const char *const[]){"kill", "tgkill", "tkill"}, 3);
    uint64_t own[] = {(uint64_t)getpid()};
    int failure = allow_with(made, "kill", 0, own, 1);
    return failure != 0 ? failure : allow_with(made, "tgkill", 0, own, 1);
}

// Copies, flags, locks, the size of a pipe. Not what has the kernel send signals, to whom the caller likes: F_SETOWN,
// F_SETSIG, F_SETLEASE, F_NOTIFY.
static int allow_file_control(filter made) {
    uint64_t commands[] = {F_DUPFD,  F_DUPFD_CLOEXEC, F_GETFD,     F_SETFD,      F_GETFL,        F_SETFL,
                           F_GETLK,  F_SETLK,         F_SETLKW,    F_OFD_GETLK,  F_OFD_SETLK,    F_OFD_SETLKW,
                           F_SETPIPE_SZ, F_GETPIPE_SZ, F_ADD_SEALS, F_GET_SEALS};
    return allow_with(made, "fcntl", 1, commands, sizeof commands / sizeof commands[0]);
}

static int add_rules(filter made, const struct walls_plan *plan, int landlock_version) {
    int failure = allow_all(made, ordinary, sizeof ordinary / sizeof ordinary[0]);
    if (failure == 0) failure = allow_opening(made);
    if (failure == 0) failure = allow_file_control(made);
    if (failure == 0) failure = allow_threads(made, plan->runs_programs);
    if (failure == 0) failure = allow_signals(made, plan->runs_programs && landlock_version >= 6);
    // Of this process only: 0, or its number.
    uint64_t self[] = {0, (uint64_t)getpid()};
    if (failure == 0) failure = allow_with(made, "prlimit64", 0, self, 2);
    // libdispatch sets the priority of its own threads; those of others, or of a user, are not for it to set.
    struct comparison own_thread[] = {{0, EQUAL, PRIO_PROCESS, 0}, {1, EQUAL, 0, 0}};
    if (failure == 0) failure = allow(made, "setpriority", 2, own_thread);
    uint64_t names[] = {PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE, PR_SET_VMA};
    if (failure == 0) failure = allow_with(made, "prctl", 0, names, 4);
    // Questions, and what stdio asks: nothing that types for the user or changes a terminal.
    uint64_t requests[] = {TCGETS, FIONREAD, TIOCGWINSZ, FIONBIO, FIOCLEX, FIONCLEX};
    if (failure == 0) failure = allow_with(made, "ioctl", 1, requests, 6);
    // Over the link to the keeper, which is the only socket there is, files come that the user was asked about.
    uint64_t link[] = {WALLS_LINK};
    if (failure == 0) failure = allow_with(made, "recvmsg", 0, link, 1);
    // Said to have been done, and not done: no filter can see whose file it is.
    int fchmod = library.resolve("fchmod");
    if (failure == 0 && plan->changes_modes && fchmod >= 0) failure = -library.add(made, REFUSE | 0, fchmod, 0, NULL);
    if (failure == 0 && plan->runs_programs)
        failure = allow_all(made, starting, sizeof starting / sizeof starting[0]);
    return failure;
}

int walls_filter_calls(const struct walls_plan *plan, int landlock_version) {
    if (!walls_has_library()) return ENOENT;
    filter made = library.init(REFUSE | EPERM);
    if (made == NULL) return ENOMEM;
    int failure = add_rules(made, plan, landlock_version);
    if (failure == 0) failure = -library.load(made);
    library.release(made);
    return failure;
}
