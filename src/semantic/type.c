/*
 * type.c
 *		Types as inference sees them: making, copying, printing.
 *
 * Walks over a type visit each node once, by marking it with the number of
 * the walk: a type may be a graph in which a few hundred nodes spell out
 * billions of letters.  What cannot be bounded so (printing) has a limit of
 * its own, and every step counts against the budget of the check.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "semantic/type.h"

static FluxType basic_types[] = {
	{FLUX_TYPE_BOOL},   {FLUX_TYPE_INT},      {FLUX_TYPE_UINT},  {FLUX_TYPE_FLOAT},
	{FLUX_TYPE_STRING}, {FLUX_TYPE_DURATION}, {FLUX_TYPE_TIME},  {FLUX_TYPE_REGEXP},
	{FLUX_TYPE_BYTES},  {FLUX_TYPE_DYNAMIC},  {FLUX_TYPE_ERROR},
};

static const char *const basic_names[] = {
	"bool", "int", "uint", "float", "string", "duration", "time", "regexp", "bytes",
};

static FluxType empty_record = {FLUX_TYPE_EMPTY_RECORD};

static const char *const kind_names[] = {
#define X(name, text) #text,
	FLUX_KIND_LIST(X)
#undef X
		"Record", /* what a row must be, told to a person */
};

static uint64 last_mark = 0;

uint64
flux_type_next_mark(void)
{
	return ++last_mark;
}

const char *
flux_type_kind_name(FluxKindIndex index)
{
	return kind_names[index];
}

bool
flux_type_step(FluxTypeMaker *maker)
{
	FluxTypeBudget *budget = maker->budget;

	if (budget == NULL)
		return true;
	if ((--budget->steps & 0x3FFF) == 0)
		CHECK_FOR_INTERRUPTS();
	if (budget->steps <= 0)
		budget->is_exhausted = true;
	return !budget->is_exhausted;
}

bool
flux_type_charge(FluxTypeMaker *maker, int64 a, int64 b)
{
	if (maker->budget == NULL)
		return true;
	maker->budget->steps -= Min(a, INT64CONST(1) << 30) * Min(b, INT64CONST(1) << 30);
	return flux_type_step(maker);
}

const char *
flux_type_basic_name(FluxTypeKind kind)
{
	Assert(kind < FLUX_TYPE_BASIC_COUNT);
	return basic_names[kind];
}

/* ---- making ---- */

static FluxType *
new_type(FluxTypeMaker *maker, FluxTypeKind kind)
{
	FluxType *type = MemoryContextAllocZero(maker->context, sizeof(FluxType));

	type->kind = kind;
	if (maker->budget != NULL && --maker->budget->nodes <= 0)
		maker->budget->is_exhausted = true;
	return type;
}

/* A node around a child: what the child says about variables and depth. */
static void
enclose(FluxTypeMaker *maker, FluxType *type, FluxType *child)
{
	FluxType *known = flux_type_resolve(child);

	type->has_variables |= known->has_variables;
	type->depth = Max(type->depth, known->depth + 1);
	if (type->depth > FLUX_TYPE_DEPTH_MAX && maker->budget != NULL)
		maker->budget->is_exhausted = true;
}

FluxType *
flux_type_basic(FluxTypeKind kind)
{
	Assert(kind <= FLUX_TYPE_ERROR);
	return &basic_types[kind];
}

FluxType *
flux_type_empty_record(void)
{
	return &empty_record;
}

FluxType *
flux_type_variable(FluxTypeMaker *maker)
{
	FluxType *type = new_type(maker, FLUX_TYPE_VARIABLE);

	type->has_variables = true;
	type->level = maker->level;
	return type;
}

FluxType *
flux_type_wrap(FluxTypeMaker *maker, FluxTypeKind kind, FluxType *element)
{
	FluxType *type = new_type(maker, kind);

	type->u.element = element;
	enclose(maker, type, element);
	return type;
}

FluxType *
flux_type_dict(FluxTypeMaker *maker, FluxType *key, FluxType *value)
{
	FluxType *type = new_type(maker, FLUX_TYPE_DICT);

	type->u.dict.key = key;
	type->u.dict.value = value;
	enclose(maker, type, key);
	enclose(maker, type, value);
	return type;
}

FluxType *
flux_type_record(FluxTypeMaker *maker, FluxText label, FluxType *type, FluxType *rest)
{
	FluxType *record = new_type(maker, FLUX_TYPE_RECORD);

	record->u.record.label = label;
	record->u.record.type = type;
	record->u.record.rest = rest;
	enclose(maker, record, type);
	record->has_variables |= rest->has_variables;
	record->depth = Max(record->depth, flux_type_resolve(rest)->depth);
	return record;
}

FluxType *
flux_type_function(FluxTypeMaker *maker, FluxTypeParameter *parameters, int count, FluxType *result)
{
	FluxType *function = new_type(maker, FLUX_TYPE_FUNCTION);

	function->u.function.parameters = parameters;
	function->u.function.count = count;
	function->u.function.result = result;
	enclose(maker, function, result);
	for (int i = 0; i < count; i++)
		enclose(maker, function, parameters[i].type);
	return function;
}

/* ---- from type expressions ---- */

typedef struct Converter
{
	FluxTypeMaker *maker;
	FluxDiagnosticList *diagnostics;
	FluxType *variables[256]; /* by their one byte */
} Converter;

static FluxType *convert_monotype(Converter *converter, const FluxAst *node);

static FluxType *
convert_variable(Converter *converter, FluxText name)
{
	uint8 letter = name.size > 0 ? (uint8) name.data[0] : 0;

	if (converter->variables[letter] == NULL)
	{
		converter->variables[letter] = flux_type_variable(converter->maker);
		converter->variables[letter]->level = FLUX_LEVEL_GENERIC;
	}
	return converter->variables[letter];
}

static FluxType *
convert_basic(Converter *converter, const FluxNamedType *named)
{
	FluxNearName near;
	FluxDiagnostic *item;

	for (int i = 0; i < lengthof(basic_names); i++)
		if (flux_text_equal_cstring(named->name->name, basic_names[i]))
			return flux_type_basic(i);
	if (converter->diagnostics != NULL)
	{
		flux_near_name_init(&near, named->name->name);
		for (int i = 0; i < lengthof(basic_names); i++)
			flux_near_name_offer(&near, flux_text_from_cstring(basic_names[i]));
		item =
			flux_diagnostics_add(converter->diagnostics, ERRCODE_UNDEFINED_OBJECT, named->ast.span,
								 "invalid named type %.*s", FLUX_NAME_ARGS(named->name->name));
		item->hint = flux_near_name_hint(&near);
	}
	return flux_type_basic(FLUX_TYPE_ERROR);
}

static FluxType *
convert_record(Converter *converter, const FluxRecordType *record)
{
	FluxType *type =
		record->tvar != NULL ? convert_variable(converter, record->tvar->name) : &empty_record;

	if (record->tvar != NULL)
		type->kinds |= FLUX_KIND(ROW);
	for (int i = record->properties.count - 1; i >= 0; i--)
	{
		FluxPropertyType *property = (FluxPropertyType *) record->properties.items[i];

		type = flux_type_record(converter->maker, flux_ast_key_text(property->name),
								convert_monotype(converter, property->monotype), type);
	}
	return type;
}

static FluxType *
convert_function(Converter *converter, const FluxFunctionType *function)
{
	int count = function->parameters.count;
	FluxTypeParameter *parameters =
		MemoryContextAllocZero(converter->maker->context, Max(count, 1) * sizeof(*parameters));

	for (int i = 0; i < count; i++)
	{
		FluxParameterType *parameter = (FluxParameterType *) function->parameters.items[i];

		if (parameter->name != NULL)
			parameters[i].name = parameter->name->name;
		parameters[i].kind = parameter->parameter;
		parameters[i].type = convert_monotype(converter, parameter->monotype);
	}
	return flux_type_function(converter->maker, parameters, count,
							  convert_monotype(converter, function->monotype));
}

/* After a syntax error a type may be a node of any kind: that fits everything. */
static FluxType *
convert_monotype(Converter *converter, const FluxAst *node)
{
	FluxTypeMaker *maker = converter->maker;

	check_stack_depth();
	if (node == NULL)
		return flux_type_basic(FLUX_TYPE_ERROR);
	switch (node->kind)
	{
		case FLUX_AST_NAMED_TYPE:
			return convert_basic(converter, (const FluxNamedType *) node);
		case FLUX_AST_TVAR_TYPE:
			return convert_variable(converter, ((const FluxTvarType *) node)->name->name);
		case FLUX_AST_ARRAY_TYPE:
			return flux_type_wrap(
				maker, FLUX_TYPE_ARRAY,
				convert_monotype(converter, ((const FluxArrayType *) node)->element));
		case FLUX_AST_STREAM_TYPE:
			return flux_type_wrap(
				maker, FLUX_TYPE_STREAM,
				convert_monotype(converter, ((const FluxStreamType *) node)->element));
		case FLUX_AST_VECTOR_TYPE:
			return flux_type_wrap(
				maker, FLUX_TYPE_VECTOR,
				convert_monotype(converter, ((const FluxVectorType *) node)->element));
		case FLUX_AST_DICT_TYPE:
		{
			FluxType *key = convert_monotype(converter, ((const FluxDictType *) node)->key);

			return flux_type_dict(
				maker, key, convert_monotype(converter, ((const FluxDictType *) node)->value));
		}
		case FLUX_AST_DYNAMIC_TYPE:
			return flux_type_basic(FLUX_TYPE_DYNAMIC);
		case FLUX_AST_LABEL_TYPE:
			return flux_type_basic(FLUX_TYPE_STRING);
		case FLUX_AST_RECORD_TYPE:
			return convert_record(converter, (const FluxRecordType *) node);
		case FLUX_AST_FUNCTION_TYPE:
			return convert_function(converter, (const FluxFunctionType *) node);
		default:
			return flux_type_basic(FLUX_TYPE_ERROR);
	}
}

/* The bit of a kind's name; 0 when there is no such kind. */
static FluxKindSet
kind_by_name(FluxText name)
{
	for (int i = 0; i < FLUX_KIND_INDEX_ROW; i++)
		if (flux_text_equal_cstring(name, kind_names[i]))
			return 1 << i;
	return 0;
}

static void
convert_constraint(Converter *converter, const FluxTypeConstraint *constraint)
{
	FluxType *variable = convert_variable(converter, constraint->tvar->name);

	for (int i = 0; i < constraint->kinds.count; i++)
	{
		FluxIdentifier *kind = (FluxIdentifier *) constraint->kinds.items[i];
		FluxKindSet bit = kind_by_name(kind->name);

		variable->kinds |= bit;
		if (bit == 0 && converter->diagnostics != NULL)
			flux_diagnostics_add(converter->diagnostics, ERRCODE_UNDEFINED_OBJECT, kind->ast.span,
								 "invalid constraint %.*s", kind->name.size, kind->name.data);
	}

	/* what must be a label is a string here, and nothing can tell the difference */
	if (variable->kinds & FLUX_KIND(LABEL))
	{
		variable->kinds = 0;
		variable->u.link = flux_type_basic(FLUX_TYPE_STRING);
	}
}

FluxType *
flux_type_from_ast(FluxTypeMaker *maker, const FluxTypeExpression *expression,
				   FluxDiagnosticList *diagnostics)
{
	Converter converter = {maker, diagnostics};
	FluxType *type = convert_monotype(&converter, expression->monotype);

	for (int i = 0; i < expression->constraints.count; i++)
		convert_constraint(&converter, (FluxTypeConstraint *) expression->constraints.items[i]);
	return type;
}

/* ---- polymorphism ---- */

/*
 * Sets the level of all variables deeper than the maker's to "level"; true
 * when there was one or a generic one.
 */
static bool
relevel_walk(FluxTypeMaker *maker, FluxType *type, int32 level, uint64 mark)
{
	bool found = false;

	check_stack_depth();
	for (;;)
	{
		type = flux_type_resolve(type);
		if (!type->has_variables || type->mark == mark || !flux_type_step(maker))
			return found;
		type->mark = mark;
		switch (type->kind)
		{
			case FLUX_TYPE_VARIABLE:
				if (type->level <= maker->level)
					return found;
				type->level = level;
				return true;
			case FLUX_TYPE_ARRAY:
			case FLUX_TYPE_STREAM:
			case FLUX_TYPE_VECTOR:
				type = type->u.element;
				break;
			case FLUX_TYPE_DICT:
				found |= relevel_walk(maker, type->u.dict.key, level, mark);
				type = type->u.dict.value;
				break;
			case FLUX_TYPE_RECORD:
				found |= relevel_walk(maker, type->u.record.type, level, mark);
				type = type->u.record.rest;
				break;
			case FLUX_TYPE_FUNCTION:
				for (int i = 0; i < type->u.function.count; i++)
					found |= relevel_walk(maker, type->u.function.parameters[i].type, level, mark);
				type = type->u.function.result;
				break;
			default:
				return found;
		}
	}
}

bool
flux_type_generalize(FluxTypeMaker *maker, FluxType *type)
{
	return relevel_walk(maker, type, FLUX_LEVEL_GENERIC, flux_type_next_mark());
}

void
flux_type_lower(FluxTypeMaker *maker, FluxType *type)
{
	relevel_walk(maker, type, maker->level, flux_type_next_mark());
}

typedef struct Instantiation
{
	FluxTypeMaker *maker;
	int32 level; /* variables deeper than this are replaced */
	uint64 mark;
} Instantiation;

static FluxType *copy_type(Instantiation *instantiation, FluxType *type);

/* A record of any width without recursion along it. */
static FluxType *
copy_record(Instantiation *instantiation, FluxType *type)
{
	FluxType *first = NULL;
	FluxType *last = NULL;

	while (type->kind == FLUX_TYPE_RECORD && type->mark != instantiation->mark &&
		   type->has_variables && flux_type_step(instantiation->maker))
	{
		FluxType *copy = new_type(instantiation->maker, FLUX_TYPE_RECORD);

		copy->has_variables = true;
		copy->u.record.label = type->u.record.label;
		copy->u.record.type = copy_type(instantiation, type->u.record.type);
		copy->depth = type->depth;
		type->mark = instantiation->mark;
		type->forward = copy;
		if (last != NULL)
			last->u.record.rest = copy;
		else
			first = copy;
		last = copy;
		type = flux_type_resolve(type->u.record.rest);
	}
	if (last == NULL)
		return type;
	last->u.record.rest = copy_type(instantiation, type);
	return first;
}

static FluxType *
copy_function(Instantiation *instantiation, FluxType *type)
{
	FluxTypeMaker *maker = instantiation->maker;
	int count = type->u.function.count;
	FluxTypeParameter *parameters =
		MemoryContextAlloc(maker->context, Max(count, 1) * sizeof(FluxTypeParameter));

	for (int i = 0; i < count; i++)
	{
		parameters[i] = type->u.function.parameters[i];
		parameters[i].type = copy_type(instantiation, parameters[i].type);
	}
	return flux_type_function(maker, parameters, count,
							  copy_type(instantiation, type->u.function.result));
}

static FluxType *
copy_type(Instantiation *instantiation, FluxType *type)
{
	FluxTypeMaker *maker = instantiation->maker;
	FluxType *copy;

	type = flux_type_resolve(type);
	if (!type->has_variables)
		return type;
	if (type->mark == instantiation->mark)
		return type->forward;
	check_stack_depth();
	if (!flux_type_step(maker))
		return flux_type_basic(FLUX_TYPE_ERROR);

	switch (type->kind)
	{
		case FLUX_TYPE_VARIABLE:
			if (type->level <= instantiation->level)
				return type;
			copy = flux_type_variable(maker);
			copy->kinds = type->kinds;
			break;
		case FLUX_TYPE_ARRAY:
		case FLUX_TYPE_STREAM:
		case FLUX_TYPE_VECTOR:
			copy = flux_type_wrap(maker, type->kind, copy_type(instantiation, type->u.element));
			break;
		case FLUX_TYPE_DICT:
			copy = copy_type(instantiation, type->u.dict.key);
			copy = flux_type_dict(maker, copy, copy_type(instantiation, type->u.dict.value));
			break;
		case FLUX_TYPE_RECORD:
			return copy_record(instantiation, type);
		case FLUX_TYPE_FUNCTION:
			copy = copy_function(instantiation, type);
			break;
		default:
			return type;
	}
	type->mark = instantiation->mark;
	type->forward = copy;
	return copy;
}

FluxType *
flux_type_instantiate_above(FluxTypeMaker *maker, FluxType *type, int32 level)
{
	Instantiation instantiation = {maker, level, 0};

	type = flux_type_resolve(type);
	if (!type->has_variables)
		return type;
	instantiation.mark = flux_type_next_mark();
	return copy_type(&instantiation, type);
}

FluxType *
flux_type_instantiate(FluxTypeMaker *maker, FluxType *type)
{
	return flux_type_instantiate_above(maker, type, FLUX_LEVEL_GENERIC - 1);
}

/* ---- text ---- */

/* A, B, ... Z, then t26, t27, ... */
static void
print_variable(StringInfo out, FluxType *variable, FluxTypeNames *names)
{
	int index = 0;

	while (index < names->count && names->variables[index] != variable)
		index++;
	if (index == names->count)
	{
		if (names->count == names->capacity)
		{
			int capacity = names->capacity == 0 ? 8 : names->capacity * 2;

			names->variables = names->variables == NULL
								   ? palloc(capacity * sizeof(FluxType *))
								   : repalloc(names->variables, capacity * sizeof(FluxType *));
			names->capacity = capacity;
		}
		names->variables[names->count++] = variable;
	}
	if (index < 26)
		appendStringInfoChar(out, 'A' + index);
	else
		appendStringInfo(out, "t%d", index);
}

/* A label as it would be written: quoted unless it is an identifier. */
static void
print_label(StringInfo out, FluxText label)
{
	bool is_plain = label.size > 0 && !(label.data[0] >= '0' && label.data[0] <= '9');

	for (int i = 0; i < label.size && is_plain; i++)
	{
		uint8 letter = label.data[i];

		is_plain = letter == '_' || (letter >= '0' && letter <= '9') || letter >= 0x80 ||
				   ((letter | 0x20) >= 'a' && (letter | 0x20) <= 'z');
	}
	appendStringInfo(out, is_plain ? "%.*s" : "\"%.*s\"", FLUX_NAME_ARGS(label));
}

static int
text_max(const FluxTypeNames *names)
{
	return names->text_max > 0 ? names->text_max : FLUX_TYPE_TEXT_MAX;
}

static void
print_record(StringInfo out, FluxType *record, FluxTypeNames *names)
{
	FluxType *rest = record;
	bool is_first = true;

	/* the tail comes first: {A with a: int} */
	while (rest->kind == FLUX_TYPE_RECORD)
		rest = flux_type_resolve(rest->u.record.rest);
	appendStringInfoChar(out, '{');
	if (rest->kind != FLUX_TYPE_EMPTY_RECORD)
	{
		flux_type_print(out, rest, names);
		appendStringInfoString(out, " with ");
	}
	while (record->kind == FLUX_TYPE_RECORD && out->len < text_max(names))
	{
		if (!is_first)
			appendStringInfoString(out, ", ");
		is_first = false;
		print_label(out, record->u.record.label);
		appendStringInfoString(out, ": ");
		flux_type_print(out, record->u.record.type, names);
		record = flux_type_resolve(record->u.record.rest);
	}
	appendStringInfoChar(out, '}');
}

/* The pipe parameter first, then required and optional ones, each by name. */
static int
compare_parameters(const void *a, const void *b)
{
	static const int rank[] = {
		[FLUX_PARAMETER_PIPE] = 0, [FLUX_PARAMETER_REQUIRED] = 1, [FLUX_PARAMETER_OPTIONAL] = 2};
	const FluxTypeParameter *x = a;
	const FluxTypeParameter *y = b;

	if (x->kind != y->kind)
		return rank[x->kind] - rank[y->kind];
	return flux_text_compare(x->name, y->name);
}

static void
print_function(StringInfo out, FluxType *function, FluxTypeNames *names)
{
	int count = function->u.function.count;
	FluxTypeParameter *sorted = palloc(Max(count, 1) * sizeof(FluxTypeParameter));

	memcpy(sorted, function->u.function.parameters, count * sizeof(FluxTypeParameter));
	qsort(sorted, count, sizeof(FluxTypeParameter), compare_parameters);
	appendStringInfoChar(out, '(');
	for (int i = 0; i < count && out->len < text_max(names); i++)
	{
		if (i > 0)
			appendStringInfoString(out, ", ");
		if (sorted[i].kind != FLUX_PARAMETER_REQUIRED)
			appendStringInfoString(out, sorted[i].kind == FLUX_PARAMETER_PIPE ? "<-" : "?");
		appendStringInfo(out, "%.*s: ", FLUX_NAME_ARGS(sorted[i].name));
		flux_type_print(out, sorted[i].type, names);
	}
	appendStringInfoString(out, ") => ");
	flux_type_print(out, function->u.function.result, names);
	pfree(sorted);
}

void
flux_type_print(StringInfo out, FluxType *type, FluxTypeNames *names)
{
	check_stack_depth();
	if (out->len >= text_max(names))
	{
		if (out->data[out->len - 1] != '.')
			appendStringInfoString(out, "...");
		return;
	}
	type = flux_type_resolve(type);
	switch (type->kind)
	{
		case FLUX_TYPE_VARIABLE:
			print_variable(out, type, names);
			break;
		case FLUX_TYPE_ARRAY:
			appendStringInfoChar(out, '[');
			flux_type_print(out, type->u.element, names);
			appendStringInfoChar(out, ']');
			break;
		case FLUX_TYPE_STREAM:
		case FLUX_TYPE_VECTOR:
			appendStringInfoString(out, type->kind == FLUX_TYPE_STREAM ? "stream[" : "vector[");
			flux_type_print(out, type->u.element, names);
			appendStringInfoChar(out, ']');
			break;
		case FLUX_TYPE_DICT:
			appendStringInfoChar(out, '[');
			flux_type_print(out, type->u.dict.key, names);
			appendStringInfoChar(out, ':');
			flux_type_print(out, type->u.dict.value, names);
			appendStringInfoChar(out, ']');
			break;
		case FLUX_TYPE_EMPTY_RECORD:
			appendStringInfoString(out, "{}");
			break;
		case FLUX_TYPE_RECORD:
			print_record(out, type, names);
			break;
		case FLUX_TYPE_FUNCTION:
			print_function(out, type, names);
			break;
		case FLUX_TYPE_DYNAMIC:
			appendStringInfoString(out, "dynamic");
			break;
		case FLUX_TYPE_ERROR:
			appendStringInfoString(out, "<unknown>");
			break;
		default:
			appendStringInfoString(out, basic_names[type->kind]);
			break;
	}
}

void
flux_type_print_constraints(StringInfo out, const FluxTypeNames *names)
{
	const char *separator = " where ";

	for (int i = 0; i < names->count && i < 26; i++)
	{
		FluxKindSet kinds = names->variables[i]->kinds;
		bool is_first = true;

		for (int kind = 0; kind < FLUX_KIND_INDEX_ROW; kind++)
		{
			if ((kinds & (1 << kind)) == 0)
				continue;
			if (is_first)
				appendStringInfo(out, "%s%c: ", separator, 'A' + i);
			else
				appendStringInfoString(out, " + ");
			appendStringInfoString(out, kind_names[kind]);
			is_first = false;
			separator = ", ";
		}
	}
}
