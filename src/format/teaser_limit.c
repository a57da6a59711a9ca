/* teaser_limit.c: "20%", "3 paragraphs", "120 words". */
#include "format/teaser_limit.h"

bool
teaser_limit_parse(struct str s, struct teaser_limit *out)
{
	static const struct {
		const char *text;
		enum teaser_unit unit;
		int64_t most;
	} units[] = {{"%", TEASER_PERCENT, 99}, {" paragraphs", TEASER_PARAGRAPHS, 99},
	    {" paragraph", TEASER_PARAGRAPHS, 99}, {" words", TEASER_WORDS, 99999},
	    {" word", TEASER_WORDS, 99999}};
	int64_t n;

	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		struct str unit = str_of(units[i].text);

		if (!str_ends(s, unit))
			continue;
		if (s.at[0] == '0' || !str_to_int(str_slice(s, 0, s.len - unit.len), 1, units[i].most, &n))
			return false;
		*out = (struct teaser_limit){units[i].unit, (unsigned)n};
		return true;
	}
	return false;
}
