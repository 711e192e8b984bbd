/*
 * io_target.c
 *		Which bucket a from() or to() means.
 */
#include "postgres.h"

#include "access/xact.h"

#include "guc.h"
#include "base/flux_time.h"
#include "io/io_classes.h"

/* What package monitor reads and writes. */
#define MONITORING_BUCKET "_monitoring"
#define MONITORING_RETENTION_NS (7 * FLUX_NS_PER_DAY)

/* Empty is as good as absent, so that a script can pass on what it may have. */
static void
refuse_both(const FluxCall *call, const char *name, const char *id_name)
{
	if (flux_call_string_or(call, name, "").size > 0 &&
		flux_call_string_or(call, id_name, "").size > 0)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"cannot provide both \"%s\" and \"%s\"", name, id_name);
}

void
flux_io_server_arguments(const FluxCall *call, FluxFromSpec *spec)
{
	refuse_both(call, "org", "orgID");
	spec->host = flux_call_string_or(call, "host", "");
	spec->token = flux_call_string_or(call, "token", "");
	spec->org = flux_call_string_or(call, "org", "");
	spec->org_id = flux_call_string_or(call, "orgID", "");
	if (spec->host.size == 0 && spec->org.size > 0 && flux_guc_org != NULL &&
		flux_guc_org[0] != '\0' && !flux_text_equal_cstring(spec->org, flux_guc_org))
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "could not find org \"%.*s\"",
						spec->org.size, spec->org.data);
}

void
flux_io_target_arguments(const FluxCall *call, FluxFromSpec *spec)
{
	refuse_both(call, "bucket", "bucketID");
	spec->source = call->source;
	spec->span = call->span;
	spec->bucket = flux_call_string_or(call, "bucket", "");
	spec->bucket_id = flux_call_string_or(call, "bucketID", "");
	if (spec->bucket.size == 0 && spec->bucket_id.size == 0)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"must specify one of bucket or bucketID");
	flux_io_server_arguments(call, spec);
}

void
flux_io_check_token(const FluxCall *call, const FluxFromSpec *spec)
{
	if (spec->host.size > 0 && spec->token.size == 0)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"%s: \"token\" is required where \"host\" is given", call->builtin->name);
}

void
flux_io_target_explain(const FluxFromSpec *spec, StringInfo out)
{
	if (spec->host.size > 0)
		appendStringInfo(out, "host: \"%.*s\", ", spec->host.size, spec->host.data);
	appendStringInfo(out, "bucket: \"%.*s\"", spec->bucket.size, spec->bucket.data);
}

/* InfluxDB's ids are 16 hexadecimal digits; ours are the bucket's number so. */
static bool
parse_bucket_id(FluxText text, int32 *bucket_id)
{
	uint64 id = 0;

	if (text.size != 16)
		return false;
	for (int i = 0; i < text.size; i++)
	{
		char c = text.data[i];
		int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;

		if (digit < 0)
			return false;
		id = id * 16 + digit;
	}
	*bucket_id = (int32) id;
	return id > 0 && id <= PG_INT32_MAX;
}

FluxBucket *
flux_io_try_find_bucket(const FluxFromSpec *spec)
{
	int32 bucket_id;

	if (spec->bucket.size > 0)
		return flux_bucket_get(spec->bucket, true);
	return parse_bucket_id(spec->bucket_id, &bucket_id) ? flux_bucket_get_by_id(bucket_id, true)
														: NULL;
}

FluxBucket *
flux_io_find_bucket(const FluxFromSpec *spec)
{
	FluxBucket *bucket = flux_io_try_find_bucket(spec);
	FluxNearName near;
	FluxBucket **all;
	const char *hint;
	int count;

	if (bucket != NULL)
		return bucket;
	if (flux_text_equal_cstring(spec->bucket, FLUX_BUCKET_TASKS))
		return flux_bucket_tasks();
	if (flux_text_equal_cstring(spec->bucket, MONITORING_BUCKET) && !XactReadOnly)
	{
		/* InfluxDB has it from the start; here the first who needs it owns it */
		flux_bucket_create(spec->bucket, MONITORING_RETENTION_NS, 0,
						   "statuses of checks and notifications (package monitor)");
		return flux_bucket_get(spec->bucket, false);
	}

	if (spec->bucket.size == 0)
		flux_raise_at(FLUX_ERRCODE_UNDEFINED_BUCKET, spec->source, spec->span,
					  "could not find bucket id \"%.*s\"", spec->bucket_id.size,
					  spec->bucket_id.data);

	flux_near_name_init(&near, spec->bucket);
	all = flux_bucket_list(&count);
	for (int i = 0; i < count; i++)
		flux_near_name_offer(&near, flux_text_from_cstring(all[i]->name));
	hint = flux_near_name_hint(&near);
	flux_raise_full(FLUX_ERRCODE_UNDEFINED_BUCKET, spec->source, spec->span, NULL,
					hint != NULL ? hint : "Create it with flux.create_bucket().",
					"could not find bucket \"%.*s\"", spec->bucket.size, spec->bucket.data);
}
