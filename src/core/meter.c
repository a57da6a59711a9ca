/* meter.c: months, and the card in bytes: version, number, month, closed, reads, gifts; integers of 8 bytes, low first. */
#include "core/meter.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/token.h"
#include "core/seal.h"

#define VERSION 1
#define CARD_BYTES (1 + METER_ID + 8 * (4 + METER_READS + 3 * METER_GIFTS))

int32_t
meter_month(int64_t now)
{
	struct clock_date d = clock_local(now);

	return (int32_t)(d.year * 12 + d.month - 1);
}

int64_t
meter_month_end(int32_t month)
{
	return clock_from_local(
	    (struct clock_date){.year = (month + 1) / 12, .month = (month + 1) % 12 + 1, .day = 1});
}

void
meter_month_text(int32_t month, char out[METER_MONTH])
{
	unsigned year = (unsigned)month / 12 % 10000, m = (unsigned)month % 12 + 1;

	(void)snprintf(out, METER_MONTH, "%04u-%02u", year, m);
}

static void
put(uint8_t **at, int64_t n)
{
	uint64_t u = (uint64_t)n;

	for (int i = 0; i < 8; i++)
		*(*at)++ = (uint8_t)(u >> (8 * i));
}

/* What is left to read of a card's bytes; short once more was asked for than there is. */
struct card_bytes {
	const uint8_t *at, *end;
	bool short_of;
};

static int64_t
take(struct card_bytes *b)
{
	uint64_t u = 0;

	if (b->end - b->at < 8) {
		b->short_of = true;
		return 0;
	}
	for (int i = 0; i < 8; i++)
		u |= (uint64_t)*b->at++ << (8 * i);
	return (int64_t)u;
}

static size_t
take_count(struct card_bytes *b, size_t most)
{
	int64_t n = take(b);

	if (n < 0 || (uint64_t)n > most)
		b->short_of = true;
	return b->short_of ? 0 : (size_t)n;
}

static bool
read_card(const uint8_t *bytes, size_t n, struct meter_card *out)
{
	struct card_bytes b = {bytes + 1 + METER_ID, bytes + n, false};

	if (n < 1 + METER_ID || bytes[0] != VERSION)
		return false;
	*out = (struct meter_card){.fresh = false};
	memcpy(out->id, bytes + 1, METER_ID);
	out->month = (int32_t)take(&b);
	out->closed = take(&b) != 0;
	out->read_count = take_count(&b, METER_READS);
	for (size_t i = 0; i < out->read_count; i++)
		out->reads[i] = take(&b);
	out->gift_count = take_count(&b, METER_GIFTS);
	for (size_t i = 0; i < out->gift_count; i++) {
		out->gifts[i].gift_id = take(&b);
		out->gifts[i].article_id = take(&b);
		out->gifts[i].expires_at = take(&b);
	}
	return !b.short_of && b.at == b.end;
}

static void
drop_what_is_over(struct meter_card *card, int64_t now)
{
	size_t kept = 0;
	int32_t month = meter_month(now);

	if (card->month != month) {
		card->month = month;
		card->closed = false;
		card->read_count = 0;
	}
	for (size_t i = 0; i < card->gift_count; i++)
		if (card->gifts[i].expires_at > now)
			card->gifts[kept++] = card->gifts[i];
	card->gift_count = kept;
}

void
meter_open(
    const struct keyring *ring, struct str site_url, struct str token, int64_t now, struct meter_card *out)
{
	uint8_t bytes[CARD_BYTES];
	size_t n = 0;

	if (token.len == 0 ||
	    seal_open(ring, SEAL_METER, site_url, token, bytes, sizeof bytes, &n) != ERR_NONE ||
	    !read_card(bytes, n, out)) {
		*out = (struct meter_card){.fresh = true};
		token_random(out->id, sizeof out->id);
	}
	drop_what_is_over(out, now);
}

bool
meter_seal(
    const struct keyring *ring, struct str site_url, const struct meter_card *card, char out[METER_TOKEN])
{
	uint8_t bytes[CARD_BYTES], *at = bytes;

	*at++ = VERSION;
	memcpy(at, card->id, METER_ID);
	at += METER_ID;
	put(&at, card->month);
	put(&at, card->closed);
	put(&at, (int64_t)card->read_count);
	for (size_t i = 0; i < card->read_count; i++)
		put(&at, card->reads[i]);
	put(&at, (int64_t)card->gift_count);
	for (size_t i = 0; i < card->gift_count; i++) {
		put(&at, card->gifts[i].gift_id);
		put(&at, card->gifts[i].article_id);
		put(&at, card->gifts[i].expires_at);
	}
	return seal_make(ring, SEAL_METER, site_url, (struct str){(const char *)bytes, (size_t)(at - bytes)},
	    out, METER_TOKEN);
}

int64_t
meter_life(const struct meter_card *card, int64_t now)
{
	int64_t end = meter_month_end(card->month);

	for (size_t i = 0; i < card->gift_count; i++)
		if (card->gifts[i].expires_at > end)
			end = card->gifts[i].expires_at;
	return end > now ? end - now : 0;
}

bool
meter_has_read(const struct meter_card *card, int64_t article_id)
{
	for (size_t i = 0; i < card->read_count; i++)
		if (card->reads[i] == article_id)
			return true;
	return false;
}

const struct meter_gift *
meter_gift_of(const struct meter_card *card, int64_t article_id)
{
	for (size_t i = 0; i < card->gift_count; i++)
		if (card->gifts[i].article_id == article_id)
			return &card->gifts[i];
	return NULL;
}

void
meter_add_gift(struct meter_card *card, struct meter_gift gift)
{
	size_t at = card->gift_count, first = 0;

	for (size_t i = 0; i < card->gift_count; i++) {
		if (card->gifts[i].article_id == gift.article_id)
			at = i;
		if (card->gifts[i].expires_at < card->gifts[first].expires_at)
			first = i;
	}
	if (at == METER_GIFTS)
		at = first;
	else if (at == card->gift_count)
		card->gift_count++;
	card->gifts[at] = gift;
}
