/*
 * jsonb_builder.c
 *		JSON that is ours, and may be large, as jsonb.
 *
 * Our reader makes values of the text, and they are pushed into jsonb's own
 * builder one by one, so that a cancel waits for the writing of jsonb alone and not
 * for the parser of the server as well.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"

#include "api/jsonb_builder.h"
#include "base/jsonb_text.h"
#include "evaluate/json_reader.h"

/* Numbers come as they are written. */
static JsonbValue
scalar_value(FluxValue scalar)
{
	JsonbValue value = {.type = jbvNull};

	if (scalar.kind == FLUX_KIND_STRING)
		return flux_jsonb_string(scalar.as.string);
	if (scalar.kind == FLUX_KIND_BOOL)
	{
		value.type = jbvBool;
		value.val.boolean = scalar.as.boolean;
	}
	else if (scalar.kind == FLUX_KIND_BYTES)
	{
		value.type = jbvNumeric;
		value.val.numeric = DatumGetNumeric(
			DirectFunctionCall3(numeric_in, CStringGetDatum(flux_text_to_cstring(scalar.as.string)),
								ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
	}
	return value;
}

/* Returns the whole when the value is the outermost. */
static JsonbValue *
push_value(JsonbParseState **state, JsonbIteratorToken token, FluxValue value)
{
	JsonbValue scalar;

	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	if (value.kind == FLUX_KIND_ARRAY)
	{
		(void) pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
		for (int i = 0; i < value.as.array->count; i++)
			(void) push_value(state, WJB_ELEM, value.as.array->items[i]);
		return pushJsonbValue(state, WJB_END_ARRAY, NULL);
	}
	if (value.kind == FLUX_KIND_RECORD)
	{
		(void) pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
		for (int i = 0; i < value.as.record->count; i++)
		{
			scalar = flux_jsonb_string(value.as.record->keys[i]);
			(void) pushJsonbValue(state, WJB_KEY, &scalar);
			(void) push_value(state, WJB_VALUE, value.as.record->values[i]);
		}
		return pushJsonbValue(state, WJB_END_OBJECT, NULL);
	}
	scalar = scalar_value(value);
	return pushJsonbValue(state, token, &scalar);
}

Datum
flux_jsonb_from_json(FluxText json)
{
	static const FluxJsonOptions options = {.keeps_numbers = true};
	FluxValue value = flux_json_read(json, &options, NULL);
	JsonbParseState *state = NULL;

	if (value.kind != FLUX_KIND_ARRAY && value.kind != FLUX_KIND_RECORD)
		elog(ERROR, "JSON is neither array nor object");
	return JsonbPGetDatum(JsonbValueToJsonb(push_value(&state, WJB_ELEM, value)));
}
