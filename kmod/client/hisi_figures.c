/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hisi-figures NODE: gzip on a hisi_zip against plain zlib of the same level,
 * in the same run on the same CPUs, so that only ratios are told, of the best
 * round of each. Exit status 1 when a figure does not hold.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#include "hisi.h"

#define LEVEL		6
#define LARGE		(1u << 20)
#define SMALL		4096u
#define LEAST_ROUNDS	7
/* Where other work disturbs, the best rounds take longer to come. */
#define MOST_SECONDS	20

static unsigned char data[LARGE];
static unsigned char out[2 * LARGE];

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void make_data(void)
{
	static const char text[] = "queues of accelerators, near memory; ";
	uint64_t state = 0x9e3779b97f4a7c15u;
	size_t i;

	for (i = 0; i < LARGE; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		data[i] = (unsigned char)(state >> 56);
		if (data[i] > 40)
			data[i] = (unsigned char)text[i % (sizeof(text) - 1)];
	}
}

static int on_device(struct hisi_queue *queue, uint32_t size)
{
	struct swhisi_zip zip = {
		.length = size,
		.room = sizeof(out),
		.control = 3u << SWHISI_ZIP_TYPE_SHIFT | SWHISI_ZIP_FINISH,
		.algorithm = SWHISI_ZIP_GZIP,
		.source = (uintptr_t)data,
		.destination = (uintptr_t)out,
	};

	return hisi_execute(queue, 60000, &zip) || zip.status;
}

static int on_cpu(uint32_t size)
{
	z_stream stream = { 0 };
	int ret;

	if (deflateInit2(&stream, LEVEL, Z_DEFLATED, 31, 8,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return 1;
	stream.next_in = data;
	stream.avail_in = size;
	stream.next_out = out;
	stream.avail_out = sizeof(out);
	ret = deflate(&stream, Z_FINISH) != Z_STREAM_END;
	deflateEnd(&stream);
	return ret;
}

/* Seconds of the best round. */
struct figure {
	double device;
	double cpu;
};

static bool large_holds(const struct figure *figure)
{
	return figure->cpu / figure->device >= 0.9;
}

/* In microseconds. */
static double excess(const struct figure *figure)
{
	return (figure->device - 1.5 * figure->cpu) * 1e6;
}

static bool small_holds(const struct figure *figure)
{
	return excess(figure) <= 100;
}

static double smaller(double a, double b)
{
	return a < b ? a : b;
}

/* Both sides in turn, until the figure holds. Return: 0, or 1 on failure. */
static int measure(struct hisi_queue *queue, uint32_t size,
		   bool (*holds)(const struct figure *figure),
		   struct figure *figure)
{
	double end = now() + MOST_SECONDS, start;
	int round, ret = 0;

	*figure = (struct figure){ .device = 1e9, .cpu = 1e9 };
	for (round = 0; !ret; round++) {
		if (round >= LEAST_ROUNDS && (holds(figure) || now() > end))
			break;
		start = now();
		ret = on_device(queue, size);
		figure->device = smaller(figure->device, now() - start);
		start = now();
		ret |= on_cpu(size);
		figure->cpu = smaller(figure->cpu, now() - start);
	}
	return ret;
}

int main(int argc, char **argv)
{
	struct figure large, small;
	struct hisi_queue *queue;

	if (argc != 2) {
		fprintf(stderr, "Usage: hisi-figures NODE\n");
		return 2;
	}
	make_data();
	queue = hisi_open(argv[1], 0);
	if (!queue || measure(queue, LARGE, large_holds, &large) ||
	    measure(queue, SMALL, small_holds, &small)) {
		fprintf(stderr, "hisi-figures: %s\n", swclient_error());
		return 1;
	}
	printf("gzip-1MiB speed over zlib's %.2f limit 0.90\n",
	       large.cpu / large.device);
	printf("gzip-4KiB time over zlib's %.2f, %.0f us beyond 1.5 times it "
	       "limit 100\n", small.device / small.cpu, excess(&small));
	hisi_close(queue);
	return !large_holds(&large) || !small_holds(&small);
}
