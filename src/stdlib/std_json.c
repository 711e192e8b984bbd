/*
 * std_json.c
 *		Packages json, experimental/json and experimental/dynamic.
 *
 * What is here writes JSON; evaluate/json_reader reads it.
 */
#include "postgres.h"

#include <math.h>

#include "lib/stringinfo.h"
#include "miscadmin.h"

#include "evaluate/evaluator.h"
#include "evaluate/json_reader.h"
#include "stdlib/base64.h"
#include "stdlib/registry.h"
#include "stdlib/unicode.h"

/* ---- encoding ---- */

/* JSON that is safe inside HTML, as Flux writes it. */
static void
append_json_string(StringInfo out, FluxText text)
{
	int32 size;

	appendStringInfoChar(out, '"');
	for (int32 at = 0; at < text.size; at += size)
	{
		uint32 code = flux_unicode_decode(text, at, &size);

		CHECK_FOR_INTERRUPTS();
		if (code == '"' || code == '\\')
			appendStringInfo(out, "\\%c", (char) code);
		else if (code == '\n')
			appendStringInfoString(out, "\\n");
		else if (code == '\r')
			appendStringInfoString(out, "\\r");
		else if (code == '\t')
			appendStringInfoString(out, "\\t");
		else if (code < 0x20 || code == '<' || code == '>' || code == '&' || code == 0x2028 ||
				 code == 0x2029)
			appendStringInfo(out, "\\u%04x", code);
		else if (size == 1 && code >= 0x80)
			appendStringInfoString(out, "\\ufffd");
		else
			appendBinaryStringInfo(out, text.data + at, size);
	}
	appendStringInfoChar(out, '"');
}

static void
append_base64(StringInfo out, FluxText bytes)
{
	FluxText encoded = flux_base64_encode(bytes);

	appendStringInfoChar(out, '"');
	appendBinaryStringInfo(out, encoded.data, encoded.size);
	appendStringInfoChar(out, '"');
	pfree(unconstify(char *, encoded.data));
}

static void append_json(FluxCall *call, StringInfo out, FluxValue value, bool is_dynamic);

static void
append_json_record(FluxCall *call, StringInfo out, const FluxRecord *record, bool is_dynamic)
{
	int *order = flux_record_sorted(record);

	appendStringInfoChar(out, '{');
	for (int i = 0; i < record->count; i++)
	{
		if (i > 0)
			appendStringInfoChar(out, ',');
		append_json_string(out, record->keys[order[i]]);
		appendStringInfoChar(out, ':');
		append_json(call, out, record->values[order[i]], is_dynamic);
	}
	appendStringInfoChar(out, '}');
	pfree(order);
}

/* Keys become text; they come out in the text's order. */
static void
append_json_dict(FluxCall *call, StringInfo out, const FluxDict *dict, bool is_dynamic)
{
	FluxRecord record = {.count = dict->count};
	FluxText *keys = palloc(sizeof(FluxText) * (Size) Max(dict->count, 1));
	FluxValue *values = palloc(sizeof(FluxValue) * (Size) Max(dict->count, 1));

	for (int i = 0; i < dict->count; i++)
	{
		keys[i] = flux_value_display(dict->entries[i].key);
		values[i] = dict->entries[i].value;
	}
	record.keys = keys;
	record.values = values;
	append_json_record(call, out, &record, is_dynamic);
}

static void
append_json_scalar(FluxCall *call, StringInfo out, FluxValue value)
{
	char buffer[FLUX_TIME_TEXT_SIZE];
	FluxText text;

	switch (value.kind)
	{
		case FLUX_KIND_FLOAT:
			if (!isfinite(value.as.floating))
				flux_call_raise(call, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
								"json: unsupported value: %s",
								flux_text_to_cstring(flux_float_to_text(value.as.floating)));
			text = flux_float_to_short_text(value.as.floating, -6, 21, 1);
			appendBinaryStringInfo(out, text.data, text.size);
			break;
		case FLUX_KIND_STRING:
			append_json_string(out, value.as.string);
			break;
		case FLUX_KIND_BYTES:
			append_base64(out, value.as.string);
			break;
		case FLUX_KIND_REGEXP:
			append_json_string(out, flux_regexp_pattern(value.as.regexp));
			break;
		case FLUX_KIND_TIME:
			append_json_string(
				out, flux_text(buffer, flux_time_format(value.as.time_ns, false, buffer)));
			break;
		case FLUX_KIND_DURATION:
			append_json_string(out,
							   flux_text_from_cstring(flux_duration_format(value.as.duration)));
			break;
		case FLUX_KIND_BOOL:
		case FLUX_KIND_INT:
		case FLUX_KIND_UINT:
			(void) flux_value_to_text(value, &text);
			appendBinaryStringInfo(out, text.data, text.size);
			break;
		case FLUX_KIND_STREAM:
			flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH,
							"got table stream instead of array. Try using tableFind() or "
							"findRecord() to extract data from stream");
		default:
			flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH, "cannot encode a %s value",
							flux_kind_name(value.kind));
	}
}

/* Dynamic values are for dynamic.jsonEncode() only. */
static void
append_json(FluxCall *call, StringInfo out, FluxValue value, bool is_dynamic)
{
	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	if (value.kind == FLUX_KIND_DYNAMIC)
	{
		if (!is_dynamic)
			flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH,
							"cannot encode a dynamic value; use dynamic.jsonEncode()");
		append_json(call, out, *value.as.dynamic, true);
		return;
	}
	if (value.is_null)
	{
		appendStringInfoString(out, "null");
		return;
	}
	switch (value.kind)
	{
		case FLUX_KIND_ARRAY:
			appendStringInfoChar(out, '[');
			for (int i = 0; i < value.as.array->count; i++)
			{
				if (i > 0)
					appendStringInfoChar(out, ',');
				append_json(call, out, value.as.array->items[i], is_dynamic);
			}
			appendStringInfoChar(out, ']');
			break;
		case FLUX_KIND_RECORD:
			append_json_record(call, out, value.as.record, is_dynamic);
			break;
		case FLUX_KIND_DICT:
			append_json_dict(call, out, value.as.dict, is_dynamic);
			break;
		default:
			append_json_scalar(call, out, value);
			break;
	}
}

static FluxValue
json_encode(FluxCall *call)
{
	StringInfoData out;

	initStringInfo(&out);
	append_json(call, &out, flux_call_value(call, "v"), false);
	return flux_value_bytes(flux_text(out.data, out.len));
}

static FluxValue
dynamic_json_encode(FluxCall *call)
{
	StringInfoData out;

	initStringInfo(&out);
	append_json(call, &out, flux_call_value(call, "v"), true);
	return flux_value_bytes(flux_text(out.data, out.len));
}

/* ---- parsing ---- */

static void
need_memory(void *owner, Size bytes)
{
	FluxCall *call = owner;

	flux_evaluator_need_memory(call->evaluator, call->source, call->span, bytes);
}

static FluxValue
parse_json(FluxCall *call, bool is_boxed)
{
	FluxText bytes = flux_call_bytes(call, "data");
	FluxJsonOptions options = {.is_boxed = is_boxed,
							   .source = call->source,
							   .span = call->span,
							   .need_memory = need_memory,
							   .owner = call};
	bool has_mixed;
	FluxValue value;

	if (!flux_value_bytes_are_string(bytes))
		flux_call_raise(call, ERRCODE_CHARACTER_NOT_IN_REPERTOIRE,
						"%s: the data is not valid UTF-8", call->builtin->name);
	value = flux_json_read(bytes, &options, &has_mixed);
	if (has_mixed)
		flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH, "array values must all be the same type");
	return value;
}

static FluxValue
json_parse(FluxCall *call)
{
	return parse_json(call, false);
}

static FluxValue
dynamic_json_parse(FluxCall *call)
{
	return parse_json(call, true);
}

/* ---- dynamic ---- */

static FluxValue
dynamic_dynamic(FluxCall *call)
{
	return flux_value_dynamic(flux_call_value(call, "v"));
}

/* What is in the box; a value that is none stands for itself. */
static FluxValue
unboxed(FluxCall *call)
{
	FluxValue value = flux_call_value(call, "v");

	return value.kind == FLUX_KIND_DYNAMIC ? *value.as.dynamic : value;
}

static FluxValue
dynamic_as_array(FluxCall *call)
{
	FluxValue value = unboxed(call);
	FluxArray *array;

	if (value.is_null || value.kind != FLUX_KIND_ARRAY)
		flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH, "unable to convert %s to array",
						value.is_null ? "<null>" : flux_kind_name(value.kind));
	array = palloc(offsetof(FluxArray, items) + sizeof(FluxValue) * (Size) value.as.array->count);
	array->count = value.as.array->count;
	for (int i = 0; i < array->count; i++)
		array->items[i] = flux_value_dynamic(value.as.array->items[i]);
	return (FluxValue){.kind = FLUX_KIND_ARRAY, .as.array = array};
}

static FluxValue
dynamic_is_type(FluxCall *call)
{
	FluxValue value = unboxed(call);

	return flux_value_bool(
		!value.is_null && value.kind <= FLUX_KIND_FUNCTION &&
		flux_text_equal_cstring(flux_call_string(call, "type"), flux_kind_name(value.kind)));
}

static const FluxBuiltin builtins[] = {
	{"json", "encode", FLUX_BUILTIN_SCALAR, json_encode, .is_pure = true},
	{"experimental/json", "parse", FLUX_BUILTIN_SCALAR, json_parse, .is_pure = true},
	{"experimental/dynamic", "dynamic", FLUX_BUILTIN_SCALAR, dynamic_dynamic, .is_pure = true},
	{"experimental/dynamic", "asArray", FLUX_BUILTIN_SCALAR, dynamic_as_array, .is_pure = true},
	{"experimental/dynamic", "isType", FLUX_BUILTIN_SCALAR, dynamic_is_type, .is_pure = true},
	{"experimental/dynamic", "jsonEncode", FLUX_BUILTIN_SCALAR, dynamic_json_encode,
	 .is_pure = true},
	{"experimental/dynamic", "jsonParse", FLUX_BUILTIN_SCALAR, dynamic_json_parse, .is_pure = true},
};

void
flux_std_json_register(void)
{
	FLUX_REGISTER(builtins);
}
