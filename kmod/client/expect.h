/* SPDX-License-Identifier: Apache-2.0 */
/* For programs that try what is refused: counts and tells what ends otherwise. */
#ifndef SWCLIENT_EXPECT_H
#define SWCLIENT_EXPECT_H

#include <stdio.h>

static int failures;

static void expect(const char *what, long got, long wanted)
{
	if (got == wanted)
		return;
	failures++;
	printf("%s: %ld, not %ld\n", what, got, wanted);
}

#endif
