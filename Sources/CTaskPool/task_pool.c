// Swift's runtime hands every job of its global executor to this hook, if it is set, by its own calling convention
// (Concurrency/Executor.h in swiftlang/swift).
#include "CTaskPool.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#define SWIFT_CONVENTION __attribute__((swiftcall))

typedef struct swift_job swift_job;
typedef SWIFT_CONVENTION void (*original_enqueue)(swift_job *);
typedef SWIFT_CONVENTION void (*enqueue_hook)(swift_job *, original_enqueue);

extern enqueue_hook swift_task_enqueueGlobal_hook;
/// An executor is two words; both are null for the global one.
extern SWIFT_CONVENTION void swift_job_run(swift_job *job, void *identity, uintptr_t implementation);

typedef struct waiting {
    swift_job *job;
    struct waiting *next;
} waiting;

enum { MOST_THREADS = 4 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static waiting *first, **last = &first;
static int threads, idle;

static void *work(void *unused) {
    (void)unused;
    pthread_mutex_lock(&lock);
    while (1) {
        while (first == NULL) {
            idle++;
            pthread_cond_wait(&changed, &lock);
            idle--;
        }
        waiting *taken = first;
        first = taken->next;
        if (first == NULL) last = &first;
        pthread_mutex_unlock(&lock);
        swift_job *job = taken->job;
        free(taken);
        swift_job_run(job, NULL, 0);
        pthread_mutex_lock(&lock);
    }
}

static SWIFT_CONVENTION void enqueue(swift_job *job, original_enqueue original) {
    waiting *added = malloc(sizeof *added);
    if (added == NULL) {
        original(job);
        return;
    }
    *added = (waiting){job, NULL};
    pthread_mutex_lock(&lock);
    *last = added;
    last = &added->next;
    pthread_t thread;
    if (idle == 0 && threads < MOST_THREADS && pthread_create(&thread, NULL, work, NULL) == 0) {
        pthread_detach(thread);
        threads++;
    }
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
}

void task_pool_use(void) { swift_task_enqueueGlobal_hook = enqueue; }
