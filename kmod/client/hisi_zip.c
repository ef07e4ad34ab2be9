/* SPDX-License-Identifier: Apache-2.0 */
/* hisi_zip: compresses and decompresses, and zlib does the other half. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "hisi_work.h"
#include "internal.h"

struct format {
	const char *name;
	uint32_t algorithm;
	/* zlib's windowBits. */
	int window_bits;
	const char *header;
	size_t header_size;
};

static const struct format formats[] = {
	{ "deflate", SWHISI_ZIP_DEFLATE, -15, "", 0 },
	{ "zlib", SWHISI_ZIP_ZLIB, 15, "\x78\x9c", 2 },
	{ "gzip", SWHISI_ZIP_GZIP, 31, "\x1f\x8b\x08\0\0\0\0\0\0\x03", 10 },
};

/* One direction of the work: a queue and what goes through it. */
struct transfer {
	const struct hisi_work *work;
	const struct format *format;
	struct hisi_queue *queue;
	const unsigned char *source;
	size_t left;
	unsigned char *target;
	size_t room;
	size_t produced;
	struct swhisi_zip zip;
};

static const struct format *find_format(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (!strcmp(formats[i].name, name))
			return &formats[i];
	return NULL;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static int to_lists(struct transfer *transfer, void **in, void **out)
{
	struct swhisi_zip *zip = &transfer->zip;
	size_t buffer = transfer->work->buffer;

	/* A byte more in front, to be skipped. */
	zip->source = hisi_make_list(transfer->source - 1, zip->length + 1u,
				     buffer, in);
	zip->destination = hisi_make_list(transfer->target, zip->room, buffer,
					  out);
	zip->control |= 1;
	zip->algorithm |= SWHISI_ZIP_SGL;
	return zip->source && zip->destination ?
		0 : swclient_fail(ENOMEM, "no memory");
}

/* Return: 0, or -errno; the results are in the descriptor. */
static int execute(struct transfer *transfer)
{
	struct swhisi_zip *zip = &transfer->zip;
	void *in = NULL, *out = NULL;
	uint32_t status;
	int ret = 0;

	zip->source = (uintptr_t)transfer->source;
	zip->destination = (uintptr_t)transfer->target;
	if (transfer->work->buffer)
		ret = to_lists(transfer, &in, &out);
	if (!ret)
		ret = hisi_execute(transfer->queue, transfer->work->timeout_ms,
				   zip);
	free(in);
	free(out);
	if (ret)
		return ret;
	status = zip->status & 0xff;
	if (status && status != SWHISI_ZIP_STREAM_END)
		return swclient_fail(EIO, "status 0x%02x", status);
	if (zip->consumed > transfer->left || zip->produced > transfer->room)
		return swclient_fail(EPROTO, "more than there is");
	transfer->source += zip->consumed;
	transfer->left -= zip->consumed;
	transfer->target += zip->produced;
	transfer->room -= zip->produced;
	transfer->produced += zip->produced;
	return 0;
}

static void describe(struct transfer *transfer, size_t in, size_t out, bool new,
		     bool last)
{
	struct swhisi_zip *zip = &transfer->zip;
	uint32_t type = transfer->work->version == 2 ? 0 : 3;

	/* Total, checksum and context stay, as the stream's. */
	zip->length = (uint32_t)smaller(transfer->left, in);
	zip->room = (uint32_t)smaller(transfer->room, out);
	zip->algorithm = transfer->format->algorithm;
	zip->control = type << SWHISI_ZIP_TYPE_SHIFT;
	if (last)
		zip->control |= SWHISI_ZIP_FINISH;
	if (!transfer->work->part)
		return;
	zip->stream = (uintptr_t)transfer;
	zip->control |= SWHISI_ZIP_STREAM;
	if (new)
		zip->control |= SWHISI_ZIP_NEW;
}

static int compress_parts(struct transfer *transfer)
{
	size_t part = transfer->work->part;
	bool new = true;
	int ret;

	if (!part)
		part = transfer->left;
	do {
		describe(transfer, part, transfer->room, new,
			 transfer->left <= part);
		ret = execute(transfer);
		new = false;
	} while (!ret && transfer->left);
	return ret;
}

/* Parts of the output too, so that both ends run into their limits. */
static int decompress_parts(struct transfer *transfer)
{
	size_t part = transfer->work->part;
	size_t before, steps = 0;
	bool new = true;
	int ret;

	if (!part) {
		describe(transfer, transfer->left, transfer->room, true, true);
		return execute(transfer);
	}
	do {
		before = transfer->left + transfer->room;
		describe(transfer, part, part, new, transfer->left <= part);
		ret = execute(transfer);
		new = false;
		if (!ret && before == transfer->left + transfer->room &&
		    ++steps > 1 &&
		    (transfer->zip.status & 0xff) != SWHISI_ZIP_STREAM_END)
			ret = swclient_fail(EPROTO, "the stream stands still");
	} while (!ret && !(transfer->zip.status & 0xff));
	return ret;
}

static int run(struct transfer *transfer, unsigned int direction)
{
	int ret;

	transfer->queue = hisi_open(transfer->work->node, direction);
	if (!transfer->queue)
		return -1;
	ret = direction ? decompress_parts(transfer) :
			  compress_parts(transfer);
	hisi_close(transfer->queue);
	return ret;
}

static int check_packed(const struct hisi_work *work, unsigned char *packed,
			size_t size, int window_bits)
{
	unsigned char *plain = malloc(work->size + 1);
	z_stream stream = { 0 };
	int ret = 0;

	if (!plain || inflateInit2(&stream, window_bits) != Z_OK) {
		free(plain);
		return swclient_fail(ENOMEM, "no memory");
	}
	stream.next_in = packed;
	stream.avail_in = (uInt)size;
	stream.next_out = plain;
	stream.avail_out = (uInt)work->size + 1;
	if (inflate(&stream, Z_FINISH) != Z_STREAM_END ||
	    stream.total_out != work->size || stream.avail_in ||
	    memcmp(plain, work->data, work->size))
		ret = swclient_fail(EBADMSG, "zlib gets other data");
	inflateEnd(&stream);
	free(plain);
	return ret;
}

static int compress_work(const struct hisi_work *work,
			 const struct format *format)
{
	size_t parts = work->part ? work->size / work->part : 0;
	size_t room = work->size + work->size / 8 + 256 + parts * 16;
	unsigned char *packed = malloc(room);
	struct transfer transfer = {
		.work = work, .format = format, .source = work->data,
		.left = work->size, .room = room - format->header_size,
	};
	int ret;

	if (!packed)
		return swclient_fail(ENOMEM, "no memory");
	memcpy(packed, format->header, format->header_size);
	transfer.target = packed + format->header_size;
	ret = run(&transfer, 0);
	if (!ret)
		ret = check_packed(work, packed,
				   format->header_size + transfer.produced,
				   format->window_bits);
	free(packed);
	return ret;
}

static int pack(const struct hisi_work *work, const struct format *format,
		unsigned char *packed, size_t room, size_t *size)
{
	z_stream stream = { 0 };
	int ret;

	if (deflateInit2(&stream, 6, Z_DEFLATED, format->window_bits, 8,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return swclient_fail(ENOMEM, "no memory");
	stream.next_in = (unsigned char *)(uintptr_t)work->data;
	stream.avail_in = (uInt)work->size;
	stream.next_out = packed;
	stream.avail_out = (uInt)room;
	ret = deflate(&stream, Z_FINISH);
	*size = stream.total_out;
	deflateEnd(&stream);
	return ret == Z_STREAM_END ? 0 : swclient_fail(EIO, "zlib: %d", ret);
}

static int decompress_work(const struct hisi_work *work,
			   const struct format *format)
{
	size_t room = work->size + work->size / 8 + 256, size = 0;
	/* A byte in front, for lists. */
	unsigned char *packed = malloc(room + 1);
	unsigned char *plain = malloc(work->size + 1);
	struct transfer transfer = {
		.work = work, .format = format, .target = plain,
		/* Not a byte too many. */
		.room = work->size,
	};
	int ret = -ENOMEM;

	if (packed && plain)
		ret = pack(work, format, packed + 1, room, &size);
	if (!ret) {
		transfer.source = packed + 1 + format->header_size;
		transfer.left = size - format->header_size;
		ret = run(&transfer, 1);
	}
	if (!ret && (transfer.produced != work->size || transfer.left ||
		     memcmp(plain, work->data, work->size)))
		ret = swclient_fail(EBADMSG, "the decompressed data differs");
	free(packed);
	free(plain);
	return ret;
}

static int run_zip(const struct hisi_work *work)
{
	const struct format *format = find_format(work->name);
	int ret = compress_work(work, format);

	return ret ? ret : decompress_work(work, format);
}

const struct hisi_operation hisi_zip_operations[] = {
	{ "deflate", "deflate", run_zip },
	{ "zlib", "zlib", run_zip },
	{ "gzip", "gzip", run_zip },
	{ NULL, NULL, NULL },
};
