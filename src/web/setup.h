/* setup.h: settings, templates and keys, read together and replaced together. */
#ifndef WEB_SETUP_H
#define WEB_SETUP_H

#include <jansson.h>

#include "base/arena.h"
#include "core/keyring.h"
#include "core/lasting.h"
#include "core/newsletter.h"
#include "format/config.h"
#include "format/signature.h"
#include "format/template.h"

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

void setup_release(struct setup *s); /* NULL is fine */

#endif
