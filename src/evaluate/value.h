/*
 * value.h
 *		Script values: what Flux expressions evaluate to.
 *
 * A value is a small struct passed by value.  What it points to lives in the
 * memory context that was current when it was made and is never changed
 * afterwards, so values may share parts.
 *
 * Null: "is_null" with a kind is a typed null; FLUX_KIND_INVALID is the
 * untyped null that null arithmetic and absent record members give.
 */
#ifndef FLUX_VALUE_H
#define FLUX_VALUE_H

#include "base/flux_time.h"
#include "base/regexp.h"
#include "syntax/ast.h"
#include "vector/column.h"

typedef enum FluxKind
{
	FLUX_KIND_INVALID = 0, /* untyped null */
	/* the six that table columns can hold; numbers equal FluxColumnType */
	FLUX_KIND_BOOL = FLUX_COLUMN_BOOL,
	FLUX_KIND_INT = FLUX_COLUMN_INT,
	FLUX_KIND_UINT = FLUX_COLUMN_UINT,
	FLUX_KIND_FLOAT = FLUX_COLUMN_FLOAT,
	FLUX_KIND_STRING = FLUX_COLUMN_STRING,
	FLUX_KIND_TIME = FLUX_COLUMN_TIME,
	FLUX_KIND_DURATION,
	FLUX_KIND_REGEXP,
	FLUX_KIND_BYTES,
	FLUX_KIND_ARRAY,
	FLUX_KIND_RECORD,
	FLUX_KIND_DICT,
	FLUX_KIND_FUNCTION,
	FLUX_KIND_STREAM, /* a plan node, not yet run */
	FLUX_KIND_DYNAMIC,
	FLUX_VALUE_KIND_COUNT
} FluxKind;

typedef struct FluxArray FluxArray;
typedef struct FluxRecord FluxRecord;
typedef struct FluxDict FluxDict;
typedef struct FluxFunction FluxFunction;
struct FluxPlanNode;

typedef struct FluxValue
{
	FluxKind kind;
	bool is_null;
	union
	{
		bool boolean;
		int64 integer;
		uint64 uinteger;
		double floating;
		FluxText string; /* STRING and BYTES */
		int64 time_ns;
		FluxDuration duration;
		FluxRegexp *regexp;
		const FluxArray *array;
		const FluxRecord *record;
		const FluxDict *dict;
		const FluxFunction *function;
		struct FluxPlanNode *stream;
		const struct FluxValue *dynamic; /* the boxed value */
	} as;
} FluxValue;

struct FluxArray
{
	int count;
	FluxValue items[FLEXIBLE_ARRAY_MEMBER];
};

/* Keys are unique, in source order. A package is a record too. */
struct FluxRecord
{
	int count;
	const FluxText *keys;
	const FluxValue *values;
};

typedef struct FluxDictEntry
{
	FluxValue key;
	FluxValue value;
} FluxDictEntry;

/* Sorted by key. */
struct FluxDict
{
	int count;
	FluxDictEntry entries[FLEXIBLE_ARRAY_MEMBER];
};

struct FluxBuiltin;
struct FluxScope;

/* A closure over a script's lambda, or a function of the library. */
struct FluxFunction
{
	const struct FluxBuiltin *builtin;    /* or NULL for a lambda */
	const FluxFunctionExpression *lambda; /* or NULL for a builtin */
	struct FluxScope *scope;              /* where the lambda was made */
	FluxSourceText *source;               /* of the lambda */
	const struct FluxRecord *bound;       /* arguments already applied, or NULL (endpoints) */
};

/* ---- constructors; composite ones allocate in the current context ---- */
extern FluxValue flux_value_null(FluxKind kind);
extern FluxValue flux_value_bool(bool value);
extern FluxValue flux_value_int(int64 value);
extern FluxValue flux_value_uint(uint64 value);
extern FluxValue flux_value_float(double value);
extern FluxValue flux_value_string(FluxText value);     /* shares the bytes */
extern FluxValue flux_value_cstring(const char *value); /* shares the bytes */
extern FluxValue flux_value_bytes(FluxText value);
extern FluxValue flux_value_time(int64 time_ns);
extern FluxValue flux_value_duration(FluxDuration value);
extern FluxValue flux_value_regexp(FluxRegexp *value);
extern FluxValue flux_value_function(const FluxFunction *value);
extern FluxValue flux_value_array(const FluxValue *items, int count);
extern FluxValue flux_value_record(const FluxText *keys, const FluxValue *values, int count);
extern FluxValue flux_value_dict(const FluxDictEntry *entries,
								 int count); /* any order; last wins */
extern FluxValue flux_value_stream(struct FluxPlanNode *node);
extern FluxValue flux_value_dynamic(FluxValue value);

/* "int", "string", "object", "invalid" ...: Flux's names in error messages. */
extern const char *flux_kind_name(FluxKind kind);

/* NULL when the record has no such member. */
extern const FluxValue *flux_record_get(const FluxRecord *record, FluxText key);

/* Positions of the members in label order, equal ones as they stand; palloc'd. */
extern int *flux_record_sorted(const FluxRecord *record);

/* A record with one member replaced in place or appended. */
extern FluxValue flux_record_with(const FluxRecord *record, FluxText key, FluxValue value);

/* NULL when the key is absent. */
extern const FluxValue *flux_dict_get(const FluxDict *dict, FluxValue key);

/* Value of a column's row; string bytes are shared with the column. */
extern FluxValue flux_value_from_column(const FluxColumn *column, int row);

/* Appends to a builder of the value's kind (or any, when the value is null). */
extern void flux_value_append_to(FluxColumnBuilder *builder, FluxValue value);

/* Deep copy into the current context (functions and streams are shared). */
extern FluxValue flux_value_copy(FluxValue value);

/* Deep equality as "==": false when a null is inside. */
extern bool flux_value_equal(FluxValue a, FluxValue b);

/* Total order over values of one kind, nulls first and equal; for keys and sorting. */
extern int flux_value_compare(FluxValue a, FluxValue b);
extern uint32 flux_value_hash(FluxValue value);

/* What string() and interpolation give; what display() gives. In the current
 * context. flux_value_to_text() fails (returns false) on what has no text. */
extern bool flux_value_to_text(FluxValue value, FluxText *text);
extern FluxText flux_value_display(FluxValue value);

/* Whether string() takes them: valid UTF-8. */
extern bool flux_value_bytes_are_string(FluxText bytes);

/* Lower-case hexadecimal digits; palloc'd. */
extern FluxText flux_value_bytes_to_hexadecimal(FluxText bytes);

/* Shortest digits that round-trip, no exponent ("+Inf", "NaN"); CSV and string(). */
extern FluxText flux_float_to_text(double value);

/*
 * Shortest digits that round-trip, with an exponent where the value is below
 * 10^low or from 10^high on: display() has -4 and 21, JSON -6 and 21.  The
 * exponent has at least exponent_digits digits.
 */
extern FluxText flux_float_to_short_text(double value, int low, int high, int exponent_digits);

/*
 * int(v:), string(v:) ...: to one of the column types, DURATION or BYTES.  A
 * null gives the null of the type (for BYTES an error), a dynamic value is
 * unboxed first.  What cannot be converted sets *error to a palloc'd message.
 */
extern FluxValue flux_value_convert(FluxValue value, FluxKind to, const char **error);
extern FluxValue flux_float_from_text(FluxText text, const char **error);

static inline bool
flux_kind_is_column_type(FluxKind kind)
{
	return kind >= FLUX_KIND_BOOL && kind <= FLUX_KIND_TIME;
}

#endif /* FLUX_VALUE_H */
