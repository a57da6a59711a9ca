/* hub.c: WebSub 1.0, section 7: hub.mode=publish for each changed topic. */
#include "app/hub.h"

#include "app/mailer.h"
#include "base/log.h"
#include "format/escape.h"
#include "store/hub_store.h"
#include "store/pick.h"
#include "store/section_store.h"

#define ARENA_BYTES ((size_t)1 << 20)

struct hub {
	struct db *db;
	const struct config *cfg;
	struct arena arena;
	int64_t now;
};

static enum err
post(const struct hub *h, struct str topic, struct fault *f)
{
	struct buf url = BUF_EMPTY, body = BUF_EMPTY;
	enum err e;

	buf_printf(&url, "%s" STR_FMT, h->cfg->site_url, STR_ARG(topic));
	buf_puts(&body, "hub.mode=publish&hub.url=");
	escape_url_query(&body, buf_str(&url));
	e = url.failed || body.failed ? fault_set(f, ERR_MEMORY, "no memory to tell the hub")
	                              : mailer_post(h->cfg->feeds_hub, buf_str(&body), f);
	buf_free(&url);
	buf_free(&body);
	return e;
}

/* path: of the list, without a last slash. Its two feeds change together. */
static enum err
tell(struct hub *h, struct str path, int64_t section_id, struct fault *f)
{
	static const char *const kinds[] = {"atom", "json"};
	struct str state;
	enum err e = hub_store_state(h->db, &h->arena, section_id, h->now, &state);

	if (e != ERR_NONE)
		return pick_fault(f, e, h->db);
	for (size_t i = 0; i < 2; i++) {
		struct str topic = arena_printf(&h->arena, STR_FMT "/feed.%s", STR_ARG(path), kinds[i]);
		bool known = false;

		if (topic.at == NULL)
			return fault_set(f, ERR_MEMORY, "no memory to tell the hub");
		e = hub_store_knows(h->db, topic, state, &known);
		if (e == ERR_NONE && known)
			continue;
		if (e == ERR_NONE && (e = post(h, topic, f)) != ERR_NONE)
			return e;
		if (e == ERR_NONE)
			e = hub_store_told(h->db, topic, state, h->now);
		if (e != ERR_NONE)
			return pick_fault(f, e, h->db);
		LOG_INFO("hub_told", LOG_TEXT("topic", topic));
	}
	return ERR_NONE;
}

enum err
hub_tell(struct db *db, const struct config *cfg, int64_t now, struct fault *f)
{
	struct hub h = {.db = db, .cfg = cfg, .now = now};
	struct section *sections = NULL;
	size_t n = 0;
	enum err e;

	if (cfg->feeds_hub[0] == '\0')
		return ERR_NONE;
	arena_init(&h.arena, ARENA_BYTES);
	e = section_store_all(db, &h.arena, &sections, &n);
	if (e != ERR_NONE)
		(void)pick_fault(f, e, db);
	else
		e = tell(&h, STR_NONE, 0, f);
	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		e = tell(
		    &h, arena_printf(&h.arena, "/" STR_FMT, STR_ARG(sections[i].slug)), sections[i].id, f);
	arena_free(&h.arena);
	return e;
}
