/* SPDX-License-Identifier: Apache-2.0 */
/* What the checks of encryption with authentication share. */
#ifndef HISI_AEAD_H
#define HISI_AEAD_H

#include "hisi_work.h"

/* Bytes that are authenticated only; they come first in input and output. */
#define AEAD_EXTRA	20
/* Bytes of the longest tag. */
#define AEAD_TAG	64
/* Bytes of the nonce of CCM and GCM. */
#define AEAD_NONCE	12

/*
 * A message in parts of work->part bytes, there and back. `right` is what
 * OpenSSL made of it, without AEAD_EXTRA; `out` and `back` have room.
 */
int aead_gcm_in_parts(const struct hisi_work *work, struct hisi_queue *queue,
		      const unsigned char *right, const unsigned char *right_tag,
		      unsigned char *out, unsigned char *back);

#endif
