/* siret.c: Luhn's sum (ISO/IEC 7812-1 annex B), and the rule of the French post office beside it. */
#include "format/siret.h"

#include <string.h>

#define POST_OFFICE "356000000"

static bool
digits_of(struct str text, char out[SIRET_DIGITS + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == ' ')
			continue;
		if (text.at[i] < '0' || text.at[i] > '9' || n == SIRET_DIGITS)
			return false;
		out[n++] = text.at[i];
	}
	out[n] = '\0';
	return n == SIRET_DIGITS;
}

bool
siret_read(struct str text, char out[SIRET_DIGITS + 1])
{
	int plain = 0, luhn = 0;

	if (!digits_of(text, out))
		return false;
	for (size_t i = 0; i < SIRET_DIGITS; i++) {
		int d = out[i] - '0', twice = d > 4 ? 2 * d - 9 : 2 * d;

		plain += d;
		luhn += i % 2 == 0 ? twice : d;
	}
	return plain > 0 &&
	       (luhn % 10 == 0 || (memcmp(out, POST_OFFICE, sizeof POST_OFFICE - 1) == 0 && plain % 5 == 0));
}
