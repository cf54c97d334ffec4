#include "CLineEdit.h"

#include <dlfcn.h>
#include <stddef.h>

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
} edit;

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
        SYMBOL(rl_completion_append_character),
#undef SYMBOL
    };
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        *symbols[i].place = dlsym(library, symbols[i].name);
        if (*symbols[i].place == NULL) return false;
    }
    edit.using_history();
    return true;
}

char *edit_line(const char *prompt) { return edit.readline(prompt); }

void edit_restore_terminal(void) { edit.rl_deprep_terminal(); }

void edit_read_history(const char *file) { edit.read_history(file); }

void edit_write_history(const char *file) { edit.write_history(file); }

void edit_add_history(const char *line) { edit.add_history(line); }

void edit_complete_with(edit_completer *completer) { *edit.rl_attempted_completion_function = completer; }

char **edit_matches(const char *word, edit_candidates *candidates) {
    *edit.rl_attempted_completion_over = 1;
    *edit.rl_completion_append_character = '\0';
    return edit.rl_completion_matches(word, candidates);
}
