/* SPDX-License-Identifier: Apache-2.0 */
/* swaccel-client: computes something on a granted queue and checks it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "internal.h"
#include "operations.h"

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

static const struct option known[] = {
	COMMAND_OPTIONS,
	{ "data", required_argument, NULL, 'd' },
	{ NULL, 0, NULL, 0 },
};

static bool parse(int option, const char *value);

static const struct command command = {
	.name = "swaccel-client",
	.help = help,
	.options = known,
	.most = SWACCEL_MAX_LENGTH / 2,
	.parse = parse,
};

static const struct operation *operation;
static const char *kind = "text";

static bool parse_data(const char *value)
{
	kind = value;
	if (!strcmp(kind, "text") || !strcmp(kind, "random") ||
	    !strcmp(kind, "zero"))
		return true;
	fprintf(stderr, "%s: --data %s: unknown\n", command.name, kind);
	return false;
}

static bool parse(int option, const char *value)
{
	if (option == 'd')
		return parse_data(value);
	operation = find_operation(value);
	if (!operation)
		fprintf(stderr, "%s: --operation %s: unknown\n", command.name,
			value);
	return operation;
}

struct work {
	const struct task *task;
	struct swclient_queue *queue;
	void *data;
};

static int run(void *argument)
{
	const struct work *work = argument;

	return operation->run(operation, work->queue, work->data,
			      work->task->size, (int)work->task->timeout_ms);
}

static int compute(const struct task *task,
		   const struct swclient_function *function)
{
	struct work work = { .task = task };
	int ret;

	work.queue = swclient_open(function->node);
	if (!work.queue)
		return -1;
	work.data = command_data(task->size, kind);
	ret = work.data ? command_repeat(task, function, run, &work) :
			  swclient_fail(ENOMEM, "no memory");
	free(work.data);
	swclient_close(work.queue);
	return ret;
}

int main(int argc, char **argv)
{
	struct task task = { .size = 1u << 20, .timeout_ms = 30000 };
	struct swclient_function function = { .id = "named by --node" };
	int ret = command_parse(&command, argc, argv, &task);

	if (ret >= 0)
		return ret;
	ret = 0;
	if (task.node)
		snprintf(function.node, sizeof(function.node), "%s", task.node);
	else
		ret = swclient_find(task.functions, task.operation,
				    task.function, &function);
	if (!ret)
		ret = compute(&task, &function);
	return command_end(&command, function.node, ret);
}
