/*
 * result_json.h
 *		Rows as JSON objects.
 */
#ifndef FLUX_RESULT_JSON_H
#define FLUX_RESULT_JSON_H

#include "execute/operator.h"

/*
 * Appends {"_time": "2020-01-01T00:00:00Z", "_value": 1.5, ...}: times as
 * RFC 3339 text, null as null, NaN and infinities as text.
 */
extern void flux_row_to_json(const FluxBatch *batch, int row, StringInfo out);

#endif /* FLUX_RESULT_JSON_H */
