/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small client of the software accelerator: finds a granted function, opens
 * a queue, submits work on plain pointers, waits for it with a time-out.
 *
 * Errors are negative errno values; swclient_error() says more. ENODEV: the
 * device was removed; the queue is good for swclient_close() only. One thread
 * a queue at a time.
 */
#ifndef SWCLIENT_H
#define SWCLIENT_H

#include <stdint.h>

#include <misc/uacce/swaccel.h>

#define SWCLIENT_DEFAULT_FUNCTIONS "/run/nacelle/functions.json"

/* One function of functions.json, with its first queue. */
struct swclient_function {
	char id[64];
	char node[128];
	char api[32];
};

struct swclient_queue;

/*
 * Finds a function that has `operation` (NULL: any) and the id `id` (NULL:
 * any) and that this library can drive. `path` NULL: $NACELLE_FUNCTIONS, or
 * the default.
 */
int swclient_find(const char *path, const char *operation, const char *id,
		  struct swclient_function *found);

/*
 * Opens a queue of a device node, maps and starts it. The memory that work
 * refers to is that of the calling process. NULL on failure, with errno set.
 */
struct swclient_queue *swclient_open(const char *node);
void swclient_close(struct swclient_queue *queue);

/* Descriptors that can be outstanding at once. */
uint32_t swclient_depth(const struct swclient_queue *queue);

/* Submits one descriptor. EAGAIN: as many as possible are outstanding. */
int swclient_submit(struct swclient_queue *queue,
		    const struct swaccel_descriptor *descriptor);

/*
 * Takes the next completion. ETIMEDOUT; ENODEV: removed; EIO: the queue was
 * disabled.
 */
int swclient_wait(struct swclient_queue *queue, int timeout_ms,
		  struct swaccel_completion *completion);

/* Submits one descriptor and waits for it. */
int swclient_execute(struct swclient_queue *queue,
		     const struct swaccel_descriptor *descriptor,
		     int timeout_ms, struct swaccel_completion *completion);

/* What went wrong last in this thread, for people. */
const char *swclient_error(void);
/* Name of an enum swaccel_status. */
const char *swclient_status_name(uint32_t status);

#endif
