/* SPDX-License-Identifier: Apache-2.0 */
#include "guard.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

static _Thread_local struct guard guard;
static _Thread_local volatile bool inside;
static struct sigaction previous;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int install_result;

static void handle(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (inside) {
		inside = false;
		siglongjmp(guard.context, 1);
	}
	/* Not ours: the next fault is handled as before the library came. */
	(void)info;
	sigaction(number, &previous, NULL);
}

static void install(void)
{
	struct sigaction action = {
		.sa_sigaction = handle,
		.sa_flags = SA_SIGINFO | SA_NODEFER,
	};

	sigemptyset(&action.sa_mask);
	install_result = sigaction(SIGBUS, &action, &previous);
}

int guard_install(void)
{
	pthread_once(&once, install);
	return install_result;
}

struct guard *guard_enter(void)
{
	inside = true;
	return &guard;
}

void guard_leave(void)
{
	inside = false;
}
