/* json_bounds.c: counts brackets and commas before a parser allocates for them. */
#include "format/json_bounds.h"

/* What a parser would have to hold. Wrong JSON may be counted wrongly: the parser refuses it afterwards. */
static enum err
measure(struct str text, struct fault *f)
{
	size_t depth = 0, values = 1;
	bool quoted = false;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (quoted) {
			i += c == '\\';
			quoted = c != '"';
			continue;
		}
		quoted = c == '"';
		if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && depth > 0)
			depth--;
		values += c == ',' || c == '{' || c == '[';
		if (depth > JSON_BOUNDS_DEPTH)
			return fault_set(f, ERR_INVALID, "JSON nested deeper than %d", JSON_BOUNDS_DEPTH);
		if (values > JSON_BOUNDS_VALUES)
			return fault_set(f, ERR_INVALID, "JSON with more than %d values", JSON_BOUNDS_VALUES);
	}
	return ERR_NONE;
}

enum err
json_bounds_open(struct str text, json_t **out, struct fault *f)
{
	json_error_t error;
	enum err e;

	*out = NULL;
	if (text.len > JSON_BOUNDS_BYTES)
		return fault_set(f, ERR_TOO_LARGE, "JSON over %zu bytes", JSON_BOUNDS_BYTES);
	if ((e = measure(text, f)) != ERR_NONE)
		return e;
	*out = json_loadb(text.at, text.len, JSON_REJECT_DUPLICATES, &error);
	if (*out == NULL)
		return json_error_code(&error) == json_error_out_of_memory
		           ? fault_set(f, ERR_MEMORY, "JSON: no memory")
		           : fault_set(f, ERR_INVALID, "JSON: %s", error.text);
	if (json_is_object(*out))
		return ERR_NONE;
	json_decref(*out);
	*out = NULL;
	return fault_set(f, ERR_INVALID, "JSON: an object is wanted");
}
