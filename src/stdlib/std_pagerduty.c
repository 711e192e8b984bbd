/*
 * std_pagerduty.c
 *		pagerduty.dedupKey: a column that names a table's series.
 *
 * The rest of the package is written in Flux.  The key is the SHA-256 of the
 * group key's labels and values, so that all events about one series fall
 * together at PagerDuty.
 */
#include "postgres.h"

#include "common/cryptohash.h"
#include "common/sha2.h"
#include "lib/stringinfo.h"

#include "execute/operator_util.h"
#include "stdlib/registry.h"

#define KEY_COLUMN "_pagerdutyDedupKey"

typedef struct DedupKeySpec
{
	const FluxText *exclude;
	int exclude_count;
} DedupKeySpec;

typedef struct DedupKeyOperator
{
	FluxOperator op;
	const FluxTableHead *head;
	FluxColumn key; /* constant */
	int position;   /* of the key among the columns */
	int input_count;
} DedupKeyOperator;

static void
dedup_key_plan(FluxCall *call, FluxPlanNode *node)
{
	DedupKeySpec *spec = flux_spec_create(DedupKeySpec);
	static const FluxText usual[] = {{"_start", 6}, {"_stop", 5}, {"_level", 6}};

	if (flux_call_find(call, "exclude") != NULL)
		spec->exclude = flux_call_strings_or(call, "exclude", NULL, &spec->exclude_count);
	else
	{
		spec->exclude = usual;
		spec->exclude_count = lengthof(usual);
	}
	node->spec = spec;
}

/* Hex of the hash over "label\nvalue\n" per key column, in label order. */
static FluxText
dedup_key(const FluxOperator *op, const FluxGroupKey *key)
{
	const DedupKeySpec *spec = op->node->spec;
	pg_cryptohash_ctx *context = pg_cryptohash_create(PG_SHA256);
	uint8 digest[PG_SHA256_DIGEST_LENGTH];
	StringInfoData text;

	initStringInfo(&text);
	for (int i = 0; i < key->count; i++)
	{
		int at = key->sorted[i];
		FluxText value = {"", 0};

		if (flux_texts_contain(spec->exclude, spec->exclude_count, key->labels[at]))
			continue;
		(void) flux_value_to_text(key->values[at], &value);
		appendBinaryStringInfo(&text, key->labels[at].data, key->labels[at].size);
		appendStringInfoChar(&text, '\n');
		appendBinaryStringInfo(&text, value.data, value.size);
		appendStringInfoChar(&text, '\n');
	}
	if (pg_cryptohash_init(context) < 0 ||
		pg_cryptohash_update(context, (const uint8 *) text.data, (size_t) text.len) < 0 ||
		pg_cryptohash_final(context, digest, sizeof(digest)) < 0)
		flux_operator_raise(op, ERRCODE_INTERNAL_ERROR, "could not compute SHA-256: %s",
							pg_cryptohash_error(context));
	pg_cryptohash_free(context);
	resetStringInfo(&text);
	for (int i = 0; i < PG_SHA256_DIGEST_LENGTH; i++)
		appendStringInfo(&text, "%02x", digest[i]);
	return flux_text(text.data, text.len);
}

static void
dedup_key_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	DedupKeyOperator *self = (DedupKeyOperator *) op;
	FluxText label = flux_text_from_cstring(KEY_COLUMN);
	FluxText value = dedup_key(op, head->key);
	const FluxSchema *schema =
		flux_schema_with(head->schema, label, FLUX_COLUMN_STRING, &self->position);

	self->input_count = head->schema->count;
	self->key = flux_column_constant_string(value);
	self->head = flux_table_head_create(head->key, schema);
	flux_emit_begin_table(op, self->head);
}

static void
dedup_key_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	DedupKeyOperator *self = (DedupKeyOperator *) op;
	FluxColumn *columns = palloc(sizeof(FluxColumn) * (Size) (self->input_count + 1));

	memcpy(columns, batch->columns, sizeof(FluxColumn) * (Size) self->input_count);
	columns[self->position] = self->key;
	flux_emit_columns(op, self->head, columns, batch->row_count);
}

static const FluxOperatorOps dedup_key_ops = {
	.state_size = sizeof(DedupKeyOperator),
	.begin_table = dedup_key_begin_table,
	.process = dedup_key_process,
	.end_table = flux_pass_end_table,
};

static const FluxPlanClass flux_plan_dedup_key = {
	.name = "dedupKey",
	.plan = dedup_key_plan,
	.ops = &dedup_key_ops,
};

static const FluxBuiltin builtins[] = {
	{"pagerduty", "dedupKey", FLUX_BUILTIN_TRANSFORM, .plan_class = &flux_plan_dedup_key},
};

void
flux_std_pagerduty_register(void)
{
	FLUX_REGISTER(builtins);
}
