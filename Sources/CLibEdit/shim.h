#include <editline/readline.h>

// libedit is set up through global variables, which Swift does not touch.
static inline void edit_complete_with(rl_completion_func_t *function) { rl_attempted_completion_function = function; }
static inline void edit_no_file_names(void) {
    rl_attempted_completion_over = 1;
    rl_completion_append_character = '\0';
}
