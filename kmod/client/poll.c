/* SPDX-License-Identifier: Apache-2.0 */
/*
 * swaccel-poll NODE: starts a queue of a device of the project's own, says
 * "polling", and then what poll() tells, in the words of its manual, and after
 * how many seconds. Exit status 1 when nothing happens for a minute.
 */
#include <poll.h>
#include <stdio.h>
#include <time.h>

#include "ring.h"
#include "swclient.h"

#define TIMEOUT_MS	60000

static const struct {
	short event;
	const char *name;
} names[] = {
	{ POLLIN, "POLLIN" }, { POLLERR, "POLLERR" }, { POLLHUP, "POLLHUP" },
};

int main(int argc, char **argv)
{
	struct swclient_queue *queue;
	struct pollfd file = { .events = POLLIN };
	time_t start = time(NULL);
	size_t i;

	if (argc != 2) {
		fprintf(stderr, "Usage: swaccel-poll NODE\n");
		return 2;
	}
	queue = swclient_open(argv[1]);
	if (!queue) {
		fprintf(stderr, "swaccel-poll: %s\n", swclient_error());
		return 1;
	}
	/* It begins with one. */
	file.fd = ((const struct ring *)queue)->file;
	printf("polling\n");
	fflush(stdout);
	if (poll(&file, 1, TIMEOUT_MS) != 1)
		return 1;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (file.revents & names[i].event)
			printf("%s\n", names[i].name);
	printf("seconds %ld\n", (long)(time(NULL) - start));
	swclient_close(queue);
	return 0;
}
