/* SPDX-License-Identifier: Apache-2.0 */
/* swaccel-fuzz: descriptors of hisi_zip that it accepts. */
#include <misc/uacce/swhisi.h>

#include "fuzz.h"

/* Bytes of the first part of a stream; the second is the rest. */
#define FIRST	1000u

static void place(const struct fuzz_queue *queue, struct swhisi_zip *zip)
{
	if (!fuzz_one_in(4))
		return;
	zip->algorithm |= SWHISI_ZIP_SGL;
	zip->source = fuzz_list(queue, zip->source, zip->length, 0);
	zip->destination = fuzz_list(queue, zip->destination, zip->room, 1);
	/* Of tables that lead anywhere. */
	if (fuzz_one_in(8))
		zip->source = fuzz_address() & ~63ull;
}

static void compress(struct swhisi_zip *zip)
{
	zip->length = (uint32_t)fuzz_rand() % FUZZ_PLAIN;
	zip->room = 2 * FUZZ_PLAIN;
	zip->source = fuzz_place(FUZZ_PLAIN);
	zip->destination = fuzz_place(2 * FUZZ_PLAIN);
	if (fuzz_one_in(2))
		zip->control |= SWHISI_ZIP_NEW;
	if (!(zip->control & SWHISI_ZIP_STREAM) || fuzz_one_in(2))
		zip->control |= SWHISI_ZIP_FINISH;
	zip->total = (uint32_t)fuzz_rand();
	zip->checksum = (uint32_t)fuzz_rand();
}

/* The stream's next part, or a new stream of several. */
static void decompress(struct fuzz_queue *queue, struct swhisi_zip *zip,
		       uint32_t format)
{
	const struct fuzz_packed *packed = &fuzz_packed[format];
	uint32_t from = packed->header, to = packed->size;

	if (zip->control & SWHISI_ZIP_STREAM) {
		zip->stream = 1 + format;
		if (queue->streamed & 1u << format)
			from += FIRST;
		else
			to = from + FIRST;
		queue->streamed ^= 1u << format;
		if (from == packed->header)
			zip->control |= SWHISI_ZIP_NEW;
		/* Too many of these, and others are forgotten. */
		if (from == packed->header && fuzz_one_in(4))
			zip->stream = (uint64_t)fuzz_rand() % 300;
	}
	if (to == packed->size)
		zip->control |= SWHISI_ZIP_FINISH;
	zip->length = to - from;
	zip->room = FUZZ_PLAIN;
	zip->source = (uintptr_t)packed->data + from;
	zip->destination = fuzz_place(FUZZ_PLAIN);
}

enum fuzz_kind fuzz_fill_zip(struct fuzz_queue *queue, void *descriptor)
{
	struct swhisi_zip *zip = descriptor;
	uint32_t format = (uint32_t)fuzz_rand() % 3, stream = fuzz_one_in(2);

	zip->control = (queue->version == 2 ? 0u : 3u) << SWHISI_ZIP_TYPE_SHIFT;
	if (stream)
		zip->control |= SWHISI_ZIP_STREAM;
	zip->algorithm = SWHISI_ZIP_DEFLATE + format;
	if (queue->decompresses)
		decompress(queue, zip, format);
	else
		compress(zip);
	place(queue, zip);
	return FUZZ_ZIP + (enum fuzz_kind)((uint32_t)(queue->version - 2) * 12 +
					   (uint32_t)queue->decompresses * 6 +
					   format * 2 + stream);
}
