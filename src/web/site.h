/* site.h: what every handler works with: the setup that a reload replaces, the caches, a thread's own things. */
#ifndef WEB_SITE_H
#define WEB_SITE_H

#include <jansson.h>
#include <pthread.h>

#include "base/arena.h"
#include "base/memo.h"
#include "core/counters.h"
#include "core/coverage.h"
#include "core/keyring.h"
#include "core/auth_password.h"
#include "core/lasting.h"
#include "core/newsletter.h"
#include "core/paywall.h"
#include "core/usage.h"
#include "core/session_seen.h"
#include "format/compress.h"
#include "format/config.h"
#include "format/signature.h"
#include "format/template.h"
#include "store/db.h"

/* All that SIGHUP replaces as one. Immutable once published; the last user frees it. */
struct setup {
	_Atomic uint32_t refs;
	struct arena arena; /* config's strings */
	struct config config;
	struct template_set *templates;
	json_t *texts;  /* templates/locales/LANGUAGE.json */
	json_t *common; /* members of every page's data: site, asset */
	struct keyring *keyring;
	struct str common_passwords; /* that nobody may choose */
	struct lasting lasting;
	struct newsletter_notice notice; /* the wording beside the form, and its hash */
	struct signature_secrets stripe_secrets;
	struct str security; /* header lines of every answer */
	struct str shared;   /* Cache-Control and Vary of what everybody may keep */
};

struct polish;

struct site {
	pthread_mutex_t lock; /* of setup */
	struct setup *setup;
	_Atomic uint32_t generation; /* grows with each new setup */
	struct paywall *paywall;
	struct coverage *coverage; /* behind the lock too; NULL: no network is covered */
	_Atomic uint32_t covered;  /* grows with each new coverage */
	struct usage *usage;
	struct memo *pages;
	struct auth_guard guard;
	struct counters *counters; /* NULL: nothing is counted */
	struct polish *polish;     /* NULL: pages stay as they were made */
};

/* One pool thread's. Nothing in it is shared. */
struct context {
	struct site *site;
	struct setup *setup; /* held during a request */
	uint32_t generation;
	struct coverage *coverage; /* held like setup */
	uint32_t covered;
	struct paywall_doors doors;
	struct db *writer;  /* opened at the first POST that needs it */
	struct arena arena; /* emptied after each request */
	struct compressor *compressor;
	struct session_seen *seen; /* NULL: every cookie is unsealed */
};

void setup_release(struct setup *s);                       /* NULL is fine */
void site_publish(struct site *site, struct setup *fresh); /* takes the reference; pages made before it go */

void site_cover(struct site *site, struct coverage *fresh); /* takes the reference; NULL: none */

struct context *context_new(struct site *site); /* NULL with the reason logged */
void context_free(struct context *cx);
void context_refresh(struct context *cx);      /* takes up a newer setup, before a request */
struct db *context_writer(struct context *cx); /* NULL with the reason logged: 503 */

#endif
