// What the files of this target share.
#ifndef WALLS_H
#define WALLS_H

#include "CSandboxWalls.h"

int walls_restrict_files(const struct walls_plan *plan, const char **path);
int walls_filter_calls(const struct walls_plan *plan, int landlock_version);

#endif
