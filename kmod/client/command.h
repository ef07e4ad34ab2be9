/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of the example programs, and what they do with it. */
#ifndef SWCLIENT_COMMAND_H
#define SWCLIENT_COMMAND_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

#include "swclient.h"

enum { STATUS_OK, STATUS_FAILED, STATUS_USAGE };

/* Options that all of them have; put them first. */
#define COMMAND_OPTIONS							\
	{ "operation", required_argument, NULL, 'o' },			\
	{ "function", required_argument, NULL, 'f' },			\
	{ "functions", required_argument, NULL, 'F' },			\
	{ "node", required_argument, NULL, 'n' },			\
	{ "size", required_argument, NULL, 's' },			\
	{ "seconds", required_argument, NULL, 'S' },			\
	{ "timeout", required_argument, NULL, 't' },			\
	{ "help", no_argument, NULL, 'h' }

/**
 * struct command - a program
 * @name: of the program
 * @help: what --help prints
 * @options: COMMAND_OPTIONS and its own, ends with zeros
 * @most: bytes for --size
 * @parse: takes --operation ('o') and its own options; false: wrong use, and
 *	it has said why
 */
struct command {
	const char *name;
	const char *help;
	const struct option *options;
	unsigned long most;
	bool (*parse)(int option, const char *value);
};

/**
 * struct task - what it is asked to do
 * @operation: name; not NULL after command_parse() returned -1
 * @functions: file, or NULL
 * @function: id, or NULL
 * @node: device node, or NULL
 * @size: bytes
 * @seconds: again and again for so long
 * @timeout_ms: for one descriptor
 */
struct task {
	const char *operation;
	const char *functions;
	const char *function;
	const char *node;
	unsigned long size;
	unsigned long seconds;
	unsigned long timeout_ms;
};

/* Return: -1 to go on, or an exit status. */
int command_parse(const struct command *command, int argc, char **argv,
		  struct task *task);
/* false, and it has said why: not a number up to `most`. */
bool command_number(const struct command *command, const char *option,
		    const char *text, unsigned long most, unsigned long *value);

/*
 * `size` bytes of a `kind` for free(): "text" with some noise, "random", or
 * "zero", pages that nothing has touched. NULL without memory.
 */
void *command_data(size_t size, const char *kind);

/*
 * Calls `run` until the time is over, and says how it went on `function`.
 * Return: 0, or what `run` returned.
 */
int command_repeat(const struct task *task,
		   const struct swclient_function *function,
		   int (*run)(void *argument), void *argument);
/* Return: the exit status for `ret`; says what went wrong. */
int command_end(const struct command *command, const char *node, int ret);

#endif
