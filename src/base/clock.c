/* clock.c: time as the rest of the program sees it. */
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int64_t
clock_now(void)
{
	struct timespec ts;

	return clock_gettime(CLOCK_REALTIME, &ts) == 0 ? (int64_t)ts.tv_sec : 0;
}

int64_t
clock_ticks(void)
{
	struct timespec ts;

	return clock_gettime(CLOCK_MONOTONIC, &ts) == 0 ? (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000
	                                                : 0;
}

void
clock_sleep_ms(unsigned ms)
{
	struct timespec ts = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

	(void)nanosleep(&ts, NULL);
}

bool
clock_zone(const char *name)
{
	char path[160];
	int n = snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);

	if (n < 0 || (size_t)n >= sizeof path || strstr(name, "..") != NULL)
		return false;
	if (strcmp(name, "UTC") != 0 && access(path, R_OK) != 0)
		return false;
	if (setenv("TZ", name, 1) != 0)
		return false;
	tzset();
	return true;
}

static struct tm
tm_of(int64_t at, bool local)
{
	time_t t = (time_t)at;
	struct tm tm = {0};

	if (local)
		(void)localtime_r(&t, &tm);
	else
		(void)gmtime_r(&t, &tm);
	return tm;
}

void
clock_rfc3339(int64_t at, char out[CLOCK_TEXT])
{
	struct tm tm = tm_of(at, false);

	if (strftime(out, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		out[0] = '\0';
}

void
clock_rfc3339_local(int64_t at, char out[CLOCK_TEXT])
{
	struct tm tm = tm_of(at, true);
	long minutes = tm.tm_gmtoff / 60;
	size_t n = strftime(out, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);

	(void)snprintf(out + n, CLOCK_TEXT - n, "%c%02ld:%02ld", minutes < 0 ? '-' : '+', labs(minutes) / 60,
	    labs(minutes) % 60);
}

void
clock_http(int64_t at, char out[CLOCK_TEXT])
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm tm = tm_of(at, false);

	(void)snprintf(out, CLOCK_TEXT, "%.3s, %02d %.3s %d %02d:%02d:%02d GMT", days + 3 * tm.tm_wday,
	    tm.tm_mday, months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

struct clock_date
clock_local(int64_t at)
{
	struct tm tm = tm_of(at, true);

	return (struct clock_date){.year = tm.tm_year + 1900,
	    .month = tm.tm_mon + 1,
	    .day = tm.tm_mday,
	    .hour = tm.tm_hour,
	    .minute = tm.tm_min,
	    .weekday = tm.tm_wday};
}

int64_t
clock_from_local(struct clock_date d)
{
	struct tm tm = {.tm_year = d.year - 1900,
	    .tm_mon = d.month - 1,
	    .tm_mday = d.day,
	    .tm_hour = d.hour,
	    .tm_min = d.minute,
	    .tm_isdst = -1};

	return (int64_t)mktime(&tm);
}

static bool
parse_number(struct str *s, size_t digits, int64_t max, int *out)
{
	int64_t n;

	if (s->len < digits || !str_to_int(str_slice(*s, 0, digits), 0, max, &n))
		return false;
	*s = str_slice(*s, digits, s->len);
	*out = (int)n;
	return true;
}

static bool
parse_mark(struct str *s, const char *any)
{
	if (s->len == 0 || strchr(any, s->at[0]) == NULL)
		return false;
	*s = str_slice(*s, 1, s->len);
	return true;
}

/* RFC 3339 5.6 time-offset: Z or +hh:mm, in seconds east. */
static bool
parse_offset(struct str *s, int *seconds)
{
	int sign = s->len > 0 && s->at[0] == '-' ? -1 : 1;
	int hours, minutes;

	*seconds = 0;
	if (parse_mark(s, "Zz"))
		return true;
	if (!parse_mark(s, "+-") || !parse_number(s, 2, 23, &hours) || !parse_mark(s, ":") ||
	    !parse_number(s, 2, 59, &minutes))
		return false;
	*seconds = sign * (hours * 3600 + minutes * 60);
	return true;
}

static bool
date_exists(const struct tm *tm)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year = tm->tm_year + 1900;
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return tm->tm_mday <= days[tm->tm_mon] + (leap && tm->tm_mon == 1);
}

/* Seconds of a date that exists, in UTC: timegm, which would ask for the zone's tables first. March begins the year,
 * so that the leap day ends it. */
static int64_t
utc_seconds(const struct tm *tm)
{
	int64_t year = tm->tm_year + 1900 - (tm->tm_mon < 2);
	int64_t month = (tm->tm_mon + 10) % 12;
	int64_t days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + tm->tm_mday -
	               719469;

	return ((days * 24 + tm->tm_hour) * 60 + tm->tm_min) * 60 + tm->tm_sec;
}

bool
clock_parse(struct str s, int64_t *out)
{
	struct tm tm = {.tm_isdst = -1};
	int offset;

	if (!parse_number(&s, 4, 9999, &tm.tm_year) || !parse_mark(&s, "-") ||
	    !parse_number(&s, 2, 12, &tm.tm_mon) || !parse_mark(&s, "-") ||
	    !parse_number(&s, 2, 31, &tm.tm_mday) || tm.tm_year < 1900 || tm.tm_mon < 1 || tm.tm_mday < 1)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	if (!date_exists(&tm))
		return false;
	if (s.len > 0) {
		if (!parse_mark(&s, "Tt ") || !parse_number(&s, 2, 23, &tm.tm_hour) || !parse_mark(&s, ":") ||
		    !parse_number(&s, 2, 59, &tm.tm_min))
			return false;
		if (parse_mark(&s, ":") && !parse_number(&s, 2, 60, &tm.tm_sec))
			return false;
		if (parse_mark(&s, "."))
			while (s.len > 0 && s.at[0] >= '0' && s.at[0] <= '9')
				s = str_slice(s, 1, s.len);
	}
	if (s.len == 0) {
		*out = (int64_t)mktime(&tm);
		return true;
	}
	if (!parse_offset(&s, &offset) || s.len > 0)
		return false;
	*out = utc_seconds(&tm) - offset;
	return true;
}
