// Raises the walls of a sandbox around itself, and then does what code would do that has got out of Lua. Each word of its
// command line is something to do; what came of it is printed as a line: the word, and "ok" or an errno's name.
//
//     read=PATH write=PATH execute=PATH list=PATH run memory=BYTES      what the walls leave
//     raise                                                   raises them
//     …                                                       the table below
#define _GNU_SOURCE
#include "CSandboxWalls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int opened(const char *path, int flags) {
    int file = open(path, flags | O_CLOEXEC, 0600);
    if (file < 0) return -1;
    close(file);
    return 0;
}

// Neither to read nor to write, which asks Landlock for nothing and is enough to change a file's mode.
static int do_bare(const char *path) { return opened(path, 3); }

// To read, and to empty while it is at it.
static int do_empty(const char *path) { return opened(path, O_RDONLY | O_TRUNC); }

static int do_read(const char *path) { return opened(path, O_RDONLY | O_NONBLOCK); }
static int do_write(const char *path) { return opened(path, O_WRONLY | O_NONBLOCK); }
static int do_create(const char *path) { return opened(path, O_WRONLY | O_CREAT | O_EXCL); }
static int do_remove(const char *path) { return unlink(path); }
static int do_mode(const char *path) { return chmod(path, 0777); }
static int do_link(const char *path) { return link(path, "stolen"); }
static int do_symlink(const char *path) { return symlink(path, "stolen"); }
static int do_truncate(const char *path) { return truncate(path, 0); }
static int do_execute(const char *path) { return execl(path, path, (char *)NULL); }
static int do_signal(const char *process) { return kill((pid_t)atoi(process), SIGCONT); }
static int do_trace(const char *process) { return (int)ptrace(PTRACE_ATTACH, (pid_t)atoi(process), NULL, NULL); }

static int do_fork(const char *unused) {
    (void)unused;
    pid_t child = fork();
    if (child == 0) _exit(0);
    return child < 0 ? -1 : waitpid(child, NULL, 0) < 0 ? -1 : 0;
}

static void *nothing(void *argument) { return argument; }

static int do_thread(const char *unused) {
    (void)unused;
    pthread_t thread;
    errno = pthread_create(&thread, NULL, nothing, NULL);
    return errno == 0 ? pthread_join(thread, NULL) : -1;
}

static int do_socket(const char *kind) {
    int family = strcmp(kind, "unix") == 0 ? AF_UNIX : strcmp(kind, "packet") == 0 ? AF_PACKET : AF_INET;
    return socket(family, SOCK_STREAM, 0);
}

// Over a socket that was there before the walls.
static int inherited = -1;

static int do_connect(const char *port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return connect(inherited, (struct sockaddr *)&address, sizeof address);
}

static int do_peek(const char *process) {
    char byte;
    struct iovec here = {&byte, 1}, there = {(void *)0x400000, 1};
    return (int)process_vm_readv((pid_t)atoi(process), &here, 1, &there, 1, 0);
}

static int do_call(const char *name) {
    static const struct {
        const char *name;
        long number;
    } calls[] = {
        {"io_uring_setup", SYS_io_uring_setup}, {"bpf", SYS_bpf},         {"keyctl", SYS_keyctl},
        {"add_key", SYS_add_key},               {"unshare", SYS_unshare}, {"setns", SYS_setns},
        {"mount", SYS_mount},                   {"userfaultfd", SYS_userfaultfd},
        {"perf_event_open", SYS_perf_event_open}, {"memfd_create", SYS_memfd_create},
        {"pidfd_open", SYS_pidfd_open},         {"socketpair", SYS_socketpair},
        {"personality", SYS_personality},       {"init_module", SYS_init_module},
        {"kexec_load", SYS_kexec_load},         {"reboot", SYS_reboot},   {"chroot", SYS_chroot},
        {"inotify_init1", SYS_inotify_init1},   {"msgget", SYS_msgget},   {"shmget", SYS_shmget},
        {"setpriority", SYS_setpriority},       {"process_vm_writev", SYS_process_vm_writev},
        {"utimensat", SYS_utimensat},           {"setxattr", SYS_setxattr}, {"fchown", SYS_fchown},
        {"clone3", 435},                        {"ptrace", SYS_ptrace},
    };
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        if (strcmp(calls[i].name, name) == 0) return syscall(calls[i].number, 0, 0, 0, 0, 0, 0) < 0 ? -1 : 0;
    errno = EINVAL;
    return -1;
}

static int do_control(const char *command) { return fcntl(0, atoi(command), 0); }
static int do_prctl(const char *option) { return prctl(atoi(option), 0, 0, 0, 0); }
static int do_type(const char *unused) {
    (void)unused;
    return ioctl(0, 0x5412 /* TIOCSTI */, "x");
}

static int do_allocate(const char *bytes) {
    void *block = malloc((size_t)atoll(bytes));
    if (block == NULL) return -1;
    free(block);
    return 0;
}

// Whether a capability is left in any of the sets.
static int do_capabilities(const char *unused) {
    (void)unused;
    for (int number = 0; number < 40; number++)
        if (prctl(PR_CAPBSET_READ, number, 0, 0, 0) == 1) return 0;
    errno = EPERM;
    return -1;
}

static const struct {
    const char *name;
    int (*act)(const char *argument);
} acts[] = {
    {"open", do_read},         {"overwrite", do_write}, {"create", do_create},   {"remove", do_remove},
    {"chmod", do_mode},        {"link", do_link},       {"symlink", do_symlink}, {"truncate", do_truncate},
    {"exec", do_execute},      {"signal", do_signal},   {"trace", do_trace},     {"fork", do_fork},
    {"thread", do_thread},     {"socket", do_socket},   {"connect", do_connect}, {"peek", do_peek},
    {"call", do_call},         {"prctl", do_prctl},     {"type", do_type},       {"allocate", do_allocate},
    {"capabilities", do_capabilities}, {"bare", do_bare}, {"empty", do_empty}, {"fcntl", do_control},
};

static int act(const char *word) {
    char name[64] = {0};
    const char *argument = strchr(word, ':');
    size_t length = argument == NULL ? strlen(word) : (size_t)(argument - word);
    if (length >= sizeof name) return 2;
    memcpy(name, word, length);
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (strcmp(acts[i].name, name) != 0) continue;
        errno = 0;
        int result = acts[i].act(argument == NULL ? "" : argument + 1);
        printf("%s %s\n", word, result < 0 ? strerrorname_np(errno) : "ok");
        fflush(stdout);
        return 0;
    }
    printf("%s unknown\n", word);
    return 2;
}

int main(int count, char *words[]) {
    struct walls_rule rules[64];
    struct walls_plan plan = {.rules = rules, .descriptors = 64};
    inherited = socket(AF_INET, SOCK_STREAM, 0);
    for (int i = 1; i < count; i++) {
        char *value = strchr(words[i], '=');
        if (strcmp(words[i], "raise") == 0) {
            const char *failed = NULL, *path = NULL;
            int failure = walls_raise(&plan, &failed, &path);
            if (failure != 0) {
                printf("raise %s %s %s\n", strerrorname_np(failure), failed, path == NULL ? "" : path);
                return 1;
            }
        } else if (strcmp(words[i], "run") == 0) {
            plan.runs_programs = true;
        } else if (value != NULL && strncmp(words[i], "memory=", 7) == 0) {
            plan.memory = (uint64_t)atoll(value + 1);
        } else if (value != NULL && plan.rule_count < 64) {
            uint32_t rights = words[i][0] == 'r'   ? WALLS_READ
                              : words[i][0] == 'w' ? WALLS_WRITE
                              : words[i][0] == 'l' ? WALLS_LIST
                                                   : WALLS_EXECUTE;
            rules[plan.rule_count++] = (struct walls_rule){value + 1, rights};
        } else if (act(words[i]) != 0) {
            return 2;
        }
    }
    return 0;
}
