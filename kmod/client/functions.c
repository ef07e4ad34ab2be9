/* SPDX-License-Identifier: Apache-2.0 */
/* Reads functions.json, the description of what a container was granted. */
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "swclient.h"

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static bool has_operation(const json_t *function, const char *operation)
{
	json_t *entry;
	size_t index;

	if (!operation)
		return true;
	json_array_foreach(json_object_get(function, "operations"), index,
			   entry)
		if (json_is_string(entry) &&
		    !strcmp(json_string_value(entry), operation))
			return true;
	return false;
}

static const char *first_node(const json_t *function)
{
	const json_t *queues = json_object_get(function, "queues");
	const json_t *nodes = json_object_get(json_array_get(queues, 0),
					      "nodes");

	return json_string_value(json_array_get(nodes, 0));
}

static bool fits(const json_t *function, const char *api,
		 const char *operation, const char *id)
{
	return !strcmp(text_of(function, "api"), api) &&
	       has_operation(function, operation) &&
	       (!id || !strcmp(text_of(function, "id"), id)) &&
	       first_node(function);
}

static int find_in(const json_t *document, const char *path, const char *api,
		   const char *operation, const char *id,
		   struct swclient_function *found)
{
	json_t *function;
	size_t index;

	if (json_integer_value(json_object_get(document, "version")) != 1)
		return swclient_fail(EINVAL, "%s: not of version 1", path);
	json_array_foreach(json_object_get(document, "functions"), index,
			   function) {
		if (!fits(function, api, operation, id))
			continue;
		snprintf(found->id, sizeof(found->id), "%s",
			 text_of(function, "id"));
		snprintf(found->node, sizeof(found->node), "%s",
			 first_node(function));
		return 0;
	}
	return swclient_fail(ENOENT, "%s: no function%s%s%s%s of api %s", path,
			     id ? " " : "", id ? id : "",
			     operation ? " with operation " : "",
			     operation ? operation : "", api);
}

int swclient_find_api(const char *path, const char *api, const char *operation,
		      const char *id, struct swclient_function *found)
{
	json_error_t error;
	json_t *document;
	int ret;

	if (!path)
		path = getenv("NACELLE_FUNCTIONS");
	if (!path)
		path = SWCLIENT_DEFAULT_FUNCTIONS;
	document = json_load_file(path, 0, &error);
	if (!document)
		return swclient_fail(EINVAL, "%s:%d: %s", path, error.line,
				     error.text);
	ret = find_in(document, path, api, operation, id, found);
	json_decref(document);
	return ret;
}

int swclient_find(const char *path, const char *operation, const char *id,
		  struct swclient_function *found)
{
	return swclient_find_api(path, SWACCEL_API_VER1, operation, id, found);
}
