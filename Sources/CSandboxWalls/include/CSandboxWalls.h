#ifndef C_SANDBOX_WALLS_H
#define C_SANDBOX_WALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// The kernel's walls around a process that runs somebody else's script: Landlock by its system calls, seccomp by
// libseccomp, which is loaded when a sandbox is first wanted, and what else a process can give up for good. Everything
// returns 0 or an errno.

// What may be done with the files below a path.
enum : uint32_t {
    WALLS_READ = 1,
    WALLS_WRITE = 2,
    /// To be started as a program.
    WALLS_EXECUTE = 4,
    /// Which names there are in folders.
    WALLS_LIST = 8,
};

struct walls_rule {
    const char *path;
    uint32_t rights;
};

struct walls_plan {
    const struct walls_rule *rules;
    size_t rule_count;
    /// Whether other programs may be started.
    bool runs_programs;
    /// Whether the mode of an open file may be changed, which those who write need.
    bool changes_modes;
    /// Of private memory, in bytes; 0: no limit.
    uint64_t memory;
    /// Of processor time, in seconds; 0: no limit.
    uint64_t processor_seconds;
    /// Of descriptors.
    uint64_t descriptors;
};

/// The version of Landlock that this kernel has; 0 where it has none.
int walls_landlock_version(void);
/// Whether this kernel filters system calls.
bool walls_has_seccomp(void);
/// Whether libseccomp is there; it is loaded now.
bool walls_has_library(void);

/// The process cannot be traced or read by others of its user, and leaves no image of its memory when it crashes.
int walls_hide_process(void);
/// How many threads this process has; -1 if that cannot be told. The walls are those of the thread that raises them and
/// of those that it makes later, so there may be no other yet.
int walls_thread_count(void);
/// Gives up everything that the plan does not name. The process is killed when its parent's thread ends.
///
/// `failed` is set to what could not be done, and to the path it was about.
int walls_raise(const struct walls_plan *plan, const char **failed, const char **path);

/// The descriptor that a script process finds its link to the keeper as.
enum : int { WALLS_LINK = 3 };

/// Starts this very program again with `words` as its command line, an empty environment, a session of its own, and
/// nothing open but `descriptors`, which it finds as 0, 1, 2 and 3.
int walls_spawn(char *const words[], const int descriptors[4], pid_t *process);
/// From now on whatever a child leaves behind when it ends becomes this process's child. Children that are there already
/// are nobody's to kill.
int walls_adopt(void);
/// Waits for the end of a process, and buries what else ends meanwhile: but for that one
/// and those that it leaves behind, this process starts none. `status` is its exit status, or 128 and the number of the signal that ended it.
int walls_wait(pid_t process, int *status);
/// Kills every child of this process, and what they leave behind, until there is none.
void walls_kill_children(void);

/// Opens a file below a folder for reading, without leaving the folder by `..`, symbolic links or other mounts. Returns
/// the descriptor, or minus an errno.
int walls_open_beneath(int folder, const char *path);
/// Opens what is at that whole path, if no part of it is a symbolic link. Returns the descriptor, or minus an errno.
int walls_open_exactly(const char *path, int flags, mode_t mode);
/// Whether an open file is one that the kernel makes up about processes.
bool walls_is_of_proc(int file);

/// Sends bytes, not to wait for it, over a socket of a pair, and with them a copy of a descriptor. Returns how many bytes
/// were sent, or minus an errno.
int walls_send_descriptor(int socket, const void *bytes, size_t count, int descriptor);
/// Reads what has come over such a socket. `descriptor` is set to one that came with it, or to -1. Returns as `read` does,
/// or minus an errno.
int walls_receive(int socket, void *bytes, size_t count, int *descriptor);

#endif
