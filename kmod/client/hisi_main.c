/* SPDX-License-Identifier: Apache-2.0 */
/* hisi-client: computes on a granted hisi_zip or hisi_sec2, and checks. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "hisi_work.h"
#include "internal.h"

static const char help[] =
	"Usage: hisi-client --operation NAME [OPTION]...\n"
	"Computes on a queue of a granted hisi_zip or hisi_sec2, and checks it\n"
	"against zlib or OpenSSL.\n"
	"\n"
	"  --operation NAME   deflate zlib gzip; md5 sha1 sha224 sha256 sha384\n"
	"                     sha512, and with hmac- before them;\n"
	"                     aes-{128,192,256}-{ecb,cbc,ctr,ccm,gcm},\n"
	"                     aes-{128,256}-xts, des-{ede,ede3}-{ecb,cbc}; aes-{128,192,256}-cbc-hmac-\n"
	"                     {sha1,sha256,sha512}; async: many small sha256\n"
	"  --function ID      this function, not the first that fits\n"
	"  --functions FILE   default $NACELLE_FUNCTIONS, else\n"
	"                     /run/nacelle/functions.json\n"
	"  --node PATH        this device node, without functions.json\n"
	"  --size N           bytes (default 1048576)\n"
	"  --part N           bytes a descriptor: a stream, a long digest, GCM\n"
	"  --list N           bytes a buffer: lists of buffers\n"
	"  --api N            2 or 3 (default that of the function, of --node 3)\n"
	"  --key N            bytes of an HMAC's key, a multiple of 4 up to 252\n"
	"                     (default 40)\n"
	"  --count N          of async (default 10000)\n"
	"  --seconds S        again and again for so long\n"
	"  --timeout MS       for one descriptor (default 30000)\n"
	"\n"
	"Example: hisi-client --operation gzip --size 65536\n"
	"Exit status: 0 right result, 1 failure, 2 wrong use.\n";

static const struct option known[] = {
	COMMAND_OPTIONS,
	{ "part", required_argument, NULL, 'p' },
	{ "list", required_argument, NULL, 'l' },
	{ "api", required_argument, NULL, 'a' },
	{ "key", required_argument, NULL, 'k' },
	{ "count", required_argument, NULL, 'c' },
	{ NULL, 0, NULL, 0 },
};

static bool parse(int option, const char *value);

static const struct command command = {
	.name = "hisi-client",
	.help = help,
	.options = known,
	.most = 64u << 20,
	.parse = parse,
};

static struct hisi_work work = { .key_size = 40 };
static const struct hisi_operation *operation;
/* 0: as the function has it. */
static unsigned long version;
static unsigned long count = 10000;

static const struct hisi_operation *find(const char *name)
{
	static const struct hisi_operation async[] = {
		{ "async", "digest", NULL }, { NULL, NULL, NULL },
	};
	const struct hisi_operation *const lists[] = {
		hisi_zip_operations, hisi_sec_operations, hisi_aead_operations,
		async,
	};
	const struct hisi_operation *found;
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (found = lists[i]; found->name; found++)
			if (!strcmp(found->name, name))
				return found;
	return NULL;
}

static bool parse_operation(const char *name)
{
	operation = find(name);
	if (!operation)
		fprintf(stderr, "%s: --operation %s: unknown\n", command.name,
			name);
	return operation;
}

static bool parse_api(const char *value)
{
	if (strcmp(value, "2") && strcmp(value, "3")) {
		fprintf(stderr, "%s: --api %s: neither 2 nor 3\n",
			command.name, value);
		return false;
	}
	version = (unsigned long)atoi(value);
	return true;
}

static bool parse_key(const char *value)
{
	if (!command_number(&command, "key", value, HISI_MOST_KEY,
			    &work.key_size))
		return false;
	if (work.key_size % 4)
		fprintf(stderr, "%s: --key %s: not a multiple of 4\n",
			command.name, value);
	return work.key_size % 4 == 0;
}

static bool parse(int option, const char *value)
{
	switch (option) {
	case 'o':
		return parse_operation(value);
	case 'p':
		return command_number(&command, "part", value, command.most,
				      &work.part);
	case 'l':
		return command_number(&command, "list", value, command.most,
				      &work.buffer);
	case 'a':
		return parse_api(value);
	case 'k':
		return parse_key(value);
	case 'c':
		return command_number(&command, "count", value, 1000000000,
				      &count);
	default:
		return false;
	}
}

static int run(void *argument)
{
	(void)argument;
	return operation->run ? operation->run(&work) :
				hisi_run_async(&work, count);
}

static int compute(const struct task *task,
		   const struct swclient_function *function)
{
	/* What is in front of the data is memory, too, and behind it. */
	unsigned char *memory = command_data(task->size + 64, "text");
	int ret;

	if (!memory)
		return swclient_fail(ENOMEM, "no memory");
	work.node = function->node;
	work.name = task->operation;
	work.data = memory + 1;
	work.size = task->size;
	work.version = version ? (unsigned int)version :
		       strcmp(function->api, SWHISI_API_VER2) ? 3 : 2;
	work.timeout_ms = (int)task->timeout_ms;
	ret = command_repeat(task, function, run, NULL);
	free(memory);
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
		ret = hisi_find(task.functions, operation->group, task.function,
				&function);
	if (!ret)
		ret = compute(&task, &function);
	return command_end(&command, function.node, ret);
}
