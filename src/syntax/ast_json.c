/*
 * ast_json.c
 *		AST to JSON, in the shape of InfluxDB's /api/v2/query/ast.
 *
 * Members come in the endpoint's order: type, location, errors, comments,
 * then the node's own.  What the endpoint leaves out (attributes, comments
 * before the commas of arrays and dicts, "default" of type parameters) is left
 * out here.  Each node repeats its source text, so the result may be much
 * larger than the script; its size is bounded.
 */
#include "postgres.h"

#include <math.h>

#include "common/shortest_dec.h"
#include "miscadmin.h"

#include "syntax/ast_print.h"

/* Beyond this jsonb takes the server long, and beyond four times this it cannot hold it. */
#define JSON_SIZE_MAX (64 * 1024 * 1024)

typedef struct JsonWriter
{
	StringInfo out;
	FluxSourceText *source;
} JsonWriter;

static void write_node(JsonWriter *writer, const FluxAst *node);

static void
write_string(StringInfo out, FluxText text)
{
	appendStringInfoChar(out, '"');
	for (int32 i = 0; i < text.size; i++)
	{
		unsigned char byte = text.data[i];

		if (byte == '"' || byte == '\\')
		{
			appendStringInfoChar(out, '\\');
			appendStringInfoChar(out, byte);
		}
		else if (byte == '\n')
			appendStringInfoString(out, "\\n");
		else if (byte == '\t')
			appendStringInfoString(out, "\\t");
		else if (byte == '\r')
			appendStringInfoString(out, "\\r");
		else if (byte < 0x20)
			appendStringInfo(out, "\\u%04x", byte);
		else
			appendStringInfoChar(out, byte);
	}
	appendStringInfoChar(out, '"');
}

/* ---- members ---- */

/* Starts a member after others of the same object. */
static void
write_name(JsonWriter *writer, const char *name)
{
	appendStringInfo(writer->out, ",\"%s\":", name);
}

static void
write_text_member(JsonWriter *writer, const char *name, FluxText text)
{
	write_name(writer, name);
	write_string(writer->out, text);
}

/* A member that is a node; NULL is written as null. */
static void
write_member(JsonWriter *writer, const char *name, const void *node)
{
	write_name(writer, name);
	if (node == NULL)
		appendStringInfoString(writer->out, "null");
	else
		write_node(writer, node);
}

/* A member that is left out when there is no node. */
static void
write_optional(JsonWriter *writer, const char *name, const void *node)
{
	if (node != NULL)
		write_member(writer, name, node);
}

static void
write_list(JsonWriter *writer, const char *name, const FluxAstList *list)
{
	write_name(writer, name);
	appendStringInfoChar(writer->out, '[');
	for (int i = 0; i < list->count; i++)
	{
		if (i > 0)
			appendStringInfoChar(writer->out, ',');
		write_node(writer, list->items[i]);
	}
	appendStringInfoChar(writer->out, ']');
}

static void
write_comments(JsonWriter *writer, const char *name, const FluxComments *comments)
{
	if (comments->count == 0)
		return;
	write_name(writer, name);
	appendStringInfoChar(writer->out, '[');
	for (int i = 0; i < comments->count; i++)
	{
		appendStringInfoString(writer->out, i > 0 ? ",{\"text\":" : "{\"text\":");
		write_string(writer->out, comments->items[i]);
		appendStringInfoChar(writer->out, '}');
	}
	appendStringInfoChar(writer->out, ']');
}

static void
write_punctuation(JsonWriter *writer, const FluxPunctuationComments *list)
{
	for (; list != NULL; list = list->next)
		write_comments(writer, list->slot, &list->comments);
}

/* The same for arrays and dicts, whose commas the endpoint forgets. */
static void
write_brackets(JsonWriter *writer, const FluxPunctuationComments *list)
{
	for (; list != NULL; list = list->next)
	{
		if (strcmp(list->slot, "comma") != 0)
			write_comments(writer, list->slot, &list->comments);
	}
}

static void
write_location(JsonWriter *writer, FluxSpan span)
{
	FluxPosition start = flux_source_position(writer->source, span.start);
	FluxPosition stop = flux_source_position(writer->source, span.stop);

	write_name(writer, "location");
	appendStringInfoChar(writer->out, '{');
	if (writer->source->name != NULL)
	{
		appendStringInfoString(writer->out, "\"file\":");
		write_string(writer->out, flux_text_from_cstring(writer->source->name));
		appendStringInfoChar(writer->out, ',');
	}
	appendStringInfo(writer->out,
					 "\"start\":{\"line\":%d,\"column\":%d},\"end\":{\"line\":%d,\"column\":%d}",
					 start.line, start.column, stop.line, stop.column);
	if (span.stop > span.start)
		write_text_member(writer, "source", flux_source_slice(writer->source, span));
	appendStringInfoChar(writer->out, '}');
}

static void
write_errors(JsonWriter *writer, const FluxAst *node)
{
	if (node->error_count == 0)
		return;
	write_name(writer, "errors");
	appendStringInfoChar(writer->out, '[');
	for (int i = 0; i < node->error_count; i++)
	{
		appendStringInfoString(writer->out, i > 0 ? ",{\"msg\":" : "{\"msg\":");
		write_string(writer->out, flux_text_from_cstring(node->errors[i]));
		appendStringInfoChar(writer->out, '}');
	}
	appendStringInfoChar(writer->out, ']');
}

/* ---- nodes ---- */

#define AS(Name) ((const Flux##Name *) node)

static void
write_file(JsonWriter *writer, const FluxFile *file)
{
	if (file->source->name != NULL)
		write_text_member(writer, "name", flux_text_from_cstring(file->source->name));
	appendStringInfoString(writer->out, ",\"metadata\":\"parser-type=rust\"");
	write_member(writer, "package", file->package);
	if (file->imports.count > 0)
		write_list(writer, "imports", &file->imports);
	else
		appendStringInfoString(writer->out, ",\"imports\":null");
	write_list(writer, "body", &file->body);
	write_comments(writer, "eof", &file->eof);
}

static void
write_package(JsonWriter *writer, const FluxPackage *package)
{
	if (package->path.size > 0)
		write_text_member(writer, "path", package->path);
	write_text_member(writer, "package", package->name);
	write_name(writer, "files");
	appendStringInfoChar(writer->out, '[');
	write_node(writer, &package->file->ast);
	appendStringInfoChar(writer->out, ']');
}

/* Members of statements and of what holds them. False: the node is none. */
static bool
write_statement_members(JsonWriter *writer, const FluxAst *node)
{
	switch (node->kind)
	{
		case FLUX_AST_PACKAGE:
			write_package(writer, AS(Package));
			return true;
		case FLUX_AST_FILE:
			write_file(writer, AS(File));
			return true;
		case FLUX_AST_PACKAGE_CLAUSE:
			write_member(writer, "name", AS(PackageClause)->name);
			return true;
		case FLUX_AST_IMPORT_DECLARATION:
			write_member(writer, "as", AS(ImportDeclaration)->as);
			write_member(writer, "path", AS(ImportDeclaration)->path);
			return true;
		case FLUX_AST_EXPRESSION_STATEMENT:
			write_member(writer, "expression", AS(ExpressionStatement)->expression);
			return true;
		case FLUX_AST_VARIABLE_ASSIGNMENT:
			write_member(writer, "id", AS(VariableAssignment)->id);
			write_member(writer, "init", AS(VariableAssignment)->init);
			return true;
		case FLUX_AST_MEMBER_ASSIGNMENT:
			write_member(writer, "member", AS(MemberAssignment)->member);
			write_member(writer, "init", AS(MemberAssignment)->init);
			return true;
		case FLUX_AST_OPTION_STATEMENT:
			write_member(writer, "assignment", AS(OptionStatement)->assignment);
			return true;
		case FLUX_AST_RETURN_STATEMENT:
			write_member(writer, "argument", AS(ReturnStatement)->argument);
			return true;
		case FLUX_AST_BUILTIN_STATEMENT:
			write_punctuation(writer, AS(BuiltinStatement)->punctuation);
			write_member(writer, "id", AS(BuiltinStatement)->id);
			write_member(writer, "ty", AS(BuiltinStatement)->type);
			return true;
		case FLUX_AST_TEST_CASE_STATEMENT:
			write_member(writer, "id", AS(TestCaseStatement)->id);
			write_optional(writer, "extends", AS(TestCaseStatement)->extends);
			write_member(writer, "block", AS(TestCaseStatement)->block);
			return true;
		case FLUX_AST_BAD_STATEMENT:
			write_text_member(writer, "text", AS(BadStatement)->text);
			return true;
		case FLUX_AST_BLOCK:
			write_list(writer, "body", &AS(Block)->body);
			write_punctuation(writer, AS(Block)->punctuation);
			return true;
		default:
			return false;
	}
}

static void
write_float(StringInfo out, double value)
{
	char text[DOUBLE_SHORTEST_DECIMAL_LEN];

	double_to_shortest_decimal_buf(value, text);
	appendStringInfo(out, ",\"value\":%s", text);
}

static void
write_duration(StringInfo out, const FluxDurationLiteral *literal)
{
	appendStringInfoString(out, ",\"values\":[");
	for (int i = 0; i < literal->part_count; i++)
		appendStringInfo(out, "%s{\"magnitude\":" INT64_FORMAT ",\"unit\":\"%s\"}",
						 i > 0 ? "," : "", literal->parts[i].magnitude, literal->parts[i].unit);
	appendStringInfoChar(out, ']');
}

/* Members of names and literals. False: the node is none. */
static bool
write_literal_members(JsonWriter *writer, const FluxAst *node)
{
	switch (node->kind)
	{
		case FLUX_AST_IDENTIFIER:
			write_text_member(writer, "name", AS(Identifier)->name);
			return true;
		case FLUX_AST_STRING_LITERAL:
			write_text_member(writer, "value", AS(StringLiteral)->value);
			return true;
		case FLUX_AST_LABEL_LITERAL:
			write_text_member(writer, "value", AS(LabelLiteral)->value);
			return true;
		case FLUX_AST_INTEGER_LITERAL:
			appendStringInfo(writer->out, ",\"value\":\"" INT64_FORMAT "\"",
							 AS(IntegerLiteral)->value);
			return true;
		case FLUX_AST_FLOAT_LITERAL:
			write_float(writer->out, AS(FloatLiteral)->value);
			return true;
		case FLUX_AST_DURATION_LITERAL:
			write_duration(writer->out, AS(DurationLiteral));
			return true;
		case FLUX_AST_DATE_TIME_LITERAL:
			write_text_member(writer, "value", AS(DateTimeLiteral)->text);
			return true;
		case FLUX_AST_REGEXP_LITERAL:
			write_text_member(writer, "value", AS(RegexpLiteral)->pattern);
			return true;
		case FLUX_AST_TEXT_PART:
			write_text_member(writer, "value", AS(TextPart)->value);
			return true;
		case FLUX_AST_PIPE_LITERAL:
			return true;
		case FLUX_AST_BAD_EXPRESSION:
			write_text_member(writer, "text", AS(BadExpression)->text);
			appendStringInfoString(writer->out, ",\"expression\":null");
			return true;
		default:
			return false;
	}
}

static void
write_call(JsonWriter *writer, const FluxCallExpression *call)
{
	write_member(writer, "callee", call->callee);
	if (call->arguments != NULL)
	{
		write_name(writer, "arguments");
		appendStringInfoChar(writer->out, '[');
		write_node(writer, &call->arguments->ast);
		appendStringInfoChar(writer->out, ']');
	}
	write_punctuation(writer, call->punctuation);
}

/* Operators with their operands. False: the node is none. */
static bool
write_operator_members(JsonWriter *writer, const FluxAst *node)
{
	switch (node->kind)
	{
		case FLUX_AST_BINARY_EXPRESSION:
			write_text_member(
				writer, "operator",
				flux_text_from_cstring(flux_binary_operator_text(AS(BinaryExpression)->op)));
			write_member(writer, "left", AS(BinaryExpression)->left);
			write_member(writer, "right", AS(BinaryExpression)->right);
			return true;
		case FLUX_AST_LOGICAL_EXPRESSION:
			write_text_member(writer, "operator",
							  flux_text_from_cstring(AS(LogicalExpression)->is_and ? "and" : "or"));
			write_member(writer, "left", AS(LogicalExpression)->left);
			write_member(writer, "right", AS(LogicalExpression)->right);
			return true;
		case FLUX_AST_UNARY_EXPRESSION:
			write_text_member(
				writer, "operator",
				flux_text_from_cstring(flux_unary_operator_text(AS(UnaryExpression)->op)));
			write_member(writer, "argument", AS(UnaryExpression)->argument);
			return true;
		case FLUX_AST_CONDITIONAL_EXPRESSION:
			write_member(writer, "test", AS(ConditionalExpression)->test);
			write_member(writer, "consequent", AS(ConditionalExpression)->consequent);
			write_member(writer, "alternate", AS(ConditionalExpression)->alternate);
			write_punctuation(writer, AS(ConditionalExpression)->punctuation);
			return true;
		case FLUX_AST_PIPE_EXPRESSION:
			write_member(writer, "argument", AS(PipeExpression)->argument);
			write_member(writer, "call", AS(PipeExpression)->call);
			return true;
		case FLUX_AST_MEMBER_EXPRESSION:
			write_member(writer, "object", AS(MemberExpression)->object);
			write_member(writer, "property", AS(MemberExpression)->property);
			write_punctuation(writer, AS(MemberExpression)->punctuation);
			return true;
		case FLUX_AST_INDEX_EXPRESSION:
			write_member(writer, "array", AS(IndexExpression)->array);
			write_member(writer, "index", AS(IndexExpression)->index);
			write_punctuation(writer, AS(IndexExpression)->punctuation);
			return true;
		case FLUX_AST_CALL_EXPRESSION:
			write_call(writer, AS(CallExpression));
			return true;
		default:
			return false;
	}
}

/* Operands made of others. False: the node is none. */
static bool
write_composite_members(JsonWriter *writer, const FluxAst *node)
{
	switch (node->kind)
	{
		case FLUX_AST_STRING_EXPRESSION:
			write_list(writer, "parts", &AS(StringExpression)->parts);
			return true;
		case FLUX_AST_INTERPOLATED_PART:
			write_member(writer, "expression", AS(InterpolatedPart)->expression);
			write_punctuation(writer, AS(InterpolatedPart)->punctuation);
			return true;
		case FLUX_AST_ARRAY_EXPRESSION:
			write_list(writer, "elements", &AS(ArrayExpression)->elements);
			write_brackets(writer, AS(ArrayExpression)->punctuation);
			return true;
		case FLUX_AST_DICT_EXPRESSION:
			write_list(writer, "elements", &AS(DictExpression)->elements);
			write_brackets(writer, AS(DictExpression)->punctuation);
			return true;
		case FLUX_AST_DICT_ITEM:
			write_member(writer, "key", AS(DictItem)->key);
			write_member(writer, "val", AS(DictItem)->value);
			write_punctuation(writer, AS(DictItem)->punctuation);
			return true;
		case FLUX_AST_OBJECT_EXPRESSION:
			write_optional(writer, "with", AS(ObjectExpression)->with);
			write_list(writer, "properties", &AS(ObjectExpression)->properties);
			for (FluxPunctuationComments *p = AS(ObjectExpression)->punctuation; p; p = p->next)
			{
				if (strcmp(p->slot, "with") != 0) /* the name of a member here */
					write_comments(writer, p->slot, &p->comments);
			}
			return true;
		case FLUX_AST_PROPERTY:
			write_member(writer, "key", AS(Property)->key);
			write_member(writer, "value", AS(Property)->value);
			write_punctuation(writer, AS(Property)->punctuation);
			return true;
		case FLUX_AST_FUNCTION_EXPRESSION:
			write_list(writer, "params", &AS(FunctionExpression)->params);
			write_member(writer, "body", AS(FunctionExpression)->body);
			write_punctuation(writer, AS(FunctionExpression)->punctuation);
			return true;
		case FLUX_AST_PAREN_EXPRESSION:
			write_member(writer, "expression", AS(ParenExpression)->expression);
			write_punctuation(writer, AS(ParenExpression)->punctuation);
			return true;
		default:
			return false;
	}
}

/* Members of type expressions. */
static void
write_type_members(JsonWriter *writer, const FluxAst *node)
{
	switch (node->kind)
	{
		case FLUX_AST_TYPE_EXPRESSION:
			write_member(writer, "monotype", AS(TypeExpression)->monotype);
			write_list(writer, "constraints", &AS(TypeExpression)->constraints);
			break;
		case FLUX_AST_TYPE_CONSTRAINT:
			write_member(writer, "tvar", AS(TypeConstraint)->tvar);
			write_list(writer, "kinds", &AS(TypeConstraint)->kinds);
			break;
		case FLUX_AST_NAMED_TYPE:
		case FLUX_AST_TVAR_TYPE:
			write_member(writer, "name", AS(NamedType)->name);
			break;
		case FLUX_AST_ARRAY_TYPE:
		case FLUX_AST_STREAM_TYPE:
		case FLUX_AST_VECTOR_TYPE:
			write_member(writer, "element", AS(ElementType)->element);
			break;
		case FLUX_AST_DICT_TYPE:
			write_member(writer, "key", AS(DictType)->key);
			write_member(writer, "val", AS(DictType)->value);
			break;
		case FLUX_AST_RECORD_TYPE:
			write_optional(writer, "tvar", AS(RecordType)->tvar);
			write_list(writer, "properties", &AS(RecordType)->properties);
			break;
		case FLUX_AST_PROPERTY_TYPE:
			write_member(writer, "name", AS(PropertyType)->name);
			write_member(writer, "monotype", AS(PropertyType)->monotype);
			break;
		case FLUX_AST_FUNCTION_TYPE:
			write_list(writer, "parameters", &AS(FunctionType)->parameters);
			write_member(writer, "monotype", AS(FunctionType)->monotype);
			break;
		case FLUX_AST_PARAMETER_TYPE:
			write_optional(writer, "name", AS(ParameterType)->name);
			write_member(writer, "monotype", AS(ParameterType)->monotype);
			break;
		case FLUX_AST_LABEL_TYPE:
			write_text_member(writer, "value", AS(LabelType)->value);
			break;
		default: /* a dynamic type has none */
			break;
	}
}

/* The "type" of a node: its kind, but a type parameter tells its own. */
static const char *
type_name(const FluxAst *node)
{
	static const char *const parameters[] = {"Required", "Optional", "Pipe"};

	if (node->kind == FLUX_AST_PARAMETER_TYPE)
		return parameters[AS(ParameterType)->parameter];
	return flux_ast_kind_name(node->kind);
}

static bool
has_location(const FluxAst *node)
{
	if (node->kind == FLUX_AST_FILE)
		return AS(File)->package != NULL || AS(File)->imports.count > 0 || AS(File)->body.count > 0;
	return node->kind != FLUX_AST_PACKAGE && node->kind != FLUX_AST_DICT_ITEM;
}

static void
write_node(JsonWriter *writer, const FluxAst *node)
{
	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	if (writer->out->len > JSON_SIZE_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("the syntax tree as JSON is larger than %d MB",
							   JSON_SIZE_MAX / (1024 * 1024))));

	appendStringInfo(writer->out, "{\"type\":\"%s\"", type_name(node));
	if (has_location(node))
		write_location(writer, node->span);
	write_errors(writer, node);
	write_comments(writer, "comments", &node->comments);
	if (!write_statement_members(writer, node) && !write_literal_members(writer, node) &&
		!write_operator_members(writer, node) && !write_composite_members(writer, node))
		write_type_members(writer, node);
	appendStringInfoChar(writer->out, '}');
}

void
flux_ast_to_json(const FluxPackage *package, StringInfo out)
{
	JsonWriter writer = {out, package->file->source};

	write_node(&writer, &package->ast);
}
