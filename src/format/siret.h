/* siret.h: the number of a French establishment, with its check digit. */
#ifndef FORMAT_SIRET_H
#define FORMAT_SIRET_H

#include "base/str.h"

#define SIRET_DIGITS 14

/* 14 digits, spaces between them allowed, with Luhn's check digit; those of post offices (SIREN 356000000) may have a
 * sum of digits that five divides instead. out gets the bare digits. */
bool siret_read(struct str text, char out[SIRET_DIGITS + 1]);

#endif
