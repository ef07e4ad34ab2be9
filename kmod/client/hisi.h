/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small client of devices that speak hisi_qm_v3 or hisi_qm_v2: opens a queue,
 * submits descriptors, waits for them. hisi_main.c is an example.
 *
 * Errors are negative errno values; swclient_error() says more. ENODEV: the
 * device was removed; the queue is good for hisi_close() only. One thread a
 * queue at a time.
 */
#ifndef HISI_H
#define HISI_H

#include <misc/uacce/swhisi.h>
#include <stdint.h>

#include "swclient.h"

#define HISI_DESCRIPTOR	128

struct hisi_queue;

/*
 * As swclient_find(). The operations of hisi_sec2 are "cipher", "digest" and
 * "aead". `found->api` says how descriptors of zip are to be made, by
 * SWHISI_API_VER2 or SWHISI_API_VER3.
 */
int hisi_find(const char *path, const char *operation, const char *id,
	      struct swclient_function *found);

/*
 * Opens a queue of a device node, maps and starts it. `direction` 1: zip
 * decompresses; else 0. NULL on failure, with errno set.
 */
struct hisi_queue *hisi_open(const char *node, unsigned int direction);
void hisi_close(struct hisi_queue *queue);

/* Descriptors that can be outstanding at once. */
uint32_t hisi_depth(const struct hisi_queue *queue);

/* Submits one descriptor. EAGAIN: as many as possible are outstanding. */
int hisi_submit(struct hisi_queue *queue, const void *descriptor);

/*
 * Takes the next descriptor that is done, with its results. ETIMEDOUT; ENODEV:
 * removed; EIO: the queue was disabled.
 */
int hisi_wait(struct hisi_queue *queue, int timeout_ms, void *descriptor);

/* Submits one descriptor, and waits until the results are in it. */
int hisi_execute(struct hisi_queue *queue, int timeout_ms, void *descriptor);

#endif
