/* Counts what a process writes to the files of a trail (audit.db and its log), and fails chosen ones. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

long n_syncs = 0;
long n_operations = 0;
long fail_at = 0;    /* number of the first operation that fails; 0 for none */
long fail_for = 0;   /* how many fail */
long fail_errno = 0; /* what they fail with; -1 kills the process instead */

static int watched(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    char *name = strrchr(path, '/');
    return name && (!strcmp(name, "/audit.db") || !strcmp(name, "/audit.db-wal"));
}

static int fails(int fd) {
    if (!watched(fd)) return 0;
    n_operations++;
    if (!fail_at || n_operations < fail_at || n_operations >= fail_at + fail_for) return 0;
    if (fail_errno == -1) kill(getpid(), SIGKILL);
    errno = (int)fail_errno;
    return 1;
}

#define REAL(name, type) ((type)dlsym(RTLD_NEXT, #name))

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    if (fails(fd)) return -1;
    return REAL(pwrite64, ssize_t (*)(int, const void *, size_t, off64_t))(fd, data, size, at);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    if (fails(fd)) return -1;
    return REAL(pwrite, ssize_t (*)(int, const void *, size_t, off_t))(fd, data, size, at);
}

ssize_t write(int fd, const void *data, size_t size) {
    if (fails(fd)) return -1;
    return REAL(write, ssize_t (*)(int, const void *, size_t))(fd, data, size);
}

int fsync(int fd) {
    if (watched(fd)) n_syncs++;
    if (fails(fd)) return -1;
    return REAL(fsync, int (*)(int))(fd);
}

int fdatasync(int fd) {
    if (watched(fd)) n_syncs++;
    if (fails(fd)) return -1;
    return REAL(fdatasync, int (*)(int))(fd);
}
