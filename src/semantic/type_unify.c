/*
 * type_unify.c
 *		Making two types equal, and holding a type to kinds.
 *
 * "Expected" is what the surroundings want, "actual" what was found there;
 * unification is symmetric but for the messages and for functions, where
 * actual may have more optional parameters than expected asks for.
 *
 * Records are compared label by label, the first of a label on one side with
 * the first on the other, in whatever order; what one side has more goes into
 * the other's tail.  That takes one pass over both, not one per label.  Where
 * the other's tail is closed, a label behind an equal one does no harm: nothing
 * can reach it, and {r with a: 1} is to fit wherever a record with that a does.
 * (InfluxDB refuses that.)
 */
#include "postgres.h"

#include "miscadmin.h"

#include "semantic/type_unify.h"

FluxMismatch *
flux_mismatch_create(FluxTypeMaker *maker, FluxMismatchKind kind, FluxType *expected,
					 FluxType *actual)
{
	FluxMismatch *mismatch = MemoryContextAllocZero(maker->context, sizeof(FluxMismatch));

	mismatch->mismatch = kind;
	mismatch->expected = expected;
	mismatch->actual = actual;
	return mismatch;
}

const FluxMismatch *
flux_mismatch_in_argument(FluxTypeMaker *maker, FluxText name, const FluxMismatch *cause)
{
	FluxMismatch *mismatch = flux_mismatch_create(maker, FLUX_MISMATCH_ARGUMENT, NULL, NULL);

	mismatch->name = name;
	mismatch->cause = cause;
	return mismatch;
}

static const FluxMismatch *
named_mismatch(FluxTypeMaker *maker, FluxMismatchKind kind, FluxText name, FluxType *expected,
			   FluxType *actual)
{
	FluxMismatch *mismatch = flux_mismatch_create(maker, kind, expected, actual);

	mismatch->name = name;
	return mismatch;
}

/* ---- kinds ---- */

#define K(name) FLUX_KIND(name)
#define NUMBER_KINDS                                                                               \
	(K(ADDABLE) | K(SUBTRACTABLE) | K(DIVISIBLE) | K(NUMERIC) | K(COMPARABLE) | K(EQUATABLE) |     \
	 K(NULLABLE) | K(BASIC) | K(NEGATABLE) | K(STRINGABLE))

static const FluxKindSet basic_kinds[FLUX_TYPE_BASIC_COUNT] = {
	[FLUX_TYPE_BOOL] = K(EQUATABLE) | K(NULLABLE) | K(BASIC) | K(STRINGABLE),
	[FLUX_TYPE_INT] = NUMBER_KINDS,
	[FLUX_TYPE_UINT] = NUMBER_KINDS,
	[FLUX_TYPE_FLOAT] = NUMBER_KINDS,
	[FLUX_TYPE_STRING] =
		K(ADDABLE) | K(COMPARABLE) | K(EQUATABLE) | K(NULLABLE) | K(BASIC) | K(STRINGABLE),
	[FLUX_TYPE_DURATION] = K(COMPARABLE) | K(EQUATABLE) | K(NULLABLE) | K(BASIC) | K(NEGATABLE) |
						   K(TIMEABLE) | K(STRINGABLE),
	[FLUX_TYPE_TIME] =
		K(COMPARABLE) | K(EQUATABLE) | K(NULLABLE) | K(BASIC) | K(TIMEABLE) | K(STRINGABLE),
	[FLUX_TYPE_REGEXP] = K(BASIC),
	[FLUX_TYPE_BYTES] = K(EQUATABLE) | K(BASIC),
};

/* "type" fails the first of "kinds". */
static const FluxMismatch *
not_of_kind(FluxTypeMaker *maker, FluxType *type, FluxKindSet kinds)
{
	FluxMismatch *mismatch = flux_mismatch_create(maker, FLUX_MISMATCH_KIND, NULL, type);

	for (int i = FLUX_KIND_COUNT - 1; i >= 0; i--)
		if (kinds & (1 << i))
			mismatch->kind = i;
	return mismatch;
}

/*
 * Every part of a record, and what may follow it, must be Equatable too; that
 * it is a record says nothing about its rest.
 */
static const FluxMismatch *
constrain_record(FluxTypeMaker *maker, FluxType *record, FluxKindSet kinds)
{
	FluxKindSet passed = kinds & K(EQUATABLE);

	if (kinds & ~(K(RECORD) | K(ROW) | K(EQUATABLE)))
		return not_of_kind(maker, record, kinds & ~(K(RECORD) | K(ROW) | K(EQUATABLE)));
	while (record->kind == FLUX_TYPE_RECORD)
	{
		if (passed != 0)
		{
			const FluxMismatch *mismatch =
				flux_type_constrain(maker, record->u.record.type, passed);

			if (mismatch != NULL)
				return mismatch;
		}
		record = flux_type_resolve(record->u.record.rest);
	}
	if (record->kind == FLUX_TYPE_VARIABLE)
		record->kinds |= passed;
	return NULL;
}

const FluxMismatch *
flux_type_constrain(FluxTypeMaker *maker, FluxType *type, FluxKindSet kinds)
{
	FluxKindSet lacking;

	check_stack_depth();
	type = flux_type_resolve(type);
	if (kinds == 0 || !flux_type_step(maker))
		return NULL;
	switch (type->kind)
	{
		case FLUX_TYPE_ERROR:
			return NULL;
		case FLUX_TYPE_VARIABLE:
			type->kinds |= kinds;
			return NULL;
		case FLUX_TYPE_DYNAMIC:
			lacking = kinds & ~(K(BASIC) | K(ROW));
			break;
		case FLUX_TYPE_ARRAY:
		case FLUX_TYPE_STREAM:
			lacking = kinds & ~K(EQUATABLE);
			if (lacking == 0)
				return flux_type_constrain(maker, type->u.element, kinds);
			break;
		case FLUX_TYPE_VECTOR:
			return flux_type_constrain(maker, type->u.element, kinds);
		case FLUX_TYPE_EMPTY_RECORD:
		case FLUX_TYPE_RECORD:
			return constrain_record(maker, type, kinds);
		case FLUX_TYPE_DICT:
		case FLUX_TYPE_FUNCTION:
			lacking = kinds;
			break;
		default:
			lacking = kinds & ~basic_kinds[type->kind];
			break;
	}
	return lacking != 0 ? not_of_kind(maker, type, lacking) : NULL;
}

/* ---- variables ---- */

/*
 * Prepares a type for becoming what "variable" is: lowers the level of its
 * variables to that of "variable".  True when the variable is inside it.
 */
static bool
occurs_walk(FluxTypeMaker *maker, FluxType *variable, FluxType *type, uint64 mark)
{
	check_stack_depth();
	for (;;)
	{
		type = flux_type_resolve(type);
		if (!type->has_variables || type->mark == mark || !flux_type_step(maker))
			return false;
		type->mark = mark;
		switch (type->kind)
		{
			case FLUX_TYPE_VARIABLE:
				if (type == variable)
					return true;
				type->level = Min(type->level, variable->level);
				return false;
			case FLUX_TYPE_ARRAY:
			case FLUX_TYPE_STREAM:
			case FLUX_TYPE_VECTOR:
				type = type->u.element;
				break;
			case FLUX_TYPE_DICT:
				if (occurs_walk(maker, variable, type->u.dict.key, mark))
					return true;
				type = type->u.dict.value;
				break;
			case FLUX_TYPE_RECORD:
				if (occurs_walk(maker, variable, type->u.record.type, mark))
					return true;
				type = type->u.record.rest;
				break;
			case FLUX_TYPE_FUNCTION:
				for (int i = 0; i < type->u.function.count; i++)
					if (occurs_walk(maker, variable, type->u.function.parameters[i].type, mark))
						return true;
				type = type->u.function.result;
				break;
			default:
				return false;
		}
	}
}

/*
 * The variable becomes "type", which is resolved and not the variable.  It
 * does so even when the type is not of the variable's kinds: told once, that
 * is not told again at the next use.
 */
static const FluxMismatch *
bind_variable(FluxTypeMaker *maker, FluxType *variable, FluxType *type)
{

	if (type->has_variables && occurs_walk(maker, variable, type, flux_type_next_mark()))
		return flux_mismatch_create(maker, FLUX_MISMATCH_RECURSIVE, variable, type);
	variable->u.link = type;
	return flux_type_constrain(maker, type, variable->kinds);
}

/* ---- records ---- */

/* One label of a record under comparison. */
typedef struct RecordLabel
{
	FluxText label;
	FluxType *type;
	bool is_matched;
} RecordLabel;

typedef struct RecordLabels
{
	RecordLabel *items;
	int count;
	int matched_count;
	int next;       /* all before this one are matched */
	FluxType *tail; /* resolved: empty, a variable, or something wrong */
} RecordLabels;

/* "buffer" has room for buffer_size labels; wider records take memory. */
static void
flatten_record(FluxTypeMaker *maker, FluxType *record, RecordLabels *labels, RecordLabel *buffer,
			   int buffer_size)
{
	int count = 0;

	for (FluxType *at = record; at->kind == FLUX_TYPE_RECORD;
		 at = flux_type_resolve(at->u.record.rest))
		count++;
	labels->items =
		count <= buffer_size
			? buffer
			: MemoryContextAllocHuge(maker->context, (Size) count * sizeof(RecordLabel));
	labels->count = 0;
	labels->matched_count = 0;
	labels->next = 0;
	while (record->kind == FLUX_TYPE_RECORD)
	{
		RecordLabel *item = &labels->items[labels->count++];

		item->label = record->u.record.label;
		item->type = record->u.record.type;
		item->is_matched = false;
		record = flux_type_resolve(record->u.record.rest);
	}
	labels->tail = record;
}

/* The first label of that name that has no partner yet, or NULL. */
static RecordLabel *
find_unmatched(FluxTypeMaker *maker, RecordLabels *labels, FluxText label)
{
	/* records mostly have their labels in one order: then this finds it at once */
	while (labels->next < labels->count && labels->items[labels->next].is_matched)
		labels->next++;
	for (int i = labels->next; i < labels->count; i++)
	{
		RecordLabel *item = &labels->items[i];

		if (!flux_type_step(maker))
			return NULL;
		if (!item->is_matched && flux_text_equal(item->label, label))
			return item;
	}
	return NULL;
}

/* The labels that found no partner, in order, in front of "rest". */
static FluxType *
unmatched_record(FluxTypeMaker *maker, const RecordLabels *labels, FluxType *rest)
{
	for (int i = labels->count - 1; i >= 0; i--)
		if (!labels->items[i].is_matched)
			rest = flux_type_record(maker, labels->items[i].label, labels->items[i].type, rest);
	return rest;
}

static FluxText
first_unmatched(const RecordLabels *labels)
{
	for (int i = 0; i < labels->count; i++)
		if (!labels->items[i].is_matched)
			return labels->items[i].label;
	return flux_text("", 0);
}

/* Takes the labels that stand behind an equal one for matched. */
static void
drop_hidden(FluxTypeMaker *maker, RecordLabels *labels)
{
	if (labels->matched_count == labels->count)
		return;
	for (int i = 1; i < labels->count; i++)
	{
		RecordLabel *item = &labels->items[i];

		for (int before = 0; before < i && !item->is_matched && flux_type_step(maker); before++)
			item->is_matched = flux_text_equal(labels->items[before].label, item->label);
	}
	labels->matched_count = 0;
	for (int i = 0; i < labels->count; i++)
		labels->matched_count += labels->items[i].is_matched;
}

/* The tails of two records whose common labels agree. */
static const FluxMismatch *
unify_tails(FluxTypeMaker *maker, FluxType *expected, FluxType *actual, RecordLabels *left,
			RecordLabels *right)
{
	bool left_more;
	bool right_more;
	FluxType *fresh;
	FluxType *left_rest;
	const FluxMismatch *mismatch;

	if (right->tail->kind == FLUX_TYPE_EMPTY_RECORD)
		drop_hidden(maker, left);
	if (left->tail->kind == FLUX_TYPE_EMPTY_RECORD)
		drop_hidden(maker, right);
	left_more = left->matched_count < left->count;
	right_more = right->matched_count < right->count;
	if (left_more && right->tail->kind == FLUX_TYPE_EMPTY_RECORD)
		return named_mismatch(maker, FLUX_MISMATCH_LABEL_MISSING, first_unmatched(left), expected,
							  actual);
	if (right_more && left->tail->kind == FLUX_TYPE_EMPTY_RECORD)
		return named_mismatch(maker, FLUX_MISMATCH_LABEL_EXTRA, first_unmatched(right), expected,
							  actual);
	if (!left_more || !right_more)
	{
		left_rest = left_more ? unmatched_record(maker, left, left->tail) : left->tail;
		return flux_type_unify(maker, left_rest,
							   right_more ? unmatched_record(maker, right, right->tail)
										  : right->tail);
	}
	if (left->tail == right->tail)
		return flux_mismatch_create(maker, FLUX_MISMATCH_TYPE, expected, actual);
	fresh = flux_type_variable(maker);
	fresh->kinds = FLUX_KIND(ROW);
	left_rest = unmatched_record(maker, left, fresh);
	mismatch = flux_type_unify(maker, left->tail, unmatched_record(maker, right, fresh));
	return mismatch != NULL ? mismatch : flux_type_unify(maker, left_rest, right->tail);
}

static const FluxMismatch *
unify_records(FluxTypeMaker *maker, FluxType *expected, FluxType *actual)
{
	RecordLabel left_buffer[16];
	RecordLabel right_buffer[16];
	RecordLabels left;
	RecordLabels right;

	flatten_record(maker, expected, &left, left_buffer, lengthof(left_buffer));
	flatten_record(maker, actual, &right, right_buffer, lengthof(right_buffer));
	for (int i = 0; i < left.count; i++)
	{
		RecordLabel *partner = find_unmatched(maker, &right, left.items[i].label);
		const FluxMismatch *cause;
		FluxMismatch *mismatch;

		if (partner == NULL)
			continue;
		left.items[i].is_matched = partner->is_matched = true;
		left.matched_count++;
		right.matched_count++;
		cause = flux_type_unify(maker, left.items[i].type, partner->type);
		if (cause == NULL)
			continue;
		mismatch =
			flux_mismatch_create(maker, FLUX_MISMATCH_LABEL, left.items[i].type, partner->type);
		mismatch->name = left.items[i].label;
		mismatch->cause = cause;
		return mismatch;
	}
	return unify_tails(maker, expected, actual, &left, &right);
}

/* ---- functions ---- */

static const FluxTypeParameter *
find_parameter(const FluxType *function, FluxText name)
{
	for (int i = 0; i < function->u.function.count; i++)
		if (flux_text_equal(function->u.function.parameters[i].name, name))
			return &function->u.function.parameters[i];
	return NULL;
}

static const FluxTypeParameter *
find_pipe(const FluxType *function)
{
	for (int i = 0; i < function->u.function.count; i++)
		if (function->u.function.parameters[i].kind == FLUX_PARAMETER_PIPE)
			return &function->u.function.parameters[i];
	return NULL;
}

static const FluxMismatch *
unify_parameter(FluxTypeMaker *maker, const FluxTypeParameter *expected,
				const FluxTypeParameter *actual)
{
	const FluxMismatch *cause = flux_type_unify(maker, expected->type, actual->type);

	if (cause == NULL)
		return NULL;
	return flux_mismatch_in_argument(maker, expected->name.size > 0 ? expected->name : actual->name,
									 cause);
}

/*
 * The pipe parameters.  Two of them fit whatever their names unless both have
 * one; a single one is a required parameter like others, if it has a name.
 * *is_done tells that they are settled.
 */
static const FluxMismatch *
unify_pipes(FluxTypeMaker *maker, const FluxTypeParameter *expected,
			const FluxTypeParameter *actual, bool *is_done)
{
	*is_done = expected != NULL && actual != NULL;
	if (*is_done)
	{
		if (expected->name.size > 0 && actual->name.size > 0 &&
			!flux_text_equal(expected->name, actual->name))
		{
			FluxMismatch *mismatch =
				flux_mismatch_create(maker, FLUX_MISMATCH_PIPE_NAMES, NULL, NULL);

			mismatch->name = expected->name;
			mismatch->other_name = actual->name;
			return mismatch;
		}
		return unify_parameter(maker, expected, actual);
	}
	if ((expected != NULL && expected->name.size == 0) ||
		(actual != NULL && actual->name.size == 0))
		return flux_mismatch_create(maker, FLUX_MISMATCH_PIPE_MISSING, NULL, NULL);
	return NULL;
}

static const FluxMismatch *
unify_functions(FluxTypeMaker *maker, FluxType *expected, FluxType *actual)
{
	bool pipes_done;
	const FluxMismatch *mismatch =
		unify_pipes(maker, find_pipe(expected), find_pipe(actual), &pipes_done);

	if (mismatch != NULL ||
		!flux_type_charge(maker, expected->u.function.count, actual->u.function.count))
		return mismatch;

	/* what actual needs must be given */
	for (int i = 0; i < actual->u.function.count; i++)
	{
		const FluxTypeParameter *needed = &actual->u.function.parameters[i];
		const FluxTypeParameter *given;

		if (needed->kind == FLUX_PARAMETER_OPTIONAL ||
			(needed->kind == FLUX_PARAMETER_PIPE && pipes_done))
			continue;
		given = find_parameter(expected, needed->name);
		if (given == NULL || given->kind == FLUX_PARAMETER_OPTIONAL ||
			(given->kind == FLUX_PARAMETER_PIPE && pipes_done))
			return named_mismatch(maker, FLUX_MISMATCH_ARGUMENT_MISSING, needed->name, expected,
								  actual);
	}

	/* what is given must be known, and fit */
	for (int i = 0; i < expected->u.function.count; i++)
	{
		const FluxTypeParameter *given = &expected->u.function.parameters[i];
		const FluxTypeParameter *taken;

		if (given->kind == FLUX_PARAMETER_PIPE && pipes_done)
			continue;
		taken = find_parameter(actual, given->name);
		if (taken == NULL || (taken->kind == FLUX_PARAMETER_PIPE && pipes_done))
			return named_mismatch(maker, FLUX_MISMATCH_ARGUMENT_EXTRA, given->name, expected,
								  actual);
		mismatch = unify_parameter(maker, given, taken);
		if (mismatch != NULL)
			return mismatch;
	}

	mismatch = flux_type_unify(maker, expected->u.function.result, actual->u.function.result);
	if (mismatch != NULL)
	{
		FluxMismatch *whole = flux_mismatch_create(
			maker, FLUX_MISMATCH_RESULT, expected->u.function.result, actual->u.function.result);

		whole->cause = mismatch;
		return whole;
	}
	return NULL;
}

/* ---- all together ---- */

static bool
is_record(const FluxType *type)
{
	return type->kind == FLUX_TYPE_RECORD || type->kind == FLUX_TYPE_EMPTY_RECORD;
}

const FluxMismatch *
flux_type_unify(FluxTypeMaker *maker, FluxType *expected, FluxType *actual)
{
	const FluxMismatch *mismatch;

	check_stack_depth();
	expected = flux_type_resolve(expected);
	actual = flux_type_resolve(actual);
	if (expected == actual || !flux_type_step(maker) || expected->kind == FLUX_TYPE_ERROR ||
		actual->kind == FLUX_TYPE_ERROR)
		return NULL;
	if (expected->kind == FLUX_TYPE_VARIABLE)
		return bind_variable(maker, expected, actual);
	if (actual->kind == FLUX_TYPE_VARIABLE)
		return bind_variable(maker, actual, expected);
	if (is_record(expected) && is_record(actual))
		return unify_records(maker, expected, actual);
	if ((expected->kind == FLUX_TYPE_DYNAMIC && is_record(actual)) ||
		(actual->kind == FLUX_TYPE_DYNAMIC && is_record(expected)))
		return NULL;
	if (expected->kind != actual->kind)
		return flux_mismatch_create(maker, FLUX_MISMATCH_TYPE, expected, actual);

	switch (expected->kind)
	{
		case FLUX_TYPE_ARRAY:
		case FLUX_TYPE_STREAM:
		case FLUX_TYPE_VECTOR:
			return flux_type_unify(maker, expected->u.element, actual->u.element);
		case FLUX_TYPE_DICT:
			mismatch = flux_type_unify(maker, expected->u.dict.key, actual->u.dict.key);
			return mismatch != NULL
					   ? mismatch
					   : flux_type_unify(maker, expected->u.dict.value, actual->u.dict.value);
		case FLUX_TYPE_FUNCTION:
			return unify_functions(maker, expected, actual);
		default:
			return NULL; /* the same basic type */
	}
}

/* ---- text ---- */

/* Says what a bracketed type is. */
static const char *
type_hint(FluxType *type)
{
	type = flux_type_resolve(type);
	if (type->kind == FLUX_TYPE_ARRAY)
		return " (array)";
	return is_record(type) ? " (record)" : "";
}

static void
print_type(StringInfo out, FluxType *type, FluxTypeNames *names)
{
	StringInfoData text;

	/* of its own, so that each type has the whole allowance */
	initStringInfo(&text);
	flux_type_print(&text, type, names);
	appendStringInfoString(out, text.data);
	pfree(text.data);
}

static void
print_expected(StringInfo out, const FluxMismatch *mismatch, FluxTypeNames *names)
{
	appendStringInfoString(out, "expected ");
	print_type(out, mismatch->expected, names);
	appendStringInfo(out, "%s but found ", type_hint(mismatch->expected));
	print_type(out, mismatch->actual, names);
	appendStringInfoString(out, type_hint(mismatch->actual));
}

/* The parameters that a function would have taken. */
static void
print_parameter_names(StringInfo out, const FluxType *function)
{
	const char *separator = " (Expected one of ";

	for (int i = 0; i < function->u.function.count && i < 20; i++)
	{
		FluxText name = function->u.function.parameters[i].name;

		if (name.size == 0)
			continue;
		appendStringInfo(out, "%s%.*s", separator, FLUX_NAME_ARGS(name));
		separator = ", ";
	}
	if (separator[0] == ',')
		appendStringInfoChar(out, ')');
}

/* Chains longer than this end early: each link repeats its types. */
#define FLUX_MISMATCH_LINKS_MAX 8

static void
print_mismatch(StringInfo out, const FluxMismatch *mismatch, FluxTypeNames *names, int links)
{
	FluxText name = mismatch->name;

	switch (mismatch->mismatch)
	{
		case FLUX_MISMATCH_TYPE:
			print_expected(out, mismatch, names);
			break;
		case FLUX_MISMATCH_KIND:
			print_type(out, mismatch->actual, names);
			appendStringInfo(out, "%s is not %s", type_hint(mismatch->actual),
							 flux_type_kind_name(mismatch->kind));
			break;
		case FLUX_MISMATCH_RECURSIVE:
			appendStringInfoString(out, "recursive types not supported ");
			print_type(out, mismatch->expected, names);
			appendStringInfoString(out, " != ");
			print_type(out, mismatch->actual, names);
			break;
		case FLUX_MISMATCH_LABEL_MISSING:
			appendStringInfo(out, "record is missing label %.*s", FLUX_NAME_ARGS(name));
			break;
		case FLUX_MISMATCH_LABEL_EXTRA:
			appendStringInfo(out, "found unexpected label %.*s", FLUX_NAME_ARGS(name));
			break;
		case FLUX_MISMATCH_LABEL:
		case FLUX_MISMATCH_RESULT:
			print_expected(out, mismatch, names);
			if (mismatch->mismatch == FLUX_MISMATCH_LABEL)
				appendStringInfo(out, " for label %.*s", FLUX_NAME_ARGS(name));
			else
				appendStringInfoString(out, " for return type");
			if (links < FLUX_MISMATCH_LINKS_MAX)
			{
				appendStringInfoString(out, " caused by ");
				print_mismatch(out, mismatch->cause, names, links + 1);
			}
			break;
		case FLUX_MISMATCH_ARGUMENT:
			print_mismatch(out, mismatch->cause, names, links);
			appendStringInfo(out, " (argument %.*s)", FLUX_NAME_ARGS(name));
			break;
		case FLUX_MISMATCH_ARGUMENT_MISSING:
			appendStringInfo(out, "missing required argument %.*s", FLUX_NAME_ARGS(name));
			break;
		case FLUX_MISMATCH_ARGUMENT_EXTRA:
			appendStringInfo(out, "found unexpected argument %.*s", FLUX_NAME_ARGS(name));
			print_parameter_names(out, mismatch->actual);
			break;
		case FLUX_MISMATCH_PIPE_MISSING:
			appendStringInfoString(out, "missing pipe argument");
			break;
		case FLUX_MISMATCH_PIPE_NAMES:
			appendStringInfo(out, "expected pipe argument %.*s but found %.*s",
							 FLUX_NAME_ARGS(name), FLUX_NAME_ARGS(mismatch->other_name));
			break;
	}
}

void
flux_mismatch_print(StringInfo out, const FluxMismatch *mismatch)
{
	FluxTypeNames names = {.text_max = FLUX_TYPE_MESSAGE_MAX};

	print_mismatch(out, mismatch, &names, 0);
}

/* The innermost reason, which says what is really wrong. */
static const FluxMismatch *
root_cause(const FluxMismatch *mismatch)
{
	while (mismatch->cause != NULL)
		mismatch = mismatch->cause;
	return mismatch;
}

int
flux_mismatch_sqlstate(const FluxMismatch *mismatch)
{
	switch (root_cause(mismatch)->mismatch)
	{
		case FLUX_MISMATCH_LABEL_MISSING:
		case FLUX_MISMATCH_LABEL_EXTRA:
			return ERRCODE_UNDEFINED_COLUMN;
		case FLUX_MISMATCH_ARGUMENT_MISSING:
		case FLUX_MISMATCH_ARGUMENT_EXTRA:
		case FLUX_MISMATCH_PIPE_MISSING:
		case FLUX_MISMATCH_PIPE_NAMES:
			return ERRCODE_UNDEFINED_FUNCTION;
		default:
			return ERRCODE_DATATYPE_MISMATCH;
	}
}

/* A function that is given as an argument does not take what it will be given. */
static const char *
call_hint(const FluxType *expected)
{
	StringInfoData text;
	int count = expected->u.function.count;

	if (count == 0 || count > 20)
		return NULL;
	initStringInfo(&text);
	for (int i = 0; i < count; i++)
	{
		const FluxTypeParameter *parameter = &expected->u.function.parameters[i];

		appendStringInfo(&text, "%s%s%.*s", i > 0 ? ", " : "the function is called with (",
						 parameter->kind == FLUX_PARAMETER_PIPE ? "<-" : "",
						 FLUX_NAME_ARGS(parameter->name));
	}
	appendStringInfoChar(&text, ')');
	return text.data;
}

const char *
flux_mismatch_hint(const FluxMismatch *mismatch)
{
	const FluxMismatch *root = root_cause(mismatch);
	FluxNearName near;

	if (root->mismatch == FLUX_MISMATCH_ARGUMENT_MISSING && root->expected != NULL)
		return call_hint(root->expected);

	flux_near_name_init(&near, root->name);
	if (root->mismatch == FLUX_MISMATCH_LABEL_MISSING)
	{
		for (FluxType *at = flux_type_resolve(root->actual); at->kind == FLUX_TYPE_RECORD;
			 at = flux_type_resolve(at->u.record.rest))
			flux_near_name_offer(&near, at->u.record.label);
	}
	else if (root->mismatch == FLUX_MISMATCH_ARGUMENT_EXTRA)
	{
		for (int i = 0; i < root->actual->u.function.count; i++)
			flux_near_name_offer(&near, root->actual->u.function.parameters[i].name);
	}
	else
		return NULL;
	return flux_near_name_hint(&near);
}
