/* ranges.c: one array, two kinds of member. */
#include "format/ranges.h"

#include "format/json_bounds.h"

static const struct cidr_limits widest = {16, 32};

static enum err
read_prefix(const json_t *item, size_t i, struct cidr *out, struct fault *f)
{
	const json_t *v4 = json_object_get(item, "ipv4Prefix"), *v6 = json_object_get(item, "ipv6Prefix");
	const json_t *text = json_is_string(v4) ? v4 : v6;
	enum err e;

	if (!json_is_string(text))
		return fault_set(f, ERR_INVALID, "prefix %zu: ipv4Prefix or ipv6Prefix is wanted", i + 1);
	e = cidr_parse((struct str){json_string_value(text), json_string_length(text)}, widest, out, f);
	return e == ERR_NONE ? e : fault_context(f, e, "prefix %zu", i + 1);
}

enum err
ranges_read(struct arena *a, struct str text, struct cidr **out, size_t *n, struct fault *f)
{
	const json_t *prefixes;
	json_t *root;
	enum err e = json_bounds_open(text, &root, f);

	*n = 0;
	if (e != ERR_NONE)
		return e;
	prefixes = json_object_get(root, "prefixes");
	if (!json_is_array(prefixes) || json_array_size(prefixes) > RANGES_MAX)
		e = fault_set(f, ERR_INVALID, "an array \"prefixes\" is wanted");
	else if ((*out = arena_zero(a, json_array_size(prefixes) + 1, sizeof **out)) == NULL)
		e = fault_set(f, ERR_MEMORY, "no memory");
	for (size_t i = 0; e == ERR_NONE && i < json_array_size(prefixes); i++)
		e = read_prefix(json_array_get(prefixes, i), i, &(*out)[(*n)++], f);
	json_decref(root);
	return e;
}
