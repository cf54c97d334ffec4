#ifndef C_TASK_POOL_H
#define C_TASK_POOL_H

/// From now on, Swift's tasks that belong to no actor run on a few threads of this pool's own instead of libdispatch's.
/// Those are watched by a timer that reads /proc/ID/stat and ends the process where that cannot be opened, which it
/// cannot be behind a sandbox's walls. To be called once, before there is any task of that kind.
void task_pool_use(void);

#endif
