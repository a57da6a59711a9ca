/* clock.h: the only place that asks for the time, and how times are written. Times are epoch seconds UTC. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/str.h"

#define CLOCK_TEXT 40 /* room for any text below, with its NUL */
#define CLOCK_DAY ((int64_t)86400)

int64_t clock_now(void);   /* wall clock, for what is stored and shown */
int64_t clock_ticks(void); /* monotonic microseconds, for time limits and measurements */
void clock_sleep_ms(unsigned ms);

/* The publication's zone for all local times below ("Europe/Paris"); false when the name is unknown. */
bool clock_zone(const char *name);

void clock_rfc3339(int64_t at, char out[CLOCK_TEXT]);       /* 2024-11-15T08:00:00Z */
void clock_rfc3339_local(int64_t at, char out[CLOCK_TEXT]); /* 2024-11-15T09:00:00+01:00 */
void clock_http(int64_t at, char out[CLOCK_TEXT]); /* RFC 9110 5.6.7: Fri, 15 Nov 2024 08:00:00 GMT */

struct clock_date {
	int year, month, day, hour, minute, weekday; /* month 1..12, weekday 0 = Sunday */
};
struct clock_date clock_local(int64_t at);
int64_t clock_from_local(struct clock_date d); /* weekday is ignored; the hour that does not exist moves on */

/* "2024-11-15" (midnight in the zone), "2024-11-15 09:30" (zone), or RFC 3339 with an offset; a day that the
 * calendar has not is refused. */
bool clock_parse(struct str s, int64_t *out);

#endif
