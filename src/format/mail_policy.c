/* mail_policy.c: tag lists and mechanisms, read as far as a judgement needs. */
#include "format/mail_policy.h"

#define RSA_1024_BYTES 160 /* of a DER public key, about; 2048 bits take 294 */
#define RSA_2048_BYTES 290

/* The one record that begins with the version; n: how many do. */
static struct str
find_record(const struct str *texts, size_t count, struct str version, size_t *n)
{
	struct str found = STR_NONE;

	*n = 0;
	for (size_t i = 0; i < count; i++)
		if (str_starts(texts[i], version) &&
		    (texts[i].len == version.len || texts[i].at[version.len] == ' ' ||
		        texts[i].at[version.len] == ';')) {
			found = texts[i];
			(*n)++;
		}
	return *n == 1 ? found : STR_NONE;
}

static struct policy
judged(enum policy_mark mark, const char *words, struct str record)
{
	return (struct policy){mark, words, record};
}

struct policy
policy_spf(const struct str *texts, size_t count)
{
	size_t n;
	struct str record = find_record(texts, count, STR("v=spf1"), &n), rest = record, word,
	           last = STR_NONE;

	if (n == 0)
		return judged(POLICY_BAD, "no v=spf1 record: say which servers send for the domain", record);
	if (n > 1)
		return judged(
		    POLICY_BAD, "more than one v=spf1 record: receivers take that for none", record);
	while (str_split(&rest, ' ', &word))
		if (word.len > 0)
			last = word;
	if (str_eq(last, STR("+all")) || str_eq(last, STR("all")))
		return judged(POLICY_BAD, "+all lets the whole world send for the domain", record);
	if (str_eq(last, STR("-all")) || str_eq(last, STR("~all")) || str_starts(last, STR("redirect=")))
		return judged(POLICY_GOOD, "published", record);
	return judged(
	    POLICY_WEAK, "ends neither with ~all nor with -all: says nothing about strangers", record);
}

/* The value of a tag of "a=b; c=d"; at NULL when there is none. */
static struct str
tag(struct str record, struct str name)
{
	struct str part, key;

	while (str_split(&record, ';', &part)) {
		struct str value = part;

		if (str_split(&value, '=', &key) && value.at != NULL && str_eq(str_trim(key), name))
			return str_trim(value);
	}
	return (struct str){NULL, 0};
}

/* Bytes behind base64, in which records may have spaces. */
static size_t
decoded_bytes(struct str base64)
{
	size_t n = 0;

	for (size_t i = 0; i < base64.len; i++)
		if (base64.at[i] != ' ' && base64.at[i] != '\t' && base64.at[i] != '=')
			n++;
	return n * 3 / 4;
}

struct policy
policy_dkim(const struct str *texts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct str key = tag(texts[i], STR("p")), kind = tag(texts[i], STR("k"));
		size_t bytes = decoded_bytes(key);

		if (key.at == NULL)
			continue;
		if (key.len == 0)
			return judged(POLICY_BAD, "the key was revoked (p= is empty)", texts[i]);
		if (str_eq(kind, STR("ed25519")))
			return judged(POLICY_WEAK,
			    "an Ed25519 key alone: many receivers want an RSA key beside it", texts[i]);
		if (bytes < RSA_1024_BYTES)
			return judged(POLICY_BAD, "shorter than 1024 bits: receivers refuse it", texts[i]);
		return bytes < RSA_2048_BYTES ? judged(POLICY_WEAK, "shorter than 2048 bits", texts[i])
		                              : judged(POLICY_GOOD, "published", texts[i]);
	}
	return judged(POLICY_BAD, "no key: publish the one that the mail server signs with", STR_NONE);
}

struct policy
policy_dmarc(const struct str *texts, size_t count)
{
	size_t n;
	struct str record = find_record(texts, count, STR("v=DMARC1"), &n), policy = tag(record, STR("p"));

	if (n != 1)
		return judged(POLICY_BAD,
		    n == 0 ? "no v=DMARC1 record: bulk mail to large providers needs one"
		           : "more than one v=DMARC1 record: receivers take that for none",
		    record);
	if (str_eq(policy, STR("reject")) || str_eq(policy, STR("quarantine")))
		return judged(POLICY_GOOD, "published", record);
	if (!str_eq(policy, STR("none")))
		return judged(POLICY_BAD, "p= is none, quarantine or reject", record);
	return tag(record, STR("rua")).len > 0
	           ? judged(POLICY_WEAK,
	                 "p=none: only watches; go on to quarantine when the reports are clean", record)
	           : judged(POLICY_WEAK, "p=none without rua=: nobody hears about forgeries", record);
}
