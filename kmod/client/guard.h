/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Touching a mapped region of a removed device raises SIGBUS. Inside a guard
 * it becomes an error instead:
 *
 *	if (sigsetjmp(guard_enter()->context, 1))
 *		return ...;	the device is gone
 *	... touch the region ...
 *	guard_leave();
 */
#ifndef SWCLIENT_GUARD_H
#define SWCLIENT_GUARD_H

#include <setjmp.h>

struct guard {
	sigjmp_buf context;
};

/* Installs the handler of SIGBUS; outside a guard the old one is called. */
int guard_install(void);
struct guard *guard_enter(void);
void guard_leave(void);

#endif
