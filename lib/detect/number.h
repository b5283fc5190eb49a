#ifndef DETECT_NUMBER_H
#define DETECT_NUMBER_H

#include <stddef.h>

/*
 * Numbers with check digits or ranges (detect/detect.h). Each function returns the length of the
 * number that begins at text[at], or 0. No letter, digit or "_" may be before it. Only lib/detect
 * includes this.
 */
size_t number_card(const char *text, size_t length, size_t at);
size_t number_iban(const char *text, size_t length, size_t at);
size_t number_ssn(const char *text, size_t length, size_t at);

#endif
