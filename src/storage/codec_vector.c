/*
 * codec_vector.c
 *		Sends a vector to the codec of its type.
 */
#include "postgres.h"

#include "storage/codec_boolean.h"
#include "storage/codec_float.h"
#include "storage/codec_integer.h"
#include "storage/codec_string.h"
#include "storage/codec_vector.h"

void
flux_vector_encode(StringInfo out, FluxColumnType type, const void *values, int count)
{
	switch (type)
	{
		case FLUX_COLUMN_BOOL:
			flux_boolean_encode(out, values, count);
			return;
		case FLUX_COLUMN_INT:
		case FLUX_COLUMN_UINT:
			flux_integer_encode(out, values, count);
			return;
		case FLUX_COLUMN_FLOAT:
			flux_float_encode(out, values, count);
			return;
		case FLUX_COLUMN_STRING:
			flux_string_encode(out, values, count);
			return;
		case FLUX_COLUMN_TIME:
			break;
	}
	elog(ERROR, "column type %d cannot be stored", (int) type);
}

void
flux_vector_decode(FluxByteReader *reader, FluxColumnType type, void *values, int count)
{
	switch (type)
	{
		case FLUX_COLUMN_BOOL:
			flux_boolean_decode(reader, values, count);
			return;
		case FLUX_COLUMN_INT:
		case FLUX_COLUMN_UINT:
			flux_integer_decode(reader, values, count);
			return;
		case FLUX_COLUMN_FLOAT:
			flux_float_decode(reader, values, count);
			return;
		case FLUX_COLUMN_STRING:
			flux_string_decode(reader, values, count);
			return;
		case FLUX_COLUMN_TIME:
			break;
	}
	flux_bits_report_corrupted("its type is unknown");
}
