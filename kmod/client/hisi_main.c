/* SPDX-License-Identifier: Apache-2.0 */
/* hisi-client: computes on a granted hisi_zip or hisi_sec2, and checks. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hisi_work.h"

enum { STATUS_OK, STATUS_FAILED, STATUS_USAGE };

#define MOST	(64u << 20)

struct options {
	struct hisi_work work;
	const struct hisi_operation *operation;
	const char *functions;
	const char *function;
	unsigned long seconds;
	unsigned long count;
};

static const char help[] =
	"Usage: hisi-client --operation NAME [OPTION]...\n"
	"Computes on a queue of a granted hisi_zip or hisi_sec2, and checks it\n"
	"against zlib or OpenSSL.\n"
	"\n"
	"  --operation NAME   deflate zlib gzip; md5 sha1 sha224 sha256 sha384\n"
	"                     sha512, and with hmac- before them;\n"
	"                     aes-{128,192,256}-{ecb,cbc,ctr,ccm,gcm},\n"
	"                     aes-{128,256}-xts; aes-{128,192,256}-cbc-hmac-\n"
	"                     {sha1,sha256,sha512}; async: many small sha256\n"
	"  --function ID      this function, not the first that fits\n"
	"  --functions FILE   default $NACELLE_FUNCTIONS, else\n"
	"                     /run/nacelle/functions.json\n"
	"  --node PATH        this device node, without functions.json\n"
	"  --size N           bytes (default 1048576)\n"
	"  --part N           bytes a descriptor: a stream, a long digest, GCM\n"
	"  --list N           bytes a buffer: lists of buffers\n"
	"  --api N            2 or 3 (default 3)\n"
	"  --count N          of async (default 10000)\n"
	"  --seconds S        again and again for so long\n"
	"  --timeout MS       for one descriptor (default 30000)\n"
	"\n"
	"Example: hisi-client --operation gzip --size 65536\n"
	"Exit status: 0 right result, 1 failure, 2 wrong use.\n";

static bool parse_number(const char *name, const char *text, unsigned long most,
			 unsigned long *value)
{
	char *end;

	*value = strtoul(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && *value <= most)
		return true;
	fprintf(stderr, "hisi-client: --%s %s: not a number up to %lu\n", name,
		text, most);
	return false;
}

static const struct hisi_operation *
find_in(const struct hisi_operation *operation, const char *name)
{
	for (; operation->name; operation++)
		if (!strcmp(operation->name, name))
			return operation;
	return NULL;
}

static bool parse_operation(const char *name, struct options *options)
{
	static const struct hisi_operation async = { "async", "digest", NULL };

	options->work.name = name;
	options->operation = find_in(hisi_zip_operations, name);
	if (!options->operation)
		options->operation = find_in(hisi_sec_operations, name);
	if (!options->operation)
		options->operation = find_in(hisi_aead_operations, name);
	if (!options->operation && !strcmp(name, async.name))
		options->operation = &async;
	if (!options->operation)
		fprintf(stderr, "hisi-client: --operation %s: unknown\n", name);
	return options->operation;
}

static bool parse_option(int option, struct options *options)
{
	unsigned long number;
	bool good;

	switch (option) {
	case 'o':
		return parse_operation(optarg, options);
	case 'f':
		options->function = optarg;
		return true;
	case 'F':
		options->functions = optarg;
		return true;
	case 'n':
		options->work.node = optarg;
		return true;
	case 's':
		return parse_number("size", optarg, MOST, &options->work.size);
	case 'p':
		return parse_number("part", optarg, MOST, &options->work.part);
	case 'l':
		return parse_number("list", optarg, MOST,
				    &options->work.buffer);
	case 'a':
		good = parse_number("api", optarg, 3, &number);
		options->work.version = (unsigned int)number;
		return good;
	case 'c':
		return parse_number("count", optarg, 1000000000,
				    &options->count);
	case 'S':
		return parse_number("seconds", optarg, 86400,
				    &options->seconds);
	case 't':
		good = parse_number("timeout", optarg, 3600000, &number);
		options->work.timeout_ms = (int)number;
		return good;
	default:
		return false;
	}
}

/* Return: -1 to go on, or an exit status. */
static int parse(int argc, char **argv, struct options *options)
{
	static const struct option known[] = {
		{ "operation", required_argument, NULL, 'o' },
		{ "function", required_argument, NULL, 'f' },
		{ "functions", required_argument, NULL, 'F' },
		{ "node", required_argument, NULL, 'n' },
		{ "size", required_argument, NULL, 's' },
		{ "part", required_argument, NULL, 'p' },
		{ "list", required_argument, NULL, 'l' },
		{ "api", required_argument, NULL, 'a' },
		{ "count", required_argument, NULL, 'c' },
		{ "seconds", required_argument, NULL, 'S' },
		{ "timeout", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return STATUS_OK;
		}
		if (!parse_option(option, options))
			return STATUS_USAGE;
	}
	if (optind == argc && options->operation)
		return -1;
	fputs(help, stderr);
	return STATUS_USAGE;
}

/* Text with some noise; the byte before it is memory, too. */
static unsigned char *make_data(size_t size)
{
	static const char text[] = "queues of accelerators, near memory; ";
	unsigned char *data = malloc(size + 64);
	uint64_t state = 0x9e3779b97f4a7c15u;
	size_t i;

	for (i = 0; data && i < size + 64; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		data[i] = (unsigned char)(state >> 56);
		if (data[i] > 16)
			data[i] = (unsigned char)text[i % (sizeof(text) - 1)];
	}
	return data;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int run(const struct options *options)
{
	if (!options->operation->run)
		return hisi_run_async(&options->work, options->count);
	return options->operation->run(&options->work);
}

static int compute(struct options *options, const char *id)
{
	double begin = now(), end = begin + (double)options->seconds;
	unsigned char *memory = make_data(options->work.size);
	unsigned long runs = 0;
	const char *name;
	int ret;

	if (!memory)
		return -1;
	options->work.data = memory + 1;
	do {
		ret = run(options);
		runs += !ret;
	} while (!ret && now() < end);
	free(memory);
	if (ret)
		return ret;
	name = strrchr(options->work.node, '/');
	printf("%s %zu bytes ok on %s (%s) %lu times in %.3f s\n",
	       options->work.name, options->work.size,
	       name ? name + 1 : options->work.node, id, runs, now() - begin);
	return 0;
}

int main(int argc, char **argv)
{
	struct options options = {
		.work = { .size = 1u << 20, .version = 3, .timeout_ms = 30000 },
		.count = 10000,
	};
	struct swclient_function function = { .id = "named by --node" };
	int ret = parse(argc, argv, &options);

	if (ret >= 0)
		return ret;
	ret = 0;
	if (!options.work.node) {
		ret = hisi_find(options.functions, options.operation->group,
				options.function, &function);
		options.work.node = function.node;
	}
	if (!ret)
		ret = compute(&options, function.id);
	if (!ret)
		return STATUS_OK;
	fprintf(stderr, "hisi-client: %s%s%s\n", options.work.node,
		*options.work.node ? ": " : "", swclient_error());
	return STATUS_FAILED;
}
