#include "CPostgres.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

static struct postgres_library library;
static int is_loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const struct {
    const char *name;
    size_t offset;
} functions[] = {
    {"PQconnectStartParams", offsetof(struct postgres_library, connect_start)},
    {"PQconnectPoll", offsetof(struct postgres_library, connect_poll)},
    {"PQstatus", offsetof(struct postgres_library, status)},
    {"PQsocket", offsetof(struct postgres_library, socket)},
    {"PQerrorMessage", offsetof(struct postgres_library, error_message)},
    {"PQfinish", offsetof(struct postgres_library, finish)},
    {"PQsetnonblocking", offsetof(struct postgres_library, set_nonblocking)},
    {"PQsetNoticeProcessor", offsetof(struct postgres_library, set_notice_processor)},
    {"PQsendQueryParams", offsetof(struct postgres_library, send_query_params)},
    {"PQflush", offsetof(struct postgres_library, flush)},
    {"PQconsumeInput", offsetof(struct postgres_library, consume_input)},
    {"PQisBusy", offsetof(struct postgres_library, is_busy)},
    {"PQgetResult", offsetof(struct postgres_library, get_result)},
    {"PQresultStatus", offsetof(struct postgres_library, result_status)},
    {"PQresultErrorField", offsetof(struct postgres_library, result_error_field)},
    {"PQntuples", offsetof(struct postgres_library, row_count)},
    {"PQnfields", offsetof(struct postgres_library, column_count)},
    {"PQftype", offsetof(struct postgres_library, column_type)},
    {"PQgetisnull", offsetof(struct postgres_library, is_null)},
    {"PQgetlength", offsetof(struct postgres_library, length)},
    {"PQgetvalue", offsetof(struct postgres_library, value)},
    {"PQclear", offsetof(struct postgres_library, clear)},
    {"PQconninfoParse", offsetof(struct postgres_library, parse)},
    {"PQconninfoFree", offsetof(struct postgres_library, free_options)},
    {"PQfreemem", offsetof(struct postgres_library, free_memory)},
};

static void load(void) {
    // Its major version: functions are added under it, never taken away.
    void *handle = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) return;
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        void *function = dlsym(handle, functions[i].name);
        if (function == NULL) return;
        memcpy((char *)&library + functions[i].offset, &function, sizeof function);
    }
    is_loaded = 1;
}

const struct postgres_library *postgres_functions(void) {
    pthread_once(&once, load);
    return is_loaded ? &library : NULL;
}

static void ignore(void *context, const char *message) {
    (void)context;
    (void)message;
}

postgres_connection *postgres_connect(
    const struct postgres_library *pq, const char *address, const char *program) {
    const char *const keywords[] = {"dbname", "fallback_application_name", "client_encoding", NULL};
    const char *const values[] = {address, program, "UTF8", NULL};
    postgres_connection *connection = pq->connect_start(keywords, values, 1);
    if (connection != NULL) pq->set_notice_processor(connection, ignore, NULL);
    return connection;
}
