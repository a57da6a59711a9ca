/* explain.c: the words of every reason. */
#include "core/explain.h"

static const char *const sentences[] = {
    [REASON_ACCESS_UNKNOWN] = "no rule knows the article's access",
    [REASON_CLOCK_WRONG] = "the clock stands before 2020",
    [REASON_ANONYMOUS] = "nobody is signed in",
    [REASON_NO_SUBSCRIPTION] = "the reader never subscribed",
    [REASON_NOT_STARTED] = "the period begins later",
    [REASON_EXPIRED] = "the period is over",
    [REASON_PLAN] = "the period is open, but the article asks for another plan",
    [REASON_PAUSED] = "the period is open, but the reader has paused it",
    [REASON_DEVICES] = "as many devices as the plan allows are reading already",
    [REASON_PUBLIC] = "everybody reads it",
    [REASON_REGISTERED] = "any reader who is signed in reads it",
    [REASON_CRAWLER] = "a search engine known by its address reads it",
    [REASON_FREE_READ] = "a free read of this month was spent on it",
    [REASON_GIFT] = "a subscriber gave it",
    [REASON_PREVIEW] = "an editor's link shows it",
    [REASON_GRACE] = "the period is over, its grace is not",
    [REASON_NETWORK] = "the visit comes from an institution's network",
    [REASON_SEAT] = "the reader has a seat of an institution",
    [REASON_SUBSCRIBED] = "the period is open",
};
_Static_assert(sizeof sentences / sizeof *sentences == REASON_COUNT, "explain every reason");

const char *
explain_reason(enum reason r)
{
	return sentences[(unsigned)r < REASON_COUNT ? r : REASON_ACCESS_UNKNOWN];
}
