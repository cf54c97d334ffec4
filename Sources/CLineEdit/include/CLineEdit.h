// The prompt's line editor: libedit, loaded when there is a prompt. Linked, it and the three libraries behind it would
// cost every run a twentieth of its start.
#ifndef CLINEEDIT_H
#define CLINEEDIT_H

#include <stdbool.h>

/// Names the candidates for a word, one a call, the first with `state` 0; NULL: no more. They are freed by the editor.
typedef char *edit_candidates(const char *word, int state);
/// Answers the candidates for the word that stands between two places of the line, or NULL.
typedef char **edit_completer(const char *word, int start, int end);

/// Loads the editor; false where it is not installed. Nothing below may be called before or without it.
bool edit_open(void);

/// A line with its editing, without its end, to be freed; NULL at the end of the input, or if Ctrl-C cleared it. Ctrl-C
/// with nothing typed is the signal, unless the line continues others.
char *edit_line(const char *prompt, bool continues_chunk);
/// Whether Ctrl-C cleared the last line.
bool edit_was_cleared(void);
/// From within a completer: the whole line as it is.
const char *edit_text(void);
/// Gives the terminal back as it was.
void edit_restore_terminal(void);

void edit_read_history(const char *file);
void edit_write_history(const char *file);
void edit_add_history(const char *line);

void edit_complete_with(edit_completer *completer);
/// From within a completer: what there is to complete the word with, and nothing else (the editor would go on to names
/// of files, and put a blank behind a name).
char **edit_matches(const char *word, edit_candidates *candidates);

#endif
