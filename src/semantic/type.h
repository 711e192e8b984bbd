/*
 * type.h
 *		Types as inference sees them.
 *
 * A type is a graph of nodes.  A variable is a node that unification points
 * at what it turned out to be (FluxType.link); flux_type_resolve() follows.
 * Nothing else of a node ever changes, so closed subtrees are shared freely,
 * between scripts too.
 *
 * A record is a chain of RECORD nodes, each one label in front of "rest",
 * ending in EMPTY_RECORD or, when more labels may follow, a variable.  The
 * first of two equal labels counts (scoped labels).
 *
 * Generalisation works with levels: each "name = expression" is inferred one
 * level deeper than its surroundings, and the variables still deeper than the
 * surroundings afterwards are what the name is polymorphic in.  They become
 * FLUX_LEVEL_GENERIC, and using the name copies its type with fresh variables
 * for those.
 *
 * Labels as types are erased: ".x" is string, as with InfluxDB's default
 * settings.
 */
#ifndef FLUX_TYPE_H
#define FLUX_TYPE_H

#include "lib/stringinfo.h"

#include "syntax/ast.h"

typedef enum FluxTypeKind
{
	FLUX_TYPE_BOOL,
	FLUX_TYPE_INT,
	FLUX_TYPE_UINT,
	FLUX_TYPE_FLOAT,
	FLUX_TYPE_STRING,
	FLUX_TYPE_DURATION,
	FLUX_TYPE_TIME,
	FLUX_TYPE_REGEXP,
	FLUX_TYPE_BYTES,
#define FLUX_TYPE_BASIC_COUNT (FLUX_TYPE_BYTES + 1)
	FLUX_TYPE_DYNAMIC,
	FLUX_TYPE_ERROR, /* of a wrong expression: fits everything, silently */
	FLUX_TYPE_VARIABLE,
	FLUX_TYPE_ARRAY,
	FLUX_TYPE_STREAM,
	FLUX_TYPE_VECTOR,
	FLUX_TYPE_DICT,
	FLUX_TYPE_EMPTY_RECORD,
	FLUX_TYPE_RECORD,
	FLUX_TYPE_FUNCTION
} FluxTypeKind;

/* Kinds, as bits: what a type must be able to do.  In the order of printing. */
#define FLUX_KIND_LIST(X)                                                                          \
	X(ADDABLE, Addable)                                                                            \
	X(SUBTRACTABLE, Subtractable)                                                                  \
	X(DIVISIBLE, Divisible)                                                                        \
	X(NUMERIC, Numeric)                                                                            \
	X(COMPARABLE, Comparable)                                                                      \
	X(EQUATABLE, Equatable)                                                                        \
	X(LABEL, Label)                                                                                \
	X(NULLABLE, Nullable)                                                                          \
	X(RECORD, Record)                                                                              \
	X(BASIC, Basic)                                                                                \
	X(NEGATABLE, Negatable)                                                                        \
	X(TIMEABLE, Timeable)                                                                          \
	X(STRINGABLE, Stringable)

typedef enum FluxKindIndex
{
#define X(name, text) FLUX_KIND_INDEX_##name,
	FLUX_KIND_LIST(X)
#undef X
		FLUX_KIND_INDEX_ROW, /* "a record or a rest of one"; not a kind of the language */
	FLUX_KIND_COUNT
} FluxKindIndex;

#define FLUX_KIND(name) (1 << FLUX_KIND_INDEX_##name)

typedef uint16 FluxKindSet;

#define FLUX_LEVEL_GENERIC PG_INT32_MAX

struct FluxType;

typedef struct FluxTypeParameter
{
	FluxText name; /* empty: an unnamed pipe parameter */
	FluxParameterKind kind;
	struct FluxType *type;
} FluxTypeParameter;

typedef struct FluxType
{
	FluxTypeKind kind;
	bool has_variables; /* a variable was somewhere below when it was made */
	FluxKindSet kinds;  /* VARIABLE: what it must satisfy */
	uint16 depth;       /* of nesting, as far as known when it was made */
	int32 level;        /* VARIABLE */
	uint64 mark;        /* last walk that came by, and what it left: */
	struct FluxType *forward;
	union
	{
		struct FluxType *link;    /* VARIABLE: what it is, or NULL */
		struct FluxType *element; /* ARRAY, STREAM, VECTOR */
		struct
		{
			struct FluxType *key;
			struct FluxType *value;
		} dict;
		struct
		{
			FluxText label;
			struct FluxType *type;
			struct FluxType *rest;
		} record;
		struct
		{
			FluxTypeParameter *parameters;
			int count;
			struct FluxType *result;
		} function;
	} u;
} FluxType;

/* Types that nest deeper than this exhaust the budget. */
#define FLUX_TYPE_DEPTH_MAX 300

/* What one check may do in total; see flux_type_step(). */
typedef struct FluxTypeBudget
{
	int64 steps;
	int64 nodes;
	bool is_exhausted;
} FluxTypeBudget;

/*
 * Where types of one check are made: memory, the current level, the budget.
 * With budget NULL (the library's own signatures) there is none.
 */
typedef struct FluxTypeMaker
{
	MemoryContext context;
	int32 level;
	FluxTypeBudget *budget;
} FluxTypeMaker;

/* ---- making ---- */
extern FluxType *flux_type_basic(FluxTypeKind kind); /* shared constants */
extern FluxType *flux_type_empty_record(void);
extern FluxType *flux_type_variable(FluxTypeMaker *maker); /* fresh, at the current level */
extern FluxType *flux_type_wrap(FluxTypeMaker *maker, FluxTypeKind kind, FluxType *element);
extern FluxType *flux_type_dict(FluxTypeMaker *maker, FluxType *key, FluxType *value);
extern FluxType *flux_type_record(FluxTypeMaker *maker, FluxText label, FluxType *type,
								  FluxType *rest);

/* "parameters" is taken over; it lives as long as the maker's context. */
extern FluxType *flux_type_function(FluxTypeMaker *maker, FluxTypeParameter *parameters, int count,
									FluxType *result);

/* A type expression of the language; its variables become generic ones.  False
 * items of *diagnostics tell of unknown names; it may be NULL. */
extern FluxType *flux_type_from_ast(FluxTypeMaker *maker, const FluxTypeExpression *expression,
									FluxDiagnosticList *diagnostics);

/* ---- looking ---- */
static inline FluxType *
flux_type_resolve(FluxType *type)
{
	while (type->kind == FLUX_TYPE_VARIABLE && type->u.link != NULL)
		type = type->u.link;
	return type;
}

/* Counts one step; false when the budget is used up. */
extern bool flux_type_step(FluxTypeMaker *maker);

/* Counts as many steps as comparing each of "a" with each of "b" takes. */
extern bool flux_type_charge(FluxTypeMaker *maker, int64 a, int64 b);

/* A new number for FluxType.mark. */
extern uint64 flux_type_next_mark(void);

extern const char *flux_type_kind_name(FluxKindIndex index);

/* "int" ...: of the types below FLUX_TYPE_BASIC_COUNT. */
extern const char *flux_type_basic_name(FluxTypeKind kind);

/* ---- polymorphism ---- */

/* Makes what is deeper than the maker's level generic; false if nothing is. */
extern bool flux_type_generalize(FluxTypeMaker *maker, FluxType *type);

/* A copy with fresh variables for the generic ones; "type" itself if it has none. */
extern FluxType *flux_type_instantiate(FluxTypeMaker *maker, FluxType *type);

/* The same, for those deeper than "level" although not generic yet. */
extern FluxType *flux_type_instantiate_above(FluxTypeMaker *maker, FluxType *type, int32 level);

/* Lowers what is deeper than the maker's level to it: it is no longer free. */
extern void flux_type_lower(FluxTypeMaker *maker, FluxType *type);

/* ---- text ---- */

/* Names type variables A, B, ... in order of appearance; share one over the
 * types of one message. */
typedef struct FluxTypeNames
{
	FluxType **variables;
	int count;
	int capacity;
	int text_max; /* longer texts end in "..."; 0: FLUX_TYPE_TEXT_MAX */
} FluxTypeNames;

#define FLUX_TYPE_TEXT_MAX 20000
#define FLUX_TYPE_MESSAGE_MAX 300 /* where a message names a type */

extern void flux_type_print(StringInfo out, FluxType *type, FluxTypeNames *names);

/* " where A: Addable + Divisible, ..." of the named variables, or nothing. */
extern void flux_type_print_constraints(StringInfo out, const FluxTypeNames *names);

#endif /* FLUX_TYPE_H */
