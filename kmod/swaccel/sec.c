// SPDX-License-Identifier: GPL-2.0
/* sw_sec: digests and HMACs, by the kernel's crypto. */
#include <crypto/hash.h>
#include <linux/err.h>
#include <linux/kernel.h>

#include <uapi/misc/uacce/swaccel.h>

#include "stream.h"

static const char *const names[] = {
	"sha256", "sha512", "hmac(sha256)", "hmac(sha512)",
};

static int set_key(struct swaccel_queue *queue, struct swaccel_job *job,
		   struct crypto_shash *hash)
{
	int ret;

	if (!(job->operation->uses & SWACCEL_USES_KEY))
		return 0;
	ret = swaccel_read(queue, queue->input, job->key, job->key_length);
	if (ret)
		return ret;
	return crypto_shash_setkey(hash, queue->input, job->key_length);
}

static int digest_source(struct swaccel_queue *queue, struct swaccel_job *job,
			 struct shash_desc *state, u8 *digest)
{
	struct swaccel_source source;
	int length, ret;

	ret = crypto_shash_init(state);
	if (ret)
		return ret;
	swaccel_source_init(&source, queue, job);
	while ((length = swaccel_source_next(&source)) > 0) {
		ret = crypto_shash_update(state, queue->input, length);
		if (ret)
			return ret;
	}
	if (length < 0)
		return length;
	return crypto_shash_final(state, digest);
}

static int run_with(struct swaccel_queue *queue, struct swaccel_job *job,
		    struct crypto_shash *hash)
{
	SHASH_DESC_ON_STACK(state, hash);
	u32 size = crypto_shash_digestsize(hash);
	u8 digest[HASH_MAX_DIGESTSIZE];
	int ret;

	if (job->room < size)
		return -ENOSPC;
	ret = set_key(queue, job, hash);
	if (ret)
		return ret;
	state->tfm = hash;
	ret = digest_source(queue, job, state, digest);
	shash_desc_zero(state);
	if (ret)
		return ret;
	ret = swaccel_write(queue, job->destination, digest, size);
	if (ret)
		return ret;
	job->consumed = job->source_length;
	job->produced = size;
	return 0;
}

static int run_digest(struct swaccel_queue *queue, struct swaccel_job *job)
{
	struct crypto_shash *hash;
	int ret;

	hash = crypto_alloc_shash(names[job->operation->variant], 0, 0);
	if (IS_ERR(hash))
		return PTR_ERR(hash);
	ret = run_with(queue, job, hash);
	crypto_free_shash(hash);
	return ret;
}

static const struct swaccel_operation operations[] = {
	{
		.code		= SWACCEL_SHA256,
		.uses		= SWACCEL_USES_DESTINATION,
		.variant	= 0,
		.run		= run_digest,
	},
	{
		.code		= SWACCEL_SHA512,
		.uses		= SWACCEL_USES_DESTINATION,
		.variant	= 1,
		.run		= run_digest,
	},
	{
		.code		= SWACCEL_HMAC_SHA256,
		.uses		= SWACCEL_USES_DESTINATION | SWACCEL_USES_KEY,
		.variant	= 2,
		.run		= run_digest,
	},
	{
		.code		= SWACCEL_HMAC_SHA512,
		.uses		= SWACCEL_USES_DESTINATION | SWACCEL_USES_KEY,
		.variant	= 3,
		.run		= run_digest,
	},
};

const struct swaccel_engine swaccel_sec_engine = {
	.name			= "sw_sec",
	.algorithms		= "sha256\nsha512\nhmac-sha256\nhmac-sha512",
	.operations		= operations,
	.operation_count	= ARRAY_SIZE(operations),
	SWACCEL_OWN_QUEUES,
};
