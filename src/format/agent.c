/* agent.c: two tables of words; the first that stands in the text counts, since browsers name others behind them. */
#include "format/agent.h"

#include <stdio.h>

struct word {
	const char *mark, *name;
};

static const struct word browsers[] = {{"Edg/", "Edge"}, {"EdgA/", "Edge"}, {"EdgiOS/", "Edge"},
    {"OPR/", "Opera"}, {"Vivaldi/", "Vivaldi"}, {"SamsungBrowser/", "Samsung Internet"},
    {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chrome/", "Chrome"},
    {"Safari/", "Safari"}, {"curl/", "curl"}};

static const struct word systems[] = {{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"},
    {"Windows", "Windows"}, {"CrOS", "ChromeOS"}, {"Mac OS X", "Mac"}, {"Linux", "Linux"}};

static const char *
find(const struct word *words, size_t n, struct str text)
{
	for (size_t i = 0; i < n; i++)
		if (str_find(text, str_of(words[i].mark)) < text.len)
			return words[i].name;
	return NULL;
}

void
agent_label(struct str user_agent, char out[AGENT_LABEL])
{
	struct str text = str_slice(user_agent, 0, 512);
	const char *browser = find(browsers, sizeof browsers / sizeof *browsers, text);
	const char *system = find(systems, sizeof systems / sizeof *systems, text);

	if (system == NULL)
		(void)snprintf(out, AGENT_LABEL, "%s", browser == NULL ? "" : browser);
	else
		(void)snprintf(out, AGENT_LABEL, "%s on %s", browser == NULL ? "Browser" : browser, system);
}
