/* theme_words.h: the templates and texts of a theme. */
#ifndef APP_THEME_WORDS_H
#define APP_THEME_WORDS_H

#include "app/theme_report.h"

enum err theme_check_words(struct theme *t, struct fault *f);

#endif
