/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SWCLIENT_INTERNAL_H
#define SWCLIENT_INTERNAL_H

/* Records what swclient_error() says; returns -error and sets errno. */
int swclient_fail(int error, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
