/* svg.c: a scanner for the small part of XML that drawings are made of; what it does not know it refuses. */
#include "format/svg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct scan {
	struct str rest;
	struct fault *f;
	double width, height, box_width, box_height;
	bool seen_root, in_style;
};

static bool
is_name_end(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '/' || c == '>' || c == '=';
}

static struct str
take_name(struct str *s)
{
	struct str name = *s;

	name.len = 0;
	while (name.len < s->len && !is_name_end(s->at[name.len]))
		name.len++;
	*s = str_slice(*s, name.len, s->len);
	return name;
}

/* Without its prefix: xlink:href is href. */
static struct str
local_name(struct str name)
{
	size_t colon = str_find(name, STR(":"));

	return colon == name.len ? name : str_slice(name, colon + 1, name.len);
}

static bool
has_nocase(struct str s, struct str word)
{
	for (size_t i = 0; i + word.len <= s.len; i++)
		if (str_eq_nocase(str_slice(s, i, i + word.len), word))
			return true;
	return false;
}

/* Every url( leads into the drawing itself, and nothing is spelt by escapes. */
static bool
is_plain_style(struct str s)
{
	if (str_has(s, '\\') || has_nocase(s, STR("@import")) || has_nocase(s, STR("javascript:")) ||
	    has_nocase(s, STR("expression(")))
		return false;
	for (size_t i = 0; i + 4 <= s.len; i++) {
		if (!str_eq_nocase(str_slice(s, i, i + 4), STR("url(")))
			continue;
		for (i += 4; i < s.len && (s.at[i] == ' ' || s.at[i] == '"' || s.at[i] == '\''); i++)
			;
		if (i == s.len || s.at[i] != '#')
			return false;
	}
	return true;
}

static bool
is_own_reference(struct str value)
{
	static const char *const images[] = {
	    "data:image/png;base64,", "data:image/jpeg;base64,", "data:image/webp;base64,", NULL};

	for (size_t i = 0; images[i] != NULL; i++)
		if (str_starts(value, str_of(images[i])))
			return true;
	return value.len == 0 || value.at[0] == '#';
}

static enum err
refuse(struct scan *s, const char *what, struct str name)
{
	return fault_set(s->f, ERR_INVALID,
	    "the drawing has %s (%.*s): only still shapes and text of its own are allowed", what,
	    (int)(name.len > 40 ? 40 : name.len), name.at);
}

static double
length_of(struct str value)
{
	char text[32];
	char *end;
	double d;

	if (value.len == 0 || value.len >= sizeof text)
		return 0;
	memcpy(text, value.at, value.len);
	text[value.len] = '\0';
	d = strtod(text, &end);
	return (*end == '\0' || strcmp(end, "px") == 0) && d > 0 && d < 1e6 ? d : 0;
}

static void
root_attribute(struct scan *s, struct str name, struct str value)
{
	struct str part;
	int n = 0;

	if (str_eq(name, STR("width")))
		s->width = length_of(value);
	if (str_eq(name, STR("height")))
		s->height = length_of(value);
	while (str_eq(name, STR("viewBox")) && str_split(&value, ' ', &part)) {
		if (part.len == 0)
			continue;
		s->box_width = n == 2 ? length_of(part) : s->box_width;
		s->box_height = n == 3 ? length_of(part) : s->box_height;
		n++;
	}
}

static enum err
check_attribute(struct scan *s, struct str name, struct str value)
{
	struct str local = local_name(name);

	if (local.len > 2 && str_eq_nocase(str_slice(local, 0, 2), STR("on")))
		return refuse(s, "an event attribute", name);
	if (str_eq(name, STR("xml:base")))
		return refuse(s, "a base address", name);
	if ((str_eq_nocase(local, STR("href")) || str_eq_nocase(local, STR("src"))) &&
	    !is_own_reference(value))
		return refuse(s, "a reference to something outside", value);
	if (str_find(value, STR("&#")) < value.len)
		return refuse(s, "a character written as a number", value);
	return is_plain_style(value) ? ERR_NONE : refuse(s, "a style that leads outside", name);
}

static enum err
check_element(struct scan *s, struct str name)
{
	static const char *const foreign[] = {"script", "foreignObject", "iframe", "object", "embed", "audio",
	    "video", "handler", "listener", "set", "animate", "animateColor", "animateMotion",
	    "animateTransform", "discard", "image-set", "link", "meta", "base", "html", "body", NULL};
	struct str local = local_name(name);

	for (size_t i = 0; foreign[i] != NULL; i++)
		if (str_eq_nocase(local, str_of(foreign[i])))
			return refuse(s, "an element that does not belong in one", name);
	if (!s->seen_root && !str_eq(local, STR("svg")))
		return refuse(s, "another root than svg", name);
	return local.len == 0 ? refuse(s, "a tag without a name", STR("<")) : ERR_NONE;
}

/* Reads name="value" at the start of *tag. */
static enum err
read_attribute(struct scan *s, struct str *tag, bool root)
{
	struct str name = take_name(tag), value;
	enum err e;
	size_t end;

	*tag = str_trim(*tag);
	if (name.len == 0 || tag->len < 3 || tag->at[0] != '=')
		return refuse(s, "an attribute without a value", name);
	*tag = str_trim(str_slice(*tag, 1, tag->len));
	if (tag->len < 2 || (tag->at[0] != '"' && tag->at[0] != '\''))
		return refuse(s, "an attribute without quotes", name);
	end = str_find(str_slice(*tag, 1, tag->len), tag->at[0] == '"' ? STR("\"") : STR("'"));
	value = str_slice(*tag, 1, end + 1);
	if (end + 1 >= tag->len)
		return refuse(s, "an attribute without end", name);
	if ((e = check_attribute(s, name, value)) != ERR_NONE)
		return e;
	if (root)
		root_attribute(s, name, value);
	*tag = str_trim(str_slice(*tag, end + 2, tag->len));
	return ERR_NONE;
}

/* Where the tag at the start of s ends: the first > outside quotes; s.len when it does not. */
static size_t
tag_end(struct str s)
{
	char quote = '\0';

	for (size_t i = 1; i < s.len; i++) {
		if (quote != '\0')
			quote = s.at[i] == quote ? '\0' : quote;
		else if (s.at[i] == '"' || s.at[i] == '\'')
			quote = s.at[i];
		else if (s.at[i] == '>')
			return i;
	}
	return s.len;
}

static enum err
read_tag(struct scan *s)
{
	size_t end = tag_end(s->rest);
	struct str tag = str_slice(s->rest, 1, end), name;
	bool root = !s->seen_root;
	enum err e;

	if (end == s->rest.len)
		return refuse(s, "a tag without end", str_slice(s->rest, 0, 20));
	s->rest = str_slice(s->rest, end + 1, s->rest.len);
	s->in_style = false;
	if (tag.len > 0 && tag.at[0] == '/')
		return ERR_NONE;
	if (tag.len > 0 && tag.at[tag.len - 1] == '/')
		tag.len--;
	name = take_name(&tag);
	if ((e = check_element(s, name)) != ERR_NONE)
		return e;
	s->seen_root = true;
	s->in_style = str_eq_nocase(local_name(name), STR("style"));
	for (tag = str_trim(tag); tag.len > 0;)
		if ((e = read_attribute(s, &tag, root)) != ERR_NONE)
			return e;
	return ERR_NONE;
}

static enum err
skip_past(struct scan *s, struct str end, const char *what)
{
	size_t at = str_find(s->rest, end);

	if (at == s->rest.len)
		return refuse(s, what, str_slice(s->rest, 0, 20));
	s->rest = str_slice(s->rest, at + end.len, s->rest.len);
	return ERR_NONE;
}

static enum err
read_markup(struct scan *s)
{
	size_t end = str_find(s->rest, STR(">"));

	if (str_starts(s->rest, STR("<!--")))
		return skip_past(s, STR("-->"), "a comment without end");
	if (str_starts(s->rest, STR("<?xml ")))
		return skip_past(s, STR("?>"), "a declaration without end");
	if (str_starts(s->rest, STR("<!DOCTYPE ")) && !s->seen_root &&
	    !str_has(str_slice(s->rest, 0, end), '['))
		return skip_past(s, STR(">"), "a document type without end");
	if (str_starts(s->rest, STR("<![CDATA["))) {
		if (s->in_style && !is_plain_style(str_slice(s->rest, 0, str_find(s->rest, STR("]]>")))))
			return refuse(s, "a style that leads outside", STR("style"));
		return skip_past(s, STR("]]>"), "a section without end");
	}
	if (s->rest.len > 1 && (s->rest.at[1] == '!' || s->rest.at[1] == '?'))
		return refuse(s, "a declaration", str_slice(s->rest, 0, 20));
	return read_tag(s);
}

bool
svg_is(struct str bytes)
{
	if (str_starts(bytes, STR("\xef\xbb\xbf")))
		bytes = str_slice(bytes, 3, bytes.len);
	bytes = str_trim(bytes);
	return bytes.len > 4 && bytes.at[0] == '<' &&
	       str_find(str_slice(bytes, 0, 4096), STR("<svg")) < 4096 && str_is_utf8(bytes) &&
	       str_find(bytes, STR("<svg")) < bytes.len;
}

enum err
svg_read(struct str bytes, double *width, double *height, struct fault *f)
{
	struct scan s = {.rest = bytes, .f = f};
	enum err e = ERR_NONE;

	while (e == ERR_NONE && s.rest.len > 0) {
		size_t text = str_find(s.rest, STR("<"));

		if (s.in_style && !is_plain_style(str_slice(s.rest, 0, text)))
			e = refuse(&s, "a style that leads outside", STR("style"));
		s.rest = str_slice(s.rest, text, s.rest.len);
		if (e == ERR_NONE && s.rest.len > 0)
			e = read_markup(&s);
	}
	if (e == ERR_NONE && !s.seen_root)
		e = refuse(&s, "no svg element", STR_NONE);
	*width = s.width > 0 && s.height > 0 ? s.width : s.box_width;
	*height = s.width > 0 && s.height > 0 ? s.height : s.box_height;
	return e;
}
