/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "internal.h"
#include "swclient.h"

static _Thread_local char message[256];

int swclient_fail(int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	errno = error;
	return -error;
}

const char *swclient_error(void)
{
	return message;
}

const char *swclient_status_name(uint32_t status)
{
	static const char *const names[] = {
		[SWACCEL_OK] = "ok",
		[SWACCEL_BAD_DESCRIPTOR] = "bad descriptor",
		[SWACCEL_BAD_ADDRESS] = "bad address",
		[SWACCEL_NO_ADDRESS_SPACE] = "no address space",
		[SWACCEL_BAD_DATA] = "bad data",
		[SWACCEL_BAD_CHECKSUM] = "bad checksum",
		[SWACCEL_NO_ROOM] = "no room",
		[SWACCEL_NO_MEMORY] = "no memory",
		[SWACCEL_DEVICE_ERROR] = "device error",
		[SWACCEL_CANCELLED] = "cancelled",
	};

	if (status < sizeof(names) / sizeof(names[0]))
		return names[status];
	return "unknown status";
}
