// Files that a keeper opens for its script process, and how they get there.
#define _GNU_SOURCE
#include "walls.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

// Of linux/openat2.h.
enum { WITHIN_MOUNT = 0x01, NO_SYMLINKS = 0x04, BENEATH = 0x08 };

struct how {
    uint64_t flags, mode, resolve;
};

static int open_how(int folder, const char *path, struct how how) {
    how.flags |= O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    long opened = syscall(437, folder, path, &how, sizeof how);
    return opened < 0 ? -errno : (int)opened;
}

int walls_open_beneath(int folder, const char *path) {
    return open_how(folder, path, (struct how){O_RDONLY, 0, BENEATH | NO_SYMLINKS | WITHIN_MOUNT});
}

int walls_open_exactly(const char *path, int flags, mode_t mode) {
    return open_how(AT_FDCWD, path, (struct how){(uint64_t)flags, flags & O_CREAT ? mode : 0, NO_SYMLINKS});
}

bool walls_is_of_proc(int file) {
    struct statfs facts;
    // What cannot be told may be.
    return fstatfs(file, &facts) < 0 || facts.f_type == 0x9fa0 /* PROC_SUPER_MAGIC */;
}

// Room for one descriptor beside a message.
union beside {
    char room[CMSG_SPACE(sizeof(int))];
    struct cmsghdr alignment;
};

int walls_send_descriptor(int socket, const void *bytes, size_t count, int descriptor) {
    union beside beside = {0};
    struct iovec part = {(void *)bytes, count};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = beside.room, .msg_controllen = sizeof beside.room};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptor);
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    ssize_t sent;
    do sent = sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : (int)sent;
}

int walls_receive(int socket, void *bytes, size_t count, int *descriptor) {
    union beside beside = {0};
    struct iovec part = {bytes, count};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = beside.room, .msg_controllen = sizeof beside.room};
    ssize_t received;
    do received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (received < 0 && errno == EINTR);
    *descriptor = -1;
    if (received < 0) return -errno;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
        header->cmsg_len == CMSG_LEN(sizeof *descriptor))
        memcpy(descriptor, CMSG_DATA(header), sizeof *descriptor);
    return (int)received;
}
