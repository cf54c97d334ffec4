#ifndef C_POSTGRES_H
#define C_POSTGRES_H

// libpq's client interface, as much of it as the journal uses, found when a PostgreSQL address is first given: neither
// the build nor the start needs the library. The declarations are those of its documentation, "libpq — C Library".

typedef struct pg_conn postgres_connection;
typedef struct pg_result postgres_result;
typedef unsigned int postgres_type;

// One row of an address that was taken apart; the last row has no keyword.
struct postgres_option {
    char *keyword;
    char *environment;
    char *compiled;
    char *value;
    char *label;
    char *display;
    int size;
};

enum { POSTGRES_CONNECTION_BAD = 1 };

enum {
    POSTGRES_POLLING_FAILED = 0,
    POSTGRES_POLLING_READING = 1,
    POSTGRES_POLLING_WRITING = 2,
    POSTGRES_POLLING_OK = 3,
};

enum { POSTGRES_COMMAND_OK = 1, POSTGRES_TUPLES_OK = 2 };

enum { POSTGRES_FIELD_SQLSTATE = 'C', POSTGRES_FIELD_MESSAGE = 'M' };

struct postgres_library {
    postgres_connection *(*connect_start)(const char *const *keywords, const char *const *values, int expand_dbname);
    int (*connect_poll)(postgres_connection *);
    int (*status)(const postgres_connection *);
    int (*socket)(const postgres_connection *);
    char *(*error_message)(const postgres_connection *);
    void (*finish)(postgres_connection *);
    int (*set_nonblocking)(postgres_connection *, int);
    void *(*set_notice_processor)(postgres_connection *, void (*)(void *, const char *), void *);
    int (*send_query_params)(postgres_connection *, const char *sql, int count, const postgres_type *types,
                             const char *const *values, const int *lengths, const int *formats, int result_format);
    int (*flush)(postgres_connection *);
    int (*consume_input)(postgres_connection *);
    int (*is_busy)(postgres_connection *);
    postgres_result *(*get_result)(postgres_connection *);
    int (*result_status)(const postgres_result *);
    char *(*result_error_field)(const postgres_result *, int field);
    int (*row_count)(const postgres_result *);
    int (*column_count)(const postgres_result *);
    postgres_type (*column_type)(const postgres_result *, int column);
    int (*is_null)(const postgres_result *, int row, int column);
    int (*length)(const postgres_result *, int row, int column);
    char *(*value)(const postgres_result *, int row, int column);
    void (*clear)(postgres_result *);
    struct postgres_option *(*parse)(const char *address, char **error);
    void (*free_options)(struct postgres_option *);
    void (*free_memory)(void *);
};

// The library; null where it is missing, or lacks a function. The same for every call, from any thread.
const struct postgres_library *postgres_functions(void);

// Begins to connect to an address, quietly: libpq writes notices to standard error otherwise. Null without memory.
postgres_connection *postgres_connect(const struct postgres_library *, const char *address, const char *program);

#endif
