/* request.c: CGI variables to a request. */
#include "web/request.h"

#include <string.h>

#include "base/clock.h"
#include "core/meter.h"
#include "format/cookie.h"

#define VARIABLES_MAX 256
#define VARIABLES_BYTES ((size_t)64 * 1024)

enum variable {
	VAR_METHOD,
	VAR_URI,
	VAR_COOKIE,
	VAR_ACCEPT_ENCODING,
	VAR_IF_NONE_MATCH,
	VAR_CONTENT_TYPE,
	VAR_CONTENT_LENGTH,
	VAR_ORIGIN,
	VAR_FETCH_SITE,
	VAR_REQUEST_ID,
	VAR_REMOTE_ADDR,
	VAR_USER_AGENT,
	VAR_REFERER,
	VAR_GPC,
	VAR_DNT,
	VAR_LANE,
	VAR_STRIPE_SIGNATURE,
	VAR_COUNT
};

static const struct str names[] = {
    [VAR_METHOD] = STR_LITERAL("REQUEST_METHOD="),
    [VAR_URI] = STR_LITERAL("REQUEST_URI="),
    [VAR_COOKIE] = STR_LITERAL("HTTP_COOKIE="),
    [VAR_ACCEPT_ENCODING] = STR_LITERAL("HTTP_ACCEPT_ENCODING="),
    [VAR_IF_NONE_MATCH] = STR_LITERAL("HTTP_IF_NONE_MATCH="),
    [VAR_CONTENT_TYPE] = STR_LITERAL("CONTENT_TYPE="),
    [VAR_CONTENT_LENGTH] = STR_LITERAL("CONTENT_LENGTH="),
    [VAR_ORIGIN] = STR_LITERAL("HTTP_ORIGIN="),
    [VAR_FETCH_SITE] = STR_LITERAL("HTTP_SEC_FETCH_SITE="),
    [VAR_REQUEST_ID] = STR_LITERAL("REQUEST_ID="),
    [VAR_REMOTE_ADDR] = STR_LITERAL("REMOTE_ADDR="),
    [VAR_USER_AGENT] = STR_LITERAL("HTTP_USER_AGENT="),
    [VAR_REFERER] = STR_LITERAL("HTTP_REFERER="),
    [VAR_GPC] = STR_LITERAL("HTTP_SEC_GPC="),
    [VAR_DNT] = STR_LITERAL("HTTP_DNT="),
    [VAR_LANE] = STR_LITERAL("POTERNE_LANE="),
    [VAR_STRIPE_SIGNATURE] = STR_LITERAL("HTTP_STRIPE_SIGNATURE="),
};

/* Which variable this is; the ninth byte tells nearly all of them apart. VAR_COUNT: none of ours. */
static enum variable
variable_of(struct str s)
{
	enum variable one = VAR_COUNT, other = VAR_COUNT;

	switch (s.len > 8 ? s.at[8] : '\0') {
	case 'M': one = VAR_METHOD; break;
	case 'U': one = VAR_URI; break;
	case 'K': one = VAR_COOKIE; break;
	case 'E': one = VAR_ACCEPT_ENCODING, other = VAR_REFERER; break;
	case 'N': one = VAR_IF_NONE_MATCH; break;
	case 'T': one = VAR_CONTENT_TYPE; break;
	case 'L': one = VAR_CONTENT_LENGTH, other = VAR_LANE; break;
	case 'G': one = VAR_ORIGIN; break;
	case '_': one = VAR_FETCH_SITE, other = VAR_GPC; break;
	case 'I': one = VAR_REQUEST_ID, other = VAR_STRIPE_SIGNATURE; break;
	case 'D': one = VAR_REMOTE_ADDR; break;
	case 'R': one = VAR_USER_AGENT; break;
	case '=': one = VAR_DNT; break;
	default: return VAR_COUNT;
	}
	if (str_starts(s, names[one]))
		return one;
	return other != VAR_COUNT && str_starts(s, names[other]) ? other : VAR_COUNT;
}

struct variables {
	struct str values[VAR_COUNT];
	unsigned seen[VAR_COUNT];
};

/* nginx passes two Cookie headers as two variables; joined they are one, as RFC 6265bis 4.2 reads them (SE6). */
static bool
take_variable(struct variables *v, enum variable i, struct str value, struct arena *a)
{
	v->seen[i]++;
	if (v->seen[i] == 1 || i != VAR_COOKIE)
		v->values[i] = value;
	else
		v->values[i] = arena_printf(a, STR_FMT "; " STR_FMT, STR_ARG(v->values[i]), STR_ARG(value));
	return v->values[i].at != NULL;
}

static enum status
read_variables(struct variables *v, char *const *environment, struct arena *a)
{
	enum variable i;
	size_t bytes = 0;

	for (unsigned n = 0; environment != NULL && environment[n] != NULL; n++) {
		struct str s = str_of(environment[n]);

		bytes += s.len;
		if (n >= VARIABLES_MAX || bytes > VARIABLES_BYTES)
			return STATUS_BAD_REQUEST;
		i = variable_of(s);
		if (i != VAR_COUNT && !take_variable(v, i, str_slice(s, names[i].len, s.len), a))
			return STATUS_UNAVAILABLE;
	}
	return v->seen[VAR_METHOD] == 1 && v->seen[VAR_URI] == 1 && v->seen[VAR_CONTENT_LENGTH] <= 1
	           ? STATUS_OK
	           : STATUS_BAD_REQUEST;
}

static bool
starts_with_any(struct str path, const struct str *prefixes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_starts(path, prefixes[i]))
			return true;
	return false;
}

bool
request_path_is_secret(struct str path)
{
	static const struct str tokens[] = {STR_LITERAL("/feed/"), STR_LITERAL("/gift/"),
	    STR_LITERAL("/login/"), STR_LITERAL("/newsletter/"), STR_LITERAL("/preview/"),
	    STR_LITERAL("/account/email/"), STR_LITERAL("/session/")};

	return starts_with_any(path, tokens, sizeof tokens / sizeof *tokens);
}

/* Tokens and files are case-sensitive; every other path has one lower-case spelling. */
static bool
path_folds(struct str uri)
{
	static const struct str files[] = {STR_LITERAL("/static/"), STR_LITERAL("/media/")};

	return !request_path_is_secret(uri) && !starts_with_any(uri, files, sizeof files / sizeof *files);
}

static enum status
read_url(struct request *req, struct str uri, struct arena *a)
{
	switch (url_canonical(uri, path_folds(uri), a, &req->url)) {
	case URL_CANONICAL: return STATUS_OK;
	case URL_REDIRECT: req->misspelt = true; return STATUS_OK;
	case URL_BAD: return STATUS_BAD_REQUEST;
	case URL_NO_MEMORY: break;
	}
	return STATUS_UNAVAILABLE;
}

enum status
request_read(struct request *req, char *const *environment, struct arena *a)
{
	struct variables v = {.seen = {0}};
	enum status status = read_variables(&v, environment, a);
	struct str ignored;

	*req = (struct request){.now = clock_now()};
	req->id = str_slice(v.values[VAR_REQUEST_ID], 0, 64);
	req->method = http_method(v.values[VAR_METHOD]);
	req->accept_encoding = v.values[VAR_ACCEPT_ENCODING];
	if (status != STATUS_OK)
		return status;
	if (v.values[VAR_CONTENT_LENGTH].len > 0 &&
	    !str_to_int(v.values[VAR_CONTENT_LENGTH], 0, INT64_MAX, &req->length))
		return STATUS_BAD_REQUEST;
	req->cookies = v.values[VAR_COOKIE];
	req->if_none_match = v.values[VAR_IF_NONE_MATCH];
	req->content_type = v.values[VAR_CONTENT_TYPE];
	req->origin = v.values[VAR_ORIGIN];
	req->fetch_site = v.values[VAR_FETCH_SITE];
	req->stripe_signature = v.seen[VAR_STRIPE_SIGNATURE] == 1 ? v.values[VAR_STRIPE_SIGNATURE] : STR_NONE;
	req->peer = v.values[VAR_REMOTE_ADDR];
	req->personal = v.seen[VAR_LANE] == 1 && str_eq(v.values[VAR_LANE], STR("member"));
	req->user_agent = v.values[VAR_USER_AGENT];
	req->referer = v.values[VAR_REFERER];
	req->uncounted = str_eq(v.values[VAR_GPC], STR("1")) || str_eq(v.values[VAR_DNT], STR("1"));
	req->bears_session = cookie_find(req->cookies, STR(SESSION_COOKIE), &ignored) > 0 ||
	                     cookie_find(req->cookies, STR(METER_COOKIE), &ignored) > 0;
	return read_url(req, v.values[VAR_URI], a);
}

struct str
request_query(const struct request *req, struct arena *a, const char *name)
{
	struct form form;
	struct str value;

	if (req->url.query.at == NULL || form_parse(req->url.query, a, &form) != ERR_NONE ||
	    !form_get(&form, name, &value))
		return STR_NONE;
	return value;
}

enum standing
request_standing(const struct request *req)
{
	static const struct entitlement_reader nobody = {.signed_in = false};
	const struct entitlement_article any = {.access = ACCESS_SUBSCRIBER};
	const struct entitlement_reader *reader = req->reader != NULL ? &req->reader->reader : &nobody;

	if (entitlement_decide(&any, reader, &req->visit, req->now).verdict == VERDICT_FULL)
		return req->reader != NULL ? STANDING_SUBSCRIBER : STANDING_VISITOR;
	return req->reader != NULL ? STANDING_READER : STANDING_NOBODY;
}

bool
request_is_plain(const struct request *req)
{
	return !req->bears_session && req->visit.period_count == 0 && !req->visit.crawler;
}
