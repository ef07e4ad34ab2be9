// SPDX-License-Identifier: GPL-2.0
/*
 * hisi_zip: deflate, zlib and gzip, by struct swhisi_zip. The library writes
 * and skips headers; the device makes the rest. A stream is compressed in
 * pieces that end on a byte, so compression keeps nothing between two.
 */
#include <linux/bitrev.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include <uapi/misc/uacce/swaccel.h>
#include <uapi/misc/uacce/swhisi.h>

#include "device.h"
#include "engine.h"
#include "hisi_zip.h"
#include "queue.h"

static_assert(sizeof(struct swhisi_zip) == 128);

/**
 * struct zip_request - a descriptor, checked
 * @source: of the input
 * @destination: of the output
 * @wrapper: enum swaccel_wrapper
 * @fresh: nothing comes before, so no checksum either
 */
struct zip_request {
	struct swaccel_area source;
	struct swaccel_area destination;
	u8 wrapper;
	bool fresh;
};

static int parse_algorithm(u32 algorithm, u8 *wrapper)
{
	switch (algorithm & 0xff) {
	case SWHISI_ZIP_DEFLATE:
		*wrapper = SWACCEL_RAW;
		return 0;
	case SWHISI_ZIP_ZLIB:
		*wrapper = SWACCEL_ZLIB;
		return 0;
	case SWHISI_ZIP_GZIP:
		*wrapper = SWACCEL_GZIP;
		return 0;
	default:
		return -EINVAL;
	}
}

static int parse(const struct swaccel_queue *queue,
		 const struct swhisi_zip *zip, struct zip_request *request)
{
	bool list = zip->algorithm & SWHISI_ZIP_SGL;
	u32 type = queue->format == &swaccel_format_qm_v2 ? 0 : 3;

	if (zip->control >> SWHISI_ZIP_TYPE_SHIFT != type ||
	    (zip->algorithm >> 8 & 0xf) > 1 ||
	    zip->length > SWACCEL_MAX_LENGTH || zip->room > SWACCEL_MAX_LENGTH)
		return -EINVAL;
	request->source = (struct swaccel_area) {
		.address	= zip->source,
		.list		= list,
		.skip		= list ? zip->control & SWHISI_ZIP_SKIP : 0,
	};
	request->destination = (struct swaccel_area) {
		.address	= zip->destination,
		.list		= list,
		.skip		= list ? zip->output_skip & SWHISI_ZIP_SKIP : 0,
	};
	request->fresh = !(zip->control & SWHISI_ZIP_STREAM) ||
			 zip->control & SWHISI_ZIP_NEW;
	return parse_algorithm(zip->algorithm, &request->wrapper);
}

/* The hardware's register of a CRC: its bits in the other order, inverted. */
static u32 to_register(u8 wrapper, u32 sum)
{
	return wrapper == SWACCEL_GZIP ? bitrev32(~sum) : sum;
}

static u32 from_register(u8 wrapper, u32 value)
{
	return wrapper == SWACCEL_GZIP ? ~bitrev32(value) : value;
}

static int open_areas(struct swaccel_queue *queue, const struct swhisi_zip *zip,
		      const struct zip_request *request,
		      struct swaccel_source *source, struct swaccel_sink *sink)
{
	int ret;

	ret = swaccel_source_open(source, queue, &request->source, zip->length);
	if (ret)
		return ret;
	return swaccel_sink_open(sink, queue, &request->destination, zip->room);
}

static int compress(struct swaccel_queue *queue, struct swhisi_zip *zip,
		    const struct zip_request *request)
{
	struct swaccel_deflation deflation = {
		.wrapper	= request->wrapper,
		.level		= SWACCEL_DEFAULT_LEVEL,
		.last		= zip->control & SWHISI_ZIP_FINISH,
		.sum		= swaccel_zip_checksum_start(request->wrapper),
	};
	u32 total = zip->length;
	int ret;

	if (!request->fresh) {
		deflation.sum = from_register(request->wrapper, zip->checksum);
		total += zip->total;
	}
	ret = open_areas(queue, zip, request, &deflation.source,
			 &deflation.sink);
	if (ret)
		return ret;
	ret = swaccel_deflate_run(&deflation);
	if (!ret && deflation.last)
		ret = swaccel_zip_write_trailer(&deflation.sink,
						deflation.wrapper,
						deflation.sum, total);
	if (ret)
		return ret;
	zip->consumed = zip->length;
	zip->produced = deflation.sink.produced;
	zip->total = total;
	zip->checksum = to_register(request->wrapper, deflation.sum);
	return 0;
}

static struct swaccel_hisi_streams *streams_of(struct swaccel_queue *queue)
{
	return queue->engine_streams;
}

static int make_streams(struct swaccel_queue *queue)
{
	struct swaccel_hisi_streams *streams = queue->engine_streams;

	if (streams)
		return 0;
	streams = kzalloc(sizeof(*streams), GFP_KERNEL_ACCOUNT);
	if (!streams)
		return -ENOMEM;
	INIT_LIST_HEAD(&streams->list);
	queue->engine_streams = streams;
	return 0;
}

/* Tells a stream's descriptor what has become of the stream. */
static void report_stream(struct swhisi_zip *zip,
			  const struct swaccel_hisi_inflation *inflation)
{
	if (inflation->ended)
		zip->status = SWHISI_ZIP_STREAM_END | SWHISI_ZIP_LAST_BLOCK;
	else if (!inflation->sink.room && zip->consumed == zip->length)
		zip->context0 = SWHISI_ZIP_NO_SPACE;
}

static int finish_inflation(struct swhisi_zip *zip,
			    const struct zip_request *request,
			    const struct swaccel_hisi_inflation *inflation)
{
	zip->consumed = inflation->consumed;
	zip->produced = inflation->sink.produced;
	zip->total = inflation->total;
	zip->checksum = to_register(request->wrapper, inflation->sum);
	if (zip->control & SWHISI_ZIP_STREAM)
		report_stream(zip, inflation);
	else if (!inflation->ended)
		return inflation->sink.room ? -EBADMSG : -ENOSPC;
	return 0;
}

/* Return: NULL without memory, or without the stream that is to go on. */
static struct swaccel_hisi_stream *
open_stream(struct swaccel_queue *queue, const struct swhisi_zip *zip,
	    const struct zip_request *request)
{
	int node = queue->device->config.node;

	if (!(zip->control & SWHISI_ZIP_STREAM))
		return swaccel_hisi_make_stream(request->wrapper, node);
	if (request->fresh)
		return swaccel_hisi_new_stream(streams_of(queue), zip->stream,
					       request->wrapper, node);
	return swaccel_hisi_find_stream(streams_of(queue), zip->stream,
					request->wrapper);
}

static int decompress(struct swaccel_queue *queue, struct swhisi_zip *zip,
		      const struct zip_request *request)
{
	bool keep = zip->control & SWHISI_ZIP_STREAM;
	struct swaccel_hisi_inflation inflation = { };
	struct swaccel_hisi_stream *stream;
	int ret;

	ret = make_streams(queue);
	if (ret)
		return ret;
	stream = open_stream(queue, zip, request);
	if (!stream)
		return request->fresh ? -ENOMEM : -EINVAL;
	ret = open_areas(queue, zip, request, &inflation.source,
			 &inflation.sink);
	if (!ret)
		ret = swaccel_hisi_inflate(stream, &inflation);
	if (!ret)
		ret = finish_inflation(zip, request, &inflation);
	if (ret || inflation.ended || !keep)
		swaccel_hisi_free_stream(streams_of(queue), stream);
	return ret;
}

static int execute(struct swaccel_queue *queue, void *descriptor)
{
	struct swhisi_zip *zip = descriptor;
	struct zip_request request;
	int ret;

	ret = parse(queue, zip, &request);
	if (ret)
		return ret;
	zip->status = SWHISI_ZIP_OK;
	zip->context0 = 0;
	zip->context[0] = 0;
	zip->context[1] = 0;
	if (READ_ONCE(queue->direction))
		return decompress(queue, zip, &request);
	return compress(queue, zip, &request);
}

static u32 status_of(int error)
{
	switch (error) {
	case -EINVAL:
		return SWHISI_ZIP_BAD_DESCRIPTOR;
	case -EFAULT:
	case -ESRCH:
		return SWHISI_ZIP_BAD_ADDRESS;
	case -EBADMSG:
		return SWHISI_ZIP_BAD_DATA;
	case -EBADE:
		return SWHISI_ZIP_BAD_CHECKSUM;
	case -ENOSPC:
		return SWHISI_ZIP_NO_ROOM;
	default:
		return SWHISI_ZIP_FAILURE;
	}
}

static void report(void *descriptor, int error)
{
	struct swhisi_zip *zip = descriptor;

	zip->status = status_of(error);
	zip->consumed = 0;
	zip->produced = 0;
}

static void release(struct swaccel_queue *queue)
{
	if (queue->engine_streams)
		swaccel_hisi_free_streams(queue->engine_streams);
	kfree(queue->engine_streams);
	queue->engine_streams = NULL;
	swaccel_zip_free_workspace(queue);
}

static const struct swaccel_format *const formats[] = {
	&swaccel_format_qm_v3,
	&swaccel_format_qm_v2,
	NULL,
};

const struct swaccel_engine swaccel_hisi_zip_engine = {
	.name		= "hisi_zip",
	.algorithms	= "zlib\ngzip\ndeflate",
	.formats	= formats,
	.depth		= 1024,
	.queues		= 64,
	.borrowed	= true,
	.execute	= execute,
	.report		= report,
	.release	= release,
};
