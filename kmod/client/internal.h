/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SWCLIENT_INTERNAL_H
#define SWCLIENT_INTERNAL_H

#include <stdint.h>

#include "swclient.h"

/* Records what swclient_error() says; returns -error and sets errno. */
int swclient_fail(int error, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* As swclient_find(), for a library of one or two apis; NULL at the end. */
int swclient_find_api(const char *path, const char *const *apis,
		      const char *operation, const char *id,
		      struct swclient_function *found);

/*
 * The kernel decodes this very store, so it must be one plain move of 64
 * bits; the assembler says so where the compiler might choose otherwise.
 */
static inline void store_doorbell(void *address, uint64_t value)
{
#if defined(__x86_64__)
	__asm__ volatile("movq %0, (%1)"
			 :
			 : "r"(value), "r"(address)
			 : "memory");
#elif defined(__aarch64__)
	/* The descriptor is in memory before the doorbell is told. */
	__asm__ volatile("dmb oshst\n\tstr %0, [%1]"
			 :
			 : "r"(value), "r"(address)
			 : "memory");
#else
#error "no doorbell for this architecture"
#endif
}

#endif
