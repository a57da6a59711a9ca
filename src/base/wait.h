/* wait.h: conditions that are waited for until a time of clock_ticks, which nobody sets. */
#ifndef BASE_WAIT_H
#define BASE_WAIT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

bool wait_open(pthread_cond_t *cond); /* pthread_cond_destroy ends it */

/* As pthread_cond_timedwait. false: the time has come. */
bool wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t ticks);

#endif
