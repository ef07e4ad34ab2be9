// SPDX-License-Identifier: GPL-2.0
/* "sw_zip id=3 node=1 queues=8 depth=256": strict, each mistake is named. */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/nodemask.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "device.h"
#include "engine.h"
#include "queue.h"

struct config_key {
	const char *name;
	size_t offset;
	u32 least;
	u32 most;
	bool required;
};

static const struct config_key keys[] = {
	{ "id", offsetof(struct swaccel_config, id), 0, SWACCEL_MAX_ID, true },
	{ "node", offsetof(struct swaccel_config, node), 0, MAX_NUMNODES - 1,
	  true },
	{ "queues", offsetof(struct swaccel_config, queues), 1,
	  SWACCEL_MAX_QUEUES, false },
	{ "depth", offsetof(struct swaccel_config, depth), SWACCEL_MIN_DEPTH,
	  SWACCEL_MAX_DEPTH, false },
	{ "api", offsetof(struct swaccel_config, version), 1, U8_MAX, false },
};

void swaccel_default_config(unsigned int engine, struct swaccel_config *config)
{
	*config = (struct swaccel_config) {
		.engine	= engine,
		.queues	= swaccel_engines[engine]->queues,
		.depth	= swaccel_engines[engine]->depth,
	};
}

const struct swaccel_format *
swaccel_find_format(const struct swaccel_config *config)
{
	const struct swaccel_format *const *format =
		swaccel_engines[config->engine]->formats;

	if (!config->version)
		return *format;
	for (; *format; format++)
		if ((*format)->version == config->version)
			return *format;
	return NULL;
}

static int parse_value(const struct config_key *key, const char *text,
		       struct swaccel_config *config)
{
	u32 value;

	if (kstrtou32(text, 10, &value) || value < key->least ||
	    value > key->most) {
		pr_err("swaccel: %s=%s: not a number from %u to %u\n",
		       key->name, text, key->least, key->most);
		return -EINVAL;
	}
	*(u32 *)((void *)config + key->offset) = value;
	return 0;
}

static int parse_word(char *word, struct swaccel_config *config,
		      unsigned long *seen)
{
	char *value = strchr(word, '=');
	unsigned int i;

	if (!value) {
		pr_err("swaccel: %s: not of the form key=number\n", word);
		return -EINVAL;
	}
	*value++ = 0;
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		if (strcmp(keys[i].name, word))
			continue;
		if (__test_and_set_bit(i, seen)) {
			pr_err("swaccel: %s: given twice\n", word);
			return -EINVAL;
		}
		return parse_value(&keys[i], value, config);
	}
	pr_err("swaccel: %s: unknown key\n", word);
	return -EINVAL;
}

static int check(const struct swaccel_config *config, unsigned long seen)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		if (keys[i].required && !(seen & BIT(i))) {
			pr_err("swaccel: %s= is missing\n", keys[i].name);
			return -EINVAL;
		}
	}
	if (!node_online(config->node)) {
		pr_err("swaccel: node=%u: not online\n", config->node);
		return -EINVAL;
	}
	if (!is_power_of_2(config->depth)) {
		pr_err("swaccel: depth=%u: not a power of two\n",
		       config->depth);
		return -EINVAL;
	}
	if (!swaccel_find_format(config)) {
		pr_err("swaccel: api=%u: not a version of %s's queues\n",
		       config->version, swaccel_engines[config->engine]->name);
		return -EINVAL;
	}
	return 0;
}

static int parse_engine(const char *name, struct swaccel_config *config)
{
	int engine = swaccel_find_engine(name);

	if (engine < 0) {
		pr_err("swaccel: %s: no such kind of device\n", name);
		return engine;
	}
	swaccel_default_config(engine, config);
	return 0;
}

int swaccel_parse(char *text, struct swaccel_config *config)
{
	bool named = false;
	unsigned long seen = 0;
	char *word;
	int ret;

	while ((word = strsep(&text, " \t\n,"))) {
		if (!*word)
			continue;
		if (!named)
			ret = parse_engine(word, config);
		else
			ret = parse_word(word, config, &seen);
		if (ret)
			return ret;
		named = true;
	}
	if (!named) {
		pr_err("swaccel: no kind of device given\n");
		return -EINVAL;
	}
	return check(config, seen);
}
