/* meter.h: the calendar of free reads, and the sealed cookie that holds a stranger's count and opened gifts. */
#ifndef CORE_METER_H
#define CORE_METER_H

#include "core/keyring.h"

#define METER_COOKIE "__Host-meter"
#define METER_TOKEN 2048 /* room for a token and its NUL */
#define METER_MONTH 8    /* room for 2026-11 and its NUL */
#define METER_READS 30
#define METER_GIFTS 8
#define METER_ID 16

struct meter_gift {
	int64_t gift_id, article_id, expires_at;
};

/* What a stranger's cookie says. The number in it is random and known to nobody else. */
struct meter_card {
	uint8_t id[METER_ID];
	bool fresh;    /* no cookie came, or none of ours: the number is new */
	int32_t month; /* of reads and closed */
	bool closed;   /* the stranger's network has none left */
	size_t read_count, gift_count;
	int64_t reads[METER_READS]; /* articles opened this month */
	struct meter_gift gifts[METER_GIFTS];
};

/* Months in the publication's zone, counted from year 0. */
int32_t meter_month(int64_t now);
int64_t meter_month_end(int32_t month); /* the first second of the next one */
void meter_month_text(int32_t month, char out[METER_MONTH]);

/* Whatever is wrong with the token, the card is a new one. What is over (last month's reads, old gifts) is left out. */
void meter_open(
    const struct keyring *ring, struct str site_url, struct str token, int64_t now, struct meter_card *out);
bool meter_seal(
    const struct keyring *ring, struct str site_url, const struct meter_card *card, char out[METER_TOKEN]);
int64_t meter_life(const struct meter_card *card, int64_t now); /* seconds until nothing in it counts */

bool meter_has_read(const struct meter_card *card, int64_t article_id);
const struct meter_gift *meter_gift_of(const struct meter_card *card, int64_t article_id); /* or NULL */
void meter_add_gift(struct meter_card *card, struct meter_gift gift); /* the one that ends first makes room */

#endif
