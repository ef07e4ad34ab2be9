/* SPDX-License-Identifier: Apache-2.0 */
/* Operations by name, each checked against an implementation in user space. */
#ifndef OPERATIONS_H
#define OPERATIONS_H

#include <stddef.h>

#include "swclient.h"

struct operation {
	const char *name;
	/* Executes on the queue and checks; 0, or -errno by swclient_error(). */
	int (*run)(const struct operation *operation,
		   struct swclient_queue *queue, const void *data, size_t size,
		   int timeout_ms);
	unsigned char code;
	/* Of the way back, for compression. */
	unsigned char inverse;
	/* zlib's windowBits of the format. */
	int window_bits;
};

extern const struct operation operations[];
extern const size_t operation_count;

const struct operation *find_operation(const char *name);

#endif
