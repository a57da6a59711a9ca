/* markdown_bounds.c: what is refused before libcmark sees it. */
#include "format/markdown_bounds.h"

#define DEEPEST_LINE 32                   /* quotes and lists that one line may open */
#define FARTHEST 100                      /* columns before what such a line holds */
#define MOST_BRACKETS 10000               /* cmark 0.30.2 is quadratic in "![[]()" */
#define MOST_EXPANSION ((size_t)64 << 20) /* brackets times source, where references are defined */

/* "* * *" and the like open nothing, however long. */
static bool
is_rule(struct str line)
{
	line = str_trim(line);
	for (size_t i = 0; i < line.len; i++)
		if (line.at[i] != line.at[0] && line.at[i] != ' ' && line.at[i] != '\t')
			return false;
	return line.len > 0 && (line.at[0] == '-' || line.at[0] == '*' || line.at[0] == '_');
}

/* How many quotes and lists the line opens by its first characters. One that opens any far to the right counts as too
 * many: libcmark looks at every open list for every blank line. */
static unsigned
line_depth(struct str line)
{
	unsigned depth = 0, column = 0;

	for (size_t i = 0; i < line.len && column <= FARTHEST; i++) {
		char c = line.at[i];
		bool spaced = i + 1 == line.len || line.at[i + 1] == ' ' || line.at[i + 1] == '\t';

		if (c == '>' || ((c == '-' || c == '+' || c == '*' || c == '.' || c == ')') && spaced))
			depth++;
		else if (c != ' ' && c != '\t' && (c < '0' || c > '9'))
			break;
		column += c == '\t' ? 4 : 1;
	}
	if (depth > 0 && column > FARTHEST)
		depth = DEEPEST_LINE + 1;
	return depth > DEEPEST_LINE && is_rule(line) ? 0 : depth;
}

enum err
markdown_check(struct str source, struct fault *f)
{
	struct str rest = source, line;
	size_t brackets = 0;
	unsigned number = 0;

	if (source.len > MARKDOWN_MAX)
		return fault_set(f, ERR_TOO_LARGE,
		    "the text has %zu bytes, at most %zu (256 KiB) are allowed", source.len, MARKDOWN_MAX);
	while (str_split(&rest, '\n', &line)) {
		number++;
		if (!str_is_utf8(line))
			return fault_set(
			    f, ERR_INVALID, "line %u: not UTF-8: save the file in that encoding", number);
		if (line_depth(line) > DEEPEST_LINE)
			return fault_set(f, ERR_INVALID,
			    "line %u: opens more than %d quotes or lists, or one too far to the right",
			    number, DEEPEST_LINE);
	}
	for (size_t i = 0; i < source.len; i++)
		brackets += source.at[i] == '[';
	if (brackets > MOST_BRACKETS ||
	    (str_find(source, STR("]:")) < source.len && brackets > MOST_EXPANSION / source.len))
		return fault_set(f, ERR_INVALID, "line 1: too many brackets for one text: %zu", brackets);
	return ERR_NONE;
}
