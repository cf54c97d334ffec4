// Files, TCP and signals, by Landlock. The numbers are the kernel's (Documentation/userspace-api/landlock.rst): the
// system's headers may be older than its kernel.
#define _GNU_SOURCE
#include "walls.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 };
enum { WANTS_VERSION = 1, RULE_PATH_BENEATH = 1 };

#define ON_FILES(number) (UINT64_C(1) << (number))

enum : uint64_t {
    EXECUTE = ON_FILES(0),
    WRITE_FILE = ON_FILES(1),
    READ_FILE = ON_FILES(2),
    READ_FOLDER = ON_FILES(3),
    REMOVE_FOLDER = ON_FILES(4),
    REMOVE_FILE = ON_FILES(5),
    MAKE_FOLDER = ON_FILES(7),
    MAKE_FILE = ON_FILES(8),
    MOVE = ON_FILES(13),
    TRUNCATE = ON_FILES(14),
};

struct ruleset {
    uint64_t files;
    uint64_t network;
    uint64_t scoped;
};

struct path_rule {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

int walls_landlock_version(void) {
    long version = syscall(CREATE_RULESET, NULL, 0, WANTS_VERSION);
    return version < 0 ? 0 : (int)version;
}

// All that this version can forbid about files.
static uint64_t known_rights(int version) {
    int count = version >= 5 ? 16 : version >= 3 ? 15 : version == 2 ? 14 : 13;
    return ON_FILES(count) - 1;
}

static uint64_t rights_of(uint32_t wanted, bool is_folder) {
    uint64_t rights = 0;
    if (wanted & WALLS_READ) rights |= READ_FILE | (is_folder ? READ_FOLDER : 0);
    if (wanted & WALLS_EXECUTE) rights |= EXECUTE;
    if ((wanted & WALLS_LIST) && is_folder) rights |= READ_FOLDER;
    if (wanted & WALLS_WRITE) {
        rights |= WRITE_FILE | TRUNCATE;
        if (is_folder) rights |= REMOVE_FOLDER | REMOVE_FILE | MAKE_FOLDER | MAKE_FILE | MOVE;
    }
    return rights;
}

static int add(int ruleset, const struct walls_rule *rule, uint64_t known) {
    int place = open(rule->path, O_PATH | O_CLOEXEC);
    if (place < 0) return errno;
    struct stat facts;
    int failure = fstat(place, &facts) < 0 ? errno : 0;
    if (failure == 0) {
        struct path_rule added = {rights_of(rule->rights, S_ISDIR(facts.st_mode)) & known, place};
        if (added.allowed != 0 && syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, &added, 0) < 0) failure = errno;
    }
    close(place);
    return failure;
}

int walls_restrict_files(const struct walls_plan *plan, const char **path) {
    int version = walls_landlock_version();
    if (version == 0) return ENOSYS;
    struct ruleset attributes = {.files = known_rights(version)};
    size_t size = sizeof attributes.files;
    if (version >= 4) {
        attributes.network = 3;  // to bind and to connect
        size = offsetof(struct ruleset, scoped);
    }
    if (version >= 6) {
        attributes.scoped = 3;  // abstract sockets and signals
        size = sizeof attributes;
    }
    long ruleset = syscall(CREATE_RULESET, &attributes, size, 0);
    if (ruleset < 0) return errno;
    int failure = 0;
    for (size_t i = 0; failure == 0 && i < plan->rule_count; i++) {
        failure = add((int)ruleset, &plan->rules[i], attributes.files);
        if (failure != 0) *path = plan->rules[i].path;
    }
    if (failure == 0 && syscall(RESTRICT_SELF, ruleset, 0) < 0) failure = errno;
    close((int)ruleset);
    return failure;
}
