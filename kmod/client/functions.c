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

static bool has_api(const json_t *function, const char *const *apis)
{
	while (*apis && strcmp(text_of(function, "api"), *apis))
		apis++;
	return *apis;
}

static bool fits(const json_t *function, const char *const *apis,
		 const char *operation, const char *id)
{
	return has_api(function, apis) &&
	       has_operation(function, operation) &&
	       (!id || !strcmp(text_of(function, "id"), id)) &&
	       first_node(function);
}

static int find_in(const json_t *document, const char *path,
		   const char *const *apis, const char *operation,
		   const char *id, struct swclient_function *found)
{
	json_t *function;
	size_t index;

	if (json_integer_value(json_object_get(document, "version")) != 1)
		return swclient_fail(EINVAL, "%s: not of version 1", path);
	json_array_foreach(json_object_get(document, "functions"), index,
			   function) {
		if (!fits(function, apis, operation, id))
			continue;
		snprintf(found->id, sizeof(found->id), "%s",
			 text_of(function, "id"));
		snprintf(found->node, sizeof(found->node), "%s",
			 first_node(function));
		snprintf(found->api, sizeof(found->api), "%s",
			 text_of(function, "api"));
		return 0;
	}
	return swclient_fail(ENOENT, "%s: no function%s%s%s%s of api %s%s%s",
			     path, id ? " " : "", id ? id : "",
			     operation ? " with operation " : "",
			     operation ? operation : "", apis[0],
			     apis[1] ? " or " : "", apis[1] ? apis[1] : "");
}

int swclient_find_api(const char *path, const char *const *apis,
		      const char *operation, const char *id,
		      struct swclient_function *found)
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
	ret = find_in(document, path, apis, operation, id, found);
	json_decref(document);
	return ret;
}

int swclient_find(const char *path, const char *operation, const char *id,
		  struct swclient_function *found)
{
	static const char *const apis[] = { SWACCEL_API_VER1, NULL };

	return swclient_find_api(path, apis, operation, id, found);
}
