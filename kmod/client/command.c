/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

bool command_number(const struct command *command, const char *option,
		    const char *text, unsigned long most, unsigned long *value)
{
	char *end;

	*value = strtoul(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && *value <= most)
		return true;
	fprintf(stderr, "%s: --%s %s: not a number up to %lu\n", command->name,
		option, text, most);
	return false;
}

static bool parse_option(const struct command *command, int option,
			 struct task *task)
{
	switch (option) {
	case 'o':
		task->operation = optarg;
		return command->parse(option, optarg);
	case 'f':
		task->function = optarg;
		return true;
	case 'F':
		task->functions = optarg;
		return true;
	case 'n':
		task->node = optarg;
		return true;
	case 's':
		return command_number(command, "size", optarg, command->most,
				      &task->size);
	case 'S':
		return command_number(command, "seconds", optarg, 86400,
				      &task->seconds);
	case 't':
		return command_number(command, "timeout", optarg, 3600000,
				      &task->timeout_ms);
	case '?':
		return false;
	default:
		return command->parse(option, optarg);
	}
}

int command_parse(const struct command *command, int argc, char **argv,
		  struct task *task)
{
	int option;

	while ((option = getopt_long(argc, argv, "", command->options, NULL)) !=
	       -1) {
		if (option == 'h') {
			fputs(command->help, stdout);
			return STATUS_OK;
		}
		if (!parse_option(command, option, task))
			return STATUS_USAGE;
	}
	if (optind == argc && task->operation)
		return -1;
	fputs(command->help, stderr);
	return STATUS_USAGE;
}

void *command_data(size_t size, const char *kind)
{
	static const char text[] = "queues of accelerators, near memory; ";
	uint64_t state = 0x9e3779b97f4a7c15u;
	unsigned char *data;
	size_t i;

	/* Large zeroed memory is not touched: the device faults it in. */
	data = calloc(1, size + 1);
	if (!data || !strcmp(kind, "zero"))
		return data;
	for (i = 0; i < size; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		data[i] = (unsigned char)(state >> 56);
		if (!strcmp(kind, "text") && data[i] > 16)
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

int command_repeat(const struct task *task,
		   const struct swclient_function *function,
		   int (*run)(void *argument), void *argument)
{
	const char *name = strrchr(function->node, '/');
	double start = now();
	unsigned long runs = 0;
	int ret;

	do {
		ret = run(argument);
		runs += !ret;
	} while (!ret && now() < start + (double)task->seconds);
	if (ret)
		return ret;
	printf("%s %lu bytes ok on %s (%s) %lu times in %.3f s\n",
	       task->operation, task->size, name ? name + 1 : function->node,
	       function->id, runs, now() - start);
	return 0;
}

int command_end(const struct command *command, const char *node, int ret)
{
	if (!ret)
		return STATUS_OK;
	fprintf(stderr, "%s: %s%s%s\n", command->name, node, *node ? ": " : "",
		swclient_error());
	return STATUS_FAILED;
}
