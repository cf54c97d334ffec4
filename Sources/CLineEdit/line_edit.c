#include "CLineEdit.h"

#include <dlfcn.h>
#include <signal.h>
#include <stddef.h>
#include <termios.h>
#include <unistd.h>

static struct {
    char *(*readline)(const char *prompt);
    void (*rl_deprep_terminal)(void);
    void (*using_history)(void);
    int (*read_history)(const char *file);
    int (*write_history)(const char *file);
    int (*add_history)(const char *line);
    char **(*rl_completion_matches)(const char *word, edit_candidates *candidates);
    edit_completer **rl_attempted_completion_function;
    int *rl_attempted_completion_over;
    int *rl_completion_append_character;
    int (*rl_add_defun)(const char *name, int (*function)(int, int), int key);
    char **rl_line_buffer;
    int *rl_end;
    int *rl_done;
} edit;

static bool continues, was_cleared;

// The character that makes the terminal send SIGINT, while it makes none.
static cc_t interrupt_key;
static bool is_key;

// While a line is edited, Ctrl-C is a key: a signal could not be told what has been typed so far. The editor takes such
// a change of the terminal's as its user's, and keeps to it.
static void make_key(void) {
    struct termios terminal;
    if (is_key || tcgetattr(STDIN_FILENO, &terminal) != 0) return;
    interrupt_key = terminal.c_cc[VINTR];
    terminal.c_cc[VINTR] = _POSIX_VDISABLE;
    is_key = tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal) == 0;
}

static void make_signal(void) {
    struct termios terminal;
    if (!is_key || tcgetattr(STDIN_FILENO, &terminal) != 0) return;
    is_key = false;
    terminal.c_cc[VINTR] = interrupt_key;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal);
}

static int clear_line(int count, int key) {
    (void)count;
    (void)key;
    if (*edit.rl_end == 0 && !continues) {
        kill(getpid(), SIGINT);
        return 0;
    }
    was_cleared = true;
    *edit.rl_done = 1;
    return 0;
}

bool edit_open(void) {
    // Its name without the number is only there for those who compile with it.
    void *library = dlopen("libedit.so.2", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) library = dlopen("libedit.so.0", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return false;
    const struct {
        const char *name;
        void **place;
    } symbols[] = {
#define SYMBOL(name) {#name, (void **)&edit.name}
        SYMBOL(readline), SYMBOL(rl_deprep_terminal), SYMBOL(using_history), SYMBOL(read_history),
        SYMBOL(write_history), SYMBOL(add_history), SYMBOL(rl_completion_matches),
        SYMBOL(rl_attempted_completion_function), SYMBOL(rl_attempted_completion_over),
        SYMBOL(rl_completion_append_character), SYMBOL(rl_add_defun), SYMBOL(rl_line_buffer),
        SYMBOL(rl_end), SYMBOL(rl_done),
#undef SYMBOL
    };
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        *symbols[i].place = dlsym(library, symbols[i].name);
        if (*symbols[i].place == NULL) return false;
    }
    edit.using_history();
    edit.rl_add_defun("decart-clear-line", clear_line, 3);
    return true;
}

char *edit_line(const char *prompt, bool continues_chunk) {
    continues = continues_chunk;
    was_cleared = false;
    *edit.rl_done = 0;
    make_key();
    char *line = edit.readline(prompt);
    make_signal();
    return line;
}

bool edit_was_cleared(void) { return was_cleared; }

const char *edit_text(void) { return *edit.rl_line_buffer; }

void edit_restore_terminal(void) {
    edit.rl_deprep_terminal();
    make_signal();
}

void edit_read_history(const char *file) { edit.read_history(file); }

void edit_write_history(const char *file) { edit.write_history(file); }

void edit_add_history(const char *line) { edit.add_history(line); }

void edit_complete_with(edit_completer *completer) { *edit.rl_attempted_completion_function = completer; }

char **edit_matches(const char *word, edit_candidates *candidates) {
    *edit.rl_attempted_completion_over = 1;
    *edit.rl_completion_append_character = '\0';
    return edit.rl_completion_matches(word, candidates);
}
