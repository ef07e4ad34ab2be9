// SPDX-License-Identifier: GPL-2.0
/* hisi_sec2: struct swhisi_sec, type 3, and which part executes it. */
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>

#include <uapi/misc/uacce/swhisi.h>

#include "engine.h"
#include "hisi_sec.h"
#include "queue.h"

static_assert(sizeof(struct swhisi_sec) == 128);
static_assert(offsetof(struct swhisi_sec, mac) == 56);
static_assert(offsetof(struct swhisi_sec, start) == 92);
static_assert(offsetof(struct swhisi_sec, done) == 112);

struct swaccel_area swaccel_sec_source(const struct swhisi_sec *sec)
{
	return (struct swaccel_area) {
		.address	= sec->source,
		.list		= sec->param & SWHISI_SEC_SOURCE_SGL,
	};
}

struct swaccel_area swaccel_sec_destination(const struct swhisi_sec *sec)
{
	return (struct swaccel_area) {
		.address	= sec->destination,
		.list		= sec->param & SWHISI_SEC_TARGET_SGL,
	};
}

int swaccel_sec_key_length(const struct swhisi_sec *sec)
{
	static const int lengths[] = {
		AES_KEYSIZE_128, AES_KEYSIZE_192, AES_KEYSIZE_256,
	};
	u32 length = sec->cipher >> 13;

	return length < ARRAY_SIZE(lengths) ? lengths[length] : -EINVAL;
}

u32 swaccel_sec_tag_length(const struct swhisi_sec *sec)
{
	return sec->cipher >> 4 & 0x3f;
}

/* A mode that authenticates by itself, or a cipher with an HMAC. */
static int execute_aead(struct swaccel_queue *queue, struct swhisi_sec *sec)
{
	if ((sec->cipher & 3) > SWHISI_SEC_DECRYPT)
		return -EINVAL;
	if (sec->mode >> 4 != SWHISI_SEC_AES)
		return -EOPNOTSUPP;
	switch (sec->mode & 0xf) {
	case SWHISI_SEC_GCM:
		return swaccel_sec_gcm(queue, sec);
	case SWHISI_SEC_CCM:
		return swaccel_sec_ccm(queue, sec);
	default:
		return swaccel_sec_authenc(queue, sec);
	}
}

static bool is_aead(const struct swhisi_sec *sec)
{
	u32 mode = sec->mode & 0xf;

	return sec->cipher & 3 && (sec->mac & 3 || mode == SWHISI_SEC_GCM ||
				   mode == SWHISI_SEC_CCM);
}

static int execute(struct swaccel_queue *queue, void *descriptor)
{
	struct swhisi_sec *sec = descriptor;
	int ret;

	sec->done = 0;
	sec->error = SWHISI_SEC_OK;
	sec->warning = 0;
	/* What a length has too much of would be taken for offsets. */
	if ((sec->param & 0xf) != SWHISI_SEC_TYPE ||
	    sec->mac_length > SWACCEL_SEC_MAX_LENGTH ||
	    sec->cipher_length > SWACCEL_SEC_MAX_LENGTH)
		return -EINVAL;
	if (sec->param & SWHISI_SEC_INVALID)
		ret = 0;
	else if ((sec->mac >> 15 & 0x3f) == SWHISI_SEC_GMAC)
		ret = swaccel_sec_gmac(queue, sec);
	else if (is_aead(sec))
		ret = execute_aead(queue, sec);
	else if (sec->cipher & 3)
		ret = swaccel_sec_cipher(queue, sec);
	else if (sec->mac & 3)
		ret = swaccel_sec_digest(queue, sec);
	else
		ret = -EINVAL;
	if (!ret)
		sec->done = SWHISI_SEC_DONE;
	return ret;
}

static u8 error_of(int error)
{
	switch (error) {
	case -EBADMSG:
		return SWHISI_SEC_OK;
	case -EINVAL:
	case -ENOSPC:
		return SWHISI_SEC_BAD_DESCRIPTOR;
	case -EFAULT:
	case -ESRCH:
		return SWHISI_SEC_BAD_ADDRESS;
	case -EOPNOTSUPP:
	case -ENOENT:
		return SWHISI_SEC_UNSUPPORTED;
	default:
		return SWHISI_SEC_FAILURE;
	}
}

static void report(void *descriptor, int error)
{
	struct swhisi_sec *sec = descriptor;

	sec->error = error_of(error);
	sec->done = SWHISI_SEC_DONE;
	if (error == -EBADMSG)
		sec->done |= SWHISI_SEC_BAD_TAG;
}

static const struct swaccel_format *const formats[] = {
	&swaccel_format_qm_v3,
	NULL,
};

const struct swaccel_engine swaccel_hisi_sec_engine = {
	.name		= "hisi_sec2",
	.algorithms	= "cipher\ndigest\naead",
	.formats	= formats,
	.depth		= 1024,
	.queues		= 64,
	.borrowed	= true,
	.execute	= execute,
	.report		= report,
};
