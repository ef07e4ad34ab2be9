/* SPDX-License-Identifier: Apache-2.0 */
/* swaccel-client: computes something on a granted queue and checks it. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "operations.h"

enum { STATUS_OK, STATUS_FAILED, STATUS_USAGE };

#define DEFAULT_SIZE	(1u << 20)
#define DEFAULT_TIMEOUT	30000

struct options {
	const struct operation *operation;
	const char *functions;
	const char *function;
	const char *node;
	const char *data;
	unsigned long size;
	unsigned long seconds;
	unsigned long timeout_ms;
};

static const char help[] =
	"Usage: swaccel-client --operation NAME [OPTION]...\n"
	"Opens a queue of a granted function, computes, checks the result.\n"
	"\n"
	"  --operation NAME   memmove crc32c sha256 sha512 hmac-sha256\n"
	"                     hmac-sha512 zlib deflate gzip\n"
	"  --function ID      this function, not the first that fits\n"
	"  --functions FILE   default $NACELLE_FUNCTIONS, else\n"
	"                     /run/nacelle/functions.json\n"
	"  --node PATH        this device node, without functions.json\n"
	"  --size N           bytes (default 1048576)\n"
	"  --data KIND        text, random, or zero: pages never touched\n"
	"  --seconds S        again and again for so long\n"
	"  --timeout MS       for one piece of work (default 30000)\n"
	"\n"
	"Example: swaccel-client --operation zlib --size 65536\n"
	"Exit status: 0 right result, 1 failure, 2 wrong use.\n";

static bool parse_number(const char *name, const char *text,
			 unsigned long most, unsigned long *value)
{
	char *end;

	*value = strtoul(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && *value <= most)
		return true;
	fprintf(stderr, "swaccel-client: --%s %s: not a number up to %lu\n",
		name, text, most);
	return false;
}

static bool parse_operation(const char *name, struct options *options)
{
	options->operation = find_operation(name);
	if (!options->operation)
		fprintf(stderr, "swaccel-client: --operation %s: unknown\n",
			name);
	return options->operation;
}

static bool parse_data(const char *kind, struct options *options)
{
	options->data = kind;
	if (!strcmp(kind, "text") || !strcmp(kind, "random") ||
	    !strcmp(kind, "zero"))
		return true;
	fprintf(stderr, "swaccel-client: --data %s: unknown\n", kind);
	return false;
}

static bool parse_option(int option, struct options *options)
{
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
		options->node = optarg;
		return true;
	case 'd':
		return parse_data(optarg, options);
	case 's':
		return parse_number("size", optarg, SWACCEL_MAX_LENGTH / 2,
				    &options->size);
	case 'S':
		return parse_number("seconds", optarg, 86400,
				    &options->seconds);
	case 't':
		return parse_number("timeout", optarg, 3600000,
				    &options->timeout_ms);
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
		{ "data", required_argument, NULL, 'd' },
		{ "size", required_argument, NULL, 's' },
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

static void *make_data(const struct options *options)
{
	static const char text[] = "queues of accelerators, near memory; ";
	unsigned char *data;
	uint64_t state = 0x9e3779b97f4a7c15u;
	size_t i;

	/* Large zeroed memory is not touched: the device faults it in. */
	data = calloc(1, options->size + 1);
	if (!data || !strcmp(options->data, "zero"))
		return data;
	for (i = 0; i < options->size; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		data[i] = (unsigned char)(state >> 56);
		if (!strcmp(options->data, "text") && data[i] > 16)
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

static int run_for(const struct options *options,
		   struct swclient_queue *queue, const void *data,
		   unsigned long *runs)
{
	double end = now() + (double)options->seconds;
	int ret;

	*runs = 0;
	do {
		ret = options->operation->run(options->operation, queue, data,
					      options->size,
					      (int)options->timeout_ms);
		if (!ret)
			++*runs;
	} while (!ret && now() < end);
	return ret;
}

static int compute(const struct options *options,
		   const struct swclient_function *function)
{
	const char *name = strrchr(function->node, '/');
	struct swclient_queue *queue;
	double start = now();
	unsigned long runs;
	void *data;
	int ret;

	queue = swclient_open(function->node);
	if (!queue)
		return -1;
	data = make_data(options);
	ret = data ? run_for(options, queue, data, &runs) : -1;
	free(data);
	swclient_close(queue);
	if (ret)
		return ret;
	printf("%s %lu bytes ok on %s (%s) %lu times in %.3f s\n",
	       options->operation->name, options->size,
	       name ? name + 1 : function->node, function->id, runs,
	       now() - start);
	return 0;
}

int main(int argc, char **argv)
{
	struct options options = {
		.data = "text",
		.size = DEFAULT_SIZE,
		.timeout_ms = DEFAULT_TIMEOUT,
	};
	struct swclient_function function = { .id = "named by --node" };
	int ret = parse(argc, argv, &options);

	if (ret >= 0)
		return ret;
	if (options.node)
		snprintf(function.node, sizeof(function.node), "%s",
			 options.node);
	else
		ret = swclient_find(options.functions, options.operation->name,
				    options.function, &function);
	if (options.node || !ret)
		ret = compute(&options, &function);
	if (!ret)
		return STATUS_OK;
	fprintf(stderr, "swaccel-client: %s%s%s\n", function.node,
		*function.node ? ": " : "", swclient_error());
	return STATUS_FAILED;
}
