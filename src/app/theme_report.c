/* theme_report.c: one sentence after the other. */
#include "app/theme_report.h"

#include <stdarg.h>
#include <stdio.h>

void
theme_say(struct theme *t, bool problem, const char *format, ...)
{
	char sentence[600];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(sentence, sizeof sentence, format, args);
	va_end(args);
	*(problem ? &t->report->problems : &t->report->notes) += 1;
	t->report->say(t->report->ctx, problem, sentence);
}
