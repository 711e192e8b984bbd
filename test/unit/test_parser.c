/*
 * test_parser.c
 *		Lexer and parser: what scripts mean, and what wrong ones are told.
 *
 * A tree is compared by a short text in prefix form, (+ a 1); an error list by
 * "line:column-line:column message" lines, which are the diagnostics' spans.
 */
#include "postgres.h"

#include "syntax/lexer.h"
#include "syntax/parser.h"

#include "unit.h"

/* ---- trees as text ---- */

static void dump(StringInfo out, const FluxAst *node);

static void
dump_text(StringInfo out, FluxText text)
{
	appendBinaryStringInfo(out, text.data, text.size);
}

static void
dump_list(StringInfo out, const FluxAstList *list)
{
	for (int i = 0; i < list->count; i++)
	{
		appendStringInfoChar(out, ' ');
		dump(out, list->items[i]);
	}
}

static void
dump_form(StringInfo out, const char *head, const FluxAst *a, const FluxAst *b, const FluxAst *c)
{
	appendStringInfo(out, "(%s", head);
	for (int i = 0; i < 3; i++)
	{
		const FluxAst *node = i == 0 ? a : i == 1 ? b : c;

		if (node == NULL)
			continue;
		appendStringInfoChar(out, ' ');
		dump(out, node);
	}
	appendStringInfoChar(out, ')');
}

#define AS(Name) ((const Flux##Name *) node)

static void
dump_statement(StringInfo out, const FluxAst *node)
{
	switch (node->kind)
	{
		case FLUX_AST_FILE:
			if (AS(File)->package)
				dump_form(out, "package", &AS(File)->package->name->ast, NULL, NULL);
			dump_list(out, &AS(File)->imports);
			dump_list(out, &AS(File)->body);
			break;
		case FLUX_AST_IMPORT_DECLARATION:
			dump_form(out, "import", (FluxAst *) AS(ImportDeclaration)->as,
					  &AS(ImportDeclaration)->path->ast, NULL);
			break;
		case FLUX_AST_EXPRESSION_STATEMENT:
			dump(out, AS(ExpressionStatement)->expression);
			break;
		case FLUX_AST_VARIABLE_ASSIGNMENT:
			dump_form(out, "=", &AS(VariableAssignment)->id->ast, AS(VariableAssignment)->init,
					  NULL);
			break;
		case FLUX_AST_MEMBER_ASSIGNMENT:
			dump_form(out, "=", &AS(MemberAssignment)->member->ast, AS(MemberAssignment)->init,
					  NULL);
			break;
		case FLUX_AST_OPTION_STATEMENT:
			dump_form(out, "option", AS(OptionStatement)->assignment, NULL, NULL);
			break;
		case FLUX_AST_RETURN_STATEMENT:
			dump_form(out, "return", AS(ReturnStatement)->argument, NULL, NULL);
			break;
		case FLUX_AST_BUILTIN_STATEMENT:
			dump_form(out, "builtin", &AS(BuiltinStatement)->id->ast,
					  &AS(BuiltinStatement)->type->ast, NULL);
			break;
		case FLUX_AST_TEST_CASE_STATEMENT:
			dump_form(out, "testcase", &AS(TestCaseStatement)->id->ast,
					  (FluxAst *) AS(TestCaseStatement)->extends,
					  &AS(TestCaseStatement)->block->ast);
			break;
		case FLUX_AST_BLOCK:
			appendStringInfoString(out, "{");
			dump_list(out, &AS(Block)->body);
			appendStringInfoString(out, "}");
			break;
		default:
			appendStringInfo(out, "<%s>", flux_ast_kind_name(node->kind));
	}
}

static void
dump_type(StringInfo out, const FluxAst *node)
{
	switch (node->kind)
	{
		case FLUX_AST_TYPE_EXPRESSION:
			dump(out, AS(TypeExpression)->monotype);
			dump_list(out, &AS(TypeExpression)->constraints);
			break;
		case FLUX_AST_TYPE_CONSTRAINT:
			appendStringInfoString(out, "where ");
			dump(out, &AS(TypeConstraint)->tvar->ast);
			dump_list(out, &AS(TypeConstraint)->kinds);
			break;
		case FLUX_AST_NAMED_TYPE:
			dump(out, &AS(NamedType)->name->ast);
			break;
		case FLUX_AST_TVAR_TYPE:
			appendStringInfoChar(out, '\'');
			dump(out, &AS(NamedType)->name->ast);
			break;
		case FLUX_AST_ARRAY_TYPE:
			dump_form(out, "array", AS(ElementType)->element, NULL, NULL);
			break;
		case FLUX_AST_STREAM_TYPE:
			dump_form(out, "stream", AS(ElementType)->element, NULL, NULL);
			break;
		case FLUX_AST_VECTOR_TYPE:
			dump_form(out, "vector", AS(ElementType)->element, NULL, NULL);
			break;
		case FLUX_AST_DICT_TYPE:
			dump_form(out, "dict", AS(DictType)->key, AS(DictType)->value, NULL);
			break;
		case FLUX_AST_RECORD_TYPE:
			appendStringInfoString(out, "{");
			if (AS(RecordType)->tvar)
			{
				dump(out, &AS(RecordType)->tvar->ast);
				appendStringInfoString(out, " with");
			}
			dump_list(out, &AS(RecordType)->properties);
			appendStringInfoString(out, "}");
			break;
		case FLUX_AST_PROPERTY_TYPE:
			dump(out, AS(PropertyType)->name);
			appendStringInfoChar(out, ':');
			dump(out, AS(PropertyType)->monotype);
			break;
		case FLUX_AST_FUNCTION_TYPE:
			appendStringInfoString(out, "(fn");
			dump_list(out, &AS(FunctionType)->parameters);
			appendStringInfoString(out, " -> ");
			dump(out, AS(FunctionType)->monotype);
			appendStringInfoChar(out, ')');
			break;
		case FLUX_AST_PARAMETER_TYPE:
			appendStringInfoString(out, AS(ParameterType)->parameter == FLUX_PARAMETER_PIPE ? "<-"
										: AS(ParameterType)->parameter == FLUX_PARAMETER_OPTIONAL
											? "?"
											: "");
			if (AS(ParameterType)->name)
				dump(out, &AS(ParameterType)->name->ast);
			appendStringInfoChar(out, ':');
			dump(out, AS(ParameterType)->monotype);
			if (AS(ParameterType)->default_label)
				dump_form(out, "=", AS(ParameterType)->default_label, NULL, NULL);
			break;
		case FLUX_AST_LABEL_TYPE:
			appendStringInfoChar(out, '.');
			dump_text(out, AS(LabelType)->value);
			break;
		case FLUX_AST_DYNAMIC_TYPE:
			appendStringInfoString(out, "dynamic");
			break;
		default:
			dump_statement(out, node);
	}
}

static void
dump_literal(StringInfo out, const FluxAst *node)
{
	switch (node->kind)
	{
		case FLUX_AST_IDENTIFIER:
			dump_text(out, AS(Identifier)->name);
			break;
		case FLUX_AST_STRING_LITERAL:
			appendStringInfoChar(out, '"');
			dump_text(out, AS(StringLiteral)->value);
			appendStringInfoChar(out, '"');
			break;
		case FLUX_AST_INTEGER_LITERAL:
			appendStringInfo(out, INT64_FORMAT, AS(IntegerLiteral)->value);
			break;
		case FLUX_AST_FLOAT_LITERAL:
			appendStringInfo(out, "%g", AS(FloatLiteral)->value);
			if (strpbrk(out->data, ".") == NULL)
				appendStringInfoString(out, ".0");
			break;
		case FLUX_AST_DURATION_LITERAL:
			appendStringInfoString(out, flux_duration_format(AS(DurationLiteral)->value));
			break;
		case FLUX_AST_DATE_TIME_LITERAL:
			dump_text(out, AS(DateTimeLiteral)->text);
			break;
		case FLUX_AST_REGEXP_LITERAL:
			appendStringInfoChar(out, '/');
			dump_text(out, AS(RegexpLiteral)->pattern);
			appendStringInfoChar(out, '/');
			break;
		case FLUX_AST_PIPE_LITERAL:
			appendStringInfoString(out, "<-");
			break;
		case FLUX_AST_LABEL_LITERAL:
			appendStringInfoChar(out, '.');
			dump_text(out, AS(LabelLiteral)->value);
			break;
		case FLUX_AST_TEXT_PART:
			appendStringInfoChar(out, '\'');
			dump_text(out, AS(TextPart)->value);
			appendStringInfoChar(out, '\'');
			break;
		default:
			dump_type(out, node);
	}
}

static void
dump(StringInfo out, const FluxAst *node)
{
	switch (node->kind)
	{
		case FLUX_AST_STRING_EXPRESSION:
			appendStringInfoString(out, "(string");
			dump_list(out, &AS(StringExpression)->parts);
			appendStringInfoChar(out, ')');
			break;
		case FLUX_AST_INTERPOLATED_PART:
			dump(out, AS(InterpolatedPart)->expression);
			break;
		case FLUX_AST_ARRAY_EXPRESSION:
			appendStringInfoString(out, "(array");
			dump_list(out, &AS(ArrayExpression)->elements);
			appendStringInfoChar(out, ')');
			break;
		case FLUX_AST_DICT_EXPRESSION:
			appendStringInfoString(out, "(dict");
			dump_list(out, &AS(DictExpression)->elements);
			appendStringInfoChar(out, ')');
			break;
		case FLUX_AST_DICT_ITEM:
			dump_form(out, ":", AS(DictItem)->key, AS(DictItem)->value, NULL);
			break;
		case FLUX_AST_OBJECT_EXPRESSION:
			appendStringInfoString(out, "(record");
			if (AS(ObjectExpression)->with)
				dump_form(out, " with", &AS(ObjectExpression)->with->ast, NULL, NULL);
			dump_list(out, &AS(ObjectExpression)->properties);
			appendStringInfoChar(out, ')');
			break;
		case FLUX_AST_PROPERTY:
			dump(out, AS(Property)->key);
			if (AS(Property)->value)
			{
				appendStringInfoChar(out, ':');
				dump(out, AS(Property)->value);
			}
			break;
		case FLUX_AST_FUNCTION_EXPRESSION:
			appendStringInfoString(out, "(fn");
			dump_list(out, &AS(FunctionExpression)->params);
			appendStringInfoString(out, " -> ");
			dump(out, AS(FunctionExpression)->body);
			appendStringInfoChar(out, ')');
			break;
		case FLUX_AST_CALL_EXPRESSION:
			appendStringInfoString(out, "(call ");
			dump(out, AS(CallExpression)->callee);
			if (AS(CallExpression)->arguments)
				dump_list(out, &AS(CallExpression)->arguments->properties);
			appendStringInfoChar(out, ')');
			break;
		case FLUX_AST_PIPE_EXPRESSION:
			dump_form(out, "|>", AS(PipeExpression)->argument, AS(PipeExpression)->call, NULL);
			break;
		case FLUX_AST_MEMBER_EXPRESSION:
			dump_form(out, ".", AS(MemberExpression)->object, AS(MemberExpression)->property, NULL);
			break;
		case FLUX_AST_INDEX_EXPRESSION:
			dump_form(out, "index", AS(IndexExpression)->array, AS(IndexExpression)->index, NULL);
			break;
		case FLUX_AST_BINARY_EXPRESSION:
			dump_form(out, flux_binary_operator_text(AS(BinaryExpression)->op),
					  AS(BinaryExpression)->left, AS(BinaryExpression)->right, NULL);
			break;
		case FLUX_AST_LOGICAL_EXPRESSION:
			dump_form(out, AS(LogicalExpression)->is_and ? "and" : "or",
					  AS(LogicalExpression)->left, AS(LogicalExpression)->right, NULL);
			break;
		case FLUX_AST_UNARY_EXPRESSION:
			dump_form(out, flux_unary_operator_text(AS(UnaryExpression)->op),
					  AS(UnaryExpression)->argument, NULL, NULL);
			break;
		case FLUX_AST_CONDITIONAL_EXPRESSION:
			dump_form(out, "if", AS(ConditionalExpression)->test,
					  AS(ConditionalExpression)->consequent, AS(ConditionalExpression)->alternate);
			break;
		case FLUX_AST_PAREN_EXPRESSION:
			dump_form(out, "paren", AS(ParenExpression)->expression, NULL, NULL);
			break;
		default:
			dump_literal(out, node);
	}
}

/* ---- what the tests call ---- */

static FluxDiagnosticList *diagnostics;

static const FluxPackage *
parse_bytes(const char *script, size_t size)
{
	diagnostics = flux_diagnostics_create();
	return flux_parse(flux_source_create(NULL, script, (uint32) size), diagnostics);
}

/* The statements of a script that has no error, or its first error. */
static const char *
tree(const char *script)
{
	const FluxPackage *package = parse_bytes(script, strlen(script));
	StringInfoData out;

	if (diagnostics->count > 0)
		return diagnostics->items[0].message;
	initStringInfo(&out);
	dump(&out, &package->file->ast);
	return out.data[0] == ' ' ? out.data + 1 : out.data;
}

static const char *
list_errors(FluxSourceText *source)
{
	StringInfoData out;

	initStringInfo(&out);
	for (int i = 0; i < diagnostics->count; i++)
	{
		const FluxDiagnostic *item = &diagnostics->items[i];
		FluxPosition start = flux_source_position(source, item->span.start);
		FluxPosition stop = flux_source_position(source, item->span.stop);

		appendStringInfo(&out, "%s%d:%d-%d:%d %s", i > 0 ? "\n" : "", start.line, start.column,
						 stop.line, stop.column, item->message);
	}
	return out.data;
}

static const char *
errors(const char *script)
{
	return list_errors(parse_bytes(script, strlen(script))->file->source);
}

static const char *
type(const char *text)
{
	FluxSourceText *source = flux_source_create(NULL, text, strlen(text));
	FluxTypeExpression *type;
	StringInfoData out;

	diagnostics = flux_diagnostics_create();
	type = flux_parse_type(source, diagnostics);
	if (diagnostics->count > 0)
		return list_errors(source);
	initStringInfo(&out);
	dump(&out, &type->ast);
	return out.data;
}

/* ---- words ---- */

UNIT_TEST(numbers)
{
	CHECK_STRING(tree("0 42 9223372036854775807"), "0 42 9223372036854775807");
	CHECK_STRING(tree("1.5"), "1.5");
	CHECK_STRING(tree("007.25"), "7.25");
	CHECK_STRING(tree(".5"), "0.5");
	CHECK_STRING(tree("1..5"), "1.0 0.5");
	CHECK_STRING(tree("1e3"), "1 e3");
	CHECK_STRING(tree("2020-1-1"), "(- (- 2020 1) 1)");
	CHECK_STRING(errors("0123"),
				 "1:1-1:5 invalid integer literal \"0123\": nonzero value cannot start with 0");
	CHECK_STRING(errors("x = 9223372036854775808"),
				 "1:5-1:24 invalid integer literal \"9223372036854775808\": value out of range");
}

UNIT_TEST(durations)
{
	CHECK_STRING(tree("1h30m"), "1h30m");
	CHECK_STRING(tree("1h1h"), "2h");
	CHECK_STRING(tree("2w1y"), "1y2w");
	CHECK_STRING(tree("1y2mo3w4d5h6m7s8ms9us10ns"), "1y2mo3w4d5h6m7s8ms9us10ns");
	CHECK_STRING(tree("3\xC2\xB5s"), "3us");
	CHECK_STRING(tree("1h2"), "1h 2");
	CHECK_STRING(tree("1days"), "1d ays");
	CHECK_STRING(tree("1mo1"), "1mo 1");
	CHECK_STRING(tree("05m"), "5m");
	CHECK_STRING(errors("99999999999999999999h"),
				 "1:1-1:22 invalid duration literal \"99999999999999999999h\": value out of range");
	CHECK_STRING(errors("9223372036854775807y"),
				 "1:1-1:21 invalid duration literal \"9223372036854775807y\": value out of range");
}

UNIT_TEST(times)
{
	CHECK_STRING(tree("2020-01-01"), "2020-01-01T00:00:00Z");
	CHECK_STRING(tree("2020-01-01T10:20:30Z"), "2020-01-01T10:20:30Z");
	CHECK_STRING(tree("2020-01-01T10:20:30.1500+02:00"), "2020-01-01T10:20:30.15+02:00");
	CHECK_STRING(tree("2020-01-01T10:20:30.000Z"), "2020-01-01T10:20:30Z");
	CHECK_STRING(tree("2020-01-01T10"), "2020-01-01T00:00:00Z T10");
	CHECK_STRING(errors("2020-01-01T10:20:30"),
				 "1:1-1:20 invalid expression: invalid date time literal, missing time offset");
	CHECK_STRING(errors("2020-13-01"),
				 "1:1-1:11 invalid expression: invalid date time literal \"2020-13-01\"");
}

UNIT_TEST(names)
{
	CHECK_STRING(tree("_a1 \xC3\xA9t\xC3\xA9 \xE6\x97\xA5"), "_a1 \xC3\xA9t\xC3\xA9 \xE6\x97\xA5");
	/* only ASCII digits continue a name */
	CHECK_STRING(errors("a\xD9\xA1"), "1:2-1:4 invalid statement: \xD9\xA1");
	CHECK_STRING(tree("with where stream vector dynamic extends true"),
				 "with where stream vector dynamic extends true");
	CHECK_STRING(errors("r.option == 1"), "1:3-1:9 expected IDENT, got OPTION (option)");
	CHECK(diagnostics->items[0].hint != NULL);
	CHECK_STRING(errors("{option: 1}"),
				 "1:2-1:8 unexpected token for property key: OPTION (option)");
	CHECK_STRING(errors("f = (if) => 1"), "1:6-1:8 expected IDENT, got IF (if)");
}

UNIT_TEST(strings)
{
	CHECK_STRING(tree("\"a$b\""), "\"a$b\"");
	CHECK_STRING(tree("\"$${x}\""), "\"$${x}\"");
	CHECK_STRING(tree("\"\\${x}\""), "\"${x}\"");
	CHECK_STRING(tree("\"\\xc2\\xb5\""), "\"\xC2\xB5\"");
	CHECK_STRING(tree("\"a\\n\\r\\t\\\\\\\"\""), "\"a\n\r\t\\\"\"");
	CHECK_STRING(tree("\"two\nlines\""), "\"two\nlines\"");
	CHECK_STRING(tree("\"a ${b + 1} c\""), "(string 'a ' (+ b 1) ' c')");
	CHECK_STRING(tree("\"${\"in ${x} side\"}\""), "(string (string 'in ' x ' side'))");
	CHECK_STRING(tree("\"${{a: 1}.a}\""), "(string (. (record a:1) a))");
	CHECK_STRING(errors("\"${a}"), "1:6-1:6 got unexpected token in string expression: EOF");
	CHECK_STRING(errors("x = \"a\\q b\"\ny = 1"),
				 "1:7-1:8 got unexpected token in string expression: ILLEGAL");
	CHECK_STRING(errors("\"abc"), "1:5-1:5 got unexpected token in string expression: EOF");
	CHECK_STRING(errors("\"\\xff\""), "1:2-1:6 the bytes of the string are not valid UTF-8");
	CHECK_STRING(errors("\"${a b}\""), "1:6-1:7 invalid binary operator <INVALID_OP>");
}

UNIT_TEST(regular_expressions)
{
	CHECK_STRING(tree("r.a =~ /x/ and r.b =~ /y/"), "(and (=~ (. r a) /x/) (=~ (. r b) /y/))");
	CHECK_STRING(tree("a / b / c"), "(/ (/ a b) c)");
	CHECK_STRING(tree("x = /a\\/b/"), "(= x /a/b/)");
	CHECK_STRING(tree("x = /\\d\\x41/"), "(= x /\\dA/)");
	CHECK_STRING(tree("x = /[\\\\]/"), "(= x /[\\\\]/)");
	CHECK_STRING(tree("x = /(?:)/"), "(= x /(?:)/)");
	CHECK_STRING(tree("x = a/1\ny = /b/"), "(= x (/ a 1)) (= y /b/)");
	CHECK_STRING(errors("x = / 1"),
				 "1:5-1:6 invalid expression: invalid token for primary expression: DIV");
	CHECK_STRING(errors("x = /a\\/"), "1:5-1:9 unterminated regex sequence");
	CHECK(strstr(errors("x = /(/"), "1:5-1:8 invalid regular expression: ") != NULL);
}

UNIT_TEST(comments)
{
	const FluxPackage *package = parse_bytes("// one\n// two\nx = 1 // end", 26);
	const FluxVariableAssignment *assignment =
		(const FluxVariableAssignment *) package->file->body.items[0];

	CHECK_INT(assignment->id->ast.comments.count, 2);
	CHECK_TEXT(assignment->id->ast.comments.items[0], "// one\n");
	CHECK_TEXT(assignment->id->ast.comments.items[1], "// two\n");
	CHECK_INT(package->file->eof.count, 1);
	CHECK_TEXT(package->file->eof.items[0], "// end");
}

/* ---- expressions ---- */

UNIT_TEST(precedence)
{
	CHECK_STRING(tree("1 + 2 * 3 - 4"), "(- (+ 1 (* 2 3)) 4)");
	CHECK_STRING(tree("2 ^ 3 ^ 2"), "(^ (^ 2 3) 2)");
	CHECK_STRING(tree("-2 ^ 2"), "(^ (- 2) 2)");
	CHECK_STRING(tree("2 * a |> f()"), "(* 2 (|> a (call f)))");
	CHECK_STRING(tree("-x |> f()"), "(|> (- x) (call f))");
	CHECK_STRING(tree("a |> f() |> g()"), "(|> (|> a (call f)) (call g))");
	CHECK_STRING(tree("-a.b[0]"), "(- (index (. a b) 0))");
	CHECK_STRING(tree("not a == b"), "(not (== a b))");
	CHECK_STRING(tree("not a and b"), "(and (not a) b)");
	CHECK_STRING(tree("exists r.x == 1"), "(exists (== (. r x) 1))");
	CHECK_STRING(tree("a or b and c"), "(or a (and b c))");
	CHECK_STRING(tree("a < b == c"), "(== (< a b) c)");
	CHECK_STRING(tree("a % b / c"), "(/ (% a b) c)");
	CHECK_STRING(tree("a !~ /b/"), "(!~ a /b/)");
	CHECK_STRING(tree("if a then b else if c then d else e"), "(if a b (if c d e))");
	CHECK_STRING(errors("a <-1"), "1:3-1:5 invalid statement: <-");
	CHECK_STRING(errors("a == not b"),
				 "1:6-1:9 invalid expression: invalid token for primary expression: NOT");
	CHECK_STRING(errors("1 |> 2"), "1:6-1:7 pipe destination must be a function call");
}

UNIT_TEST(postfixes)
{
	CHECK_STRING(tree("a.b.c"), "(. (. a b) c)");
	CHECK_STRING(tree("a[\"b c\"]"), "(. a \"b c\")");
	CHECK_STRING(tree("a[(\"b\")]"), "(index a (paren \"b\"))");
	CHECK_STRING(tree("a[1 + 2](x: 1)"), "(call (index a (+ 1 2)) x:1)");
	CHECK_STRING(tree("f(a, b)"), "(call f a b)");
	CHECK_STRING(tree("f(a: 1, \"b c\": 2,)"), "(call f a:1 \"b c\":2)");
	CHECK_STRING(tree("f()(a: 1)"), "(call (call f) a:1)");
	CHECK_STRING(tree("x = a\n(b)"), "(= x (call a b))");
	CHECK_STRING(errors("f(a, b: 1)"), "1:6-1:10 cannot mix implicit and explicit properties");
	CHECK_STRING(errors("a[]"), "1:3-1:4 no expression included in brackets");
	CHECK_STRING(errors("f(a: 1]"), "1:7-1:8 expected comma in property list, got RBRACK\n"
									"1:8-1:8 expected RPAREN, got EOF");
	CHECK_STRING(errors("f(a: 1"), "1:7-1:7 expected RPAREN, got EOF");
	CHECK_STRING(errors("f(\"a\")"), "1:6-1:7 expected COLON, got RPAREN ())");
	CHECK_STRING(errors("f(a:)"), "1:5-1:6 missing property value");
	CHECK_STRING(errors("f(:1)"), "1:3-1:4 missing property key");
	CHECK_STRING(errors("f(1)"), "1:3-1:4 unexpected token for property key: INT (1)");
	CHECK_STRING(errors("f(a: 1 b: 2)"), "1:8-1:9 invalid binary operator <INVALID_OP>\n"
										 "1:9-1:10 expected comma in property list, got COLON");
}

UNIT_TEST(composites)
{
	CHECK_STRING(tree("[1, 2, 3,]"), "(array 1 2 3)");
	CHECK_STRING(tree("[]"), "(array)");
	CHECK_STRING(tree("[:]"), "(dict)");
	CHECK_STRING(tree("[\"a\": 1, \"b\": 2,]"), "(dict (: \"a\" 1) (: \"b\" 2))");
	CHECK_STRING(tree("[1, 2 3]"), "(array 1 2 3)");
	CHECK_STRING(tree("{a: 1, \"b c\": 2}"), "(record a:1 \"b c\":2)");
	CHECK_STRING(tree("{a, b}"), "(record a b)");
	CHECK_STRING(tree("{r with a: 1}"), "(record( with r) a:1)");
	CHECK_STRING(tree("{r with}"), "(record( with r))");
	CHECK_STRING(tree("{with: 1}"), "(record with:1)");
	CHECK_STRING(tree("{}"), "(record)");
	CHECK_STRING(errors("[1 2]"), "1:4-1:5 invalid binary operator <INVALID_OP>");
	CHECK_STRING(errors("[1, 2)"), "1:6-1:7 expected RBRACK, got RPAREN");
	CHECK_STRING(errors("(1 2)"), "1:4-1:5 invalid binary operator <INVALID_OP>");
	CHECK_STRING(errors("{a b: 1}"), "1:4-1:5 expected WITH, got IDENT (b)");
	CHECK_STRING(errors(".a"), "1:1-1:2 invalid statement: .");
	CHECK_STRING(errors("x = .a"),
				 "1:5-1:7 Labels are currently experimental. (See the labelPolymorphism feature)");
}

UNIT_TEST(functions)
{
	CHECK_STRING(tree("() => 1"), "(fn -> 1)");
	CHECK_STRING(tree("(a, b=1, t=<-,) => a"), "(fn a b:1 t:<- -> a)");
	CHECK_STRING(tree("(a) => a"), "(fn a -> a)");
	CHECK_STRING(tree("(a)"), "(paren a)");
	CHECK_STRING(tree("(a + b)"), "(paren (+ a b))");
	CHECK_STRING(tree("() => ({})"), "(fn -> (paren (record)))");
	CHECK_STRING(tree("() => { return 1 }"), "(fn -> { (return 1)})");
	CHECK_STRING(tree("(a, b c) => a"), "(fn a b c -> a)");
	CHECK_STRING(tree("f = (x) => { y = x\n return y }\nf(x: 1)"),
				 "(= f (fn x -> { (= y x) (return y)})) (call f x:1)");
	CHECK_STRING(errors("x = ()"), "1:7-1:7 expected ARROW, got EOF");
	CHECK_STRING(errors("f = (a, b) = a"), "1:12-1:13 expected ARROW, got ASSIGN (=)");
	CHECK_STRING(errors("f = () => { x = 1"), "1:18-1:18 expected RBRACE, got EOF");
}

/* ---- statements ---- */

UNIT_TEST(statements)
{
	CHECK_STRING(tree("package p\nimport \"a/b\"\nimport c \"d\"\nx"),
				 "(package p) (import \"a/b\") (import c \"d\") x");
	CHECK_STRING(tree("option task = {name: \"a\", every: 1h}"),
				 "(option (= task (record name:\"a\" every:1h)))");
	CHECK_STRING(tree("option a.b = 1"), "(option (= (. a b) 1))");
	CHECK_STRING(tree("builtin f : (a: int) => int"), "(builtin f (fn a:int -> int))");
	CHECK_STRING(tree("testcase x { y = 1 }"), "(testcase x { (= y 1)})");
	CHECK_STRING(tree("testcase x extends \"a/b.c\" { super() }"),
				 "(testcase x \"a/b.c\" { (call super)})");
	CHECK_STRING(tree("@edition(\"2022.1\") @b\npackage p\n@c x = 1"), "(package p) (= x 1)");
	CHECK_STRING(errors("x = 1\nimport \"a\""), "2:1-2:7 invalid statement: import");
	CHECK_STRING(errors("x = 1;"), "1:6-1:7 invalid statement: ;");
	CHECK_STRING(errors(")"), "1:1-1:2 invalid statement: )");
	CHECK_STRING(errors("x ="),
				 "1:4-1:4 invalid expression: invalid token for primary expression: EOF");
	CHECK_STRING(errors("@a"),
				 "1:1-1:3 invalid statement: extra attributes not associated with anything");
	CHECK_STRING(errors("option x"), "1:9-1:9 expected ASSIGN, got EOF");
	CHECK_STRING(errors("x =\noption y = 1"),
				 "2:1-2:7 invalid expression: invalid token for primary expression: OPTION");
	CHECK_STRING(errors("import 1"), "1:8-1:9 expected STRING, got INT (1)");
}

UNIT_TEST(files_without_statements)
{
	const FluxPackage *package = parse_bytes("  // nothing\n", 13);

	CHECK_INT(diagnostics->count, 0);
	CHECK_INT(package->file->body.count, 0);
	CHECK_INT(package->file->eof.count, 1);
	CHECK_TEXT(package->name, "main");
}

UNIT_TEST(node_messages_carry_the_place)
{
	const FluxPackage *package = parse_bytes("if a b else c", 13);
	const FluxExpressionStatement *statement =
		(const FluxExpressionStatement *) package->file->body.items[0];

	CHECK_STRING(list_errors(package->file->source), "1:6-1:7 expected THEN, got IDENT (b)");
	CHECK_INT(statement->expression->kind, FLUX_AST_CONDITIONAL_EXPRESSION);

	package = parse_bytes("\"${a}", 5);
	statement = (const FluxExpressionStatement *) package->file->body.items[0];
	CHECK_INT(statement->expression->error_count, 1);
	CHECK_STRING(statement->expression->errors[0],
				 "got unexpected token in string expression @1:6-1:6: EOF");
}

/* ---- types ---- */

UNIT_TEST(type_expressions)
{
	CHECK_STRING(type("int"), "int");
	CHECK_STRING(type("A"), "'A");
	CHECK_STRING(type("[A]"), "(array 'A)");
	CHECK_STRING(type("[K:V] where K: Comparable"), "(dict 'K 'V) where K Comparable");
	CHECK_STRING(
		type("(<-tables: stream[A], n: int, ?columns: [string]) => stream[A] where A: Record"),
		"(fn <-tables:(stream 'A) n:int ?columns:(array string) -> (stream 'A)) where A Record");
	CHECK_STRING(type("(<-: A, fn: (r: {B with x: int}) => bool) => {a: A, \"b c\": dynamic}"),
				 "(fn <-:'A fn:(fn r:{B with x:int} -> bool) -> { a:'A \"b c\":dynamic})");
	CHECK_STRING(type("(?column: C = .\"_value\") => {} where C: Label, D: Addable + Divisible"),
				 "(fn ?column:'C(= ._value) -> {}) where C Label where D Addable Divisible");
	CHECK_STRING(type("(dict: [K:V], key: K, default: V) => vector[V]"),
				 "(fn dict:(dict 'K 'V) key:'K default:'V -> (vector 'V))");
	CHECK_STRING(type("()"), "1:3-1:3 expected ARROW, got EOF");
	CHECK_STRING(type("(a) => int"), "1:3-1:4 expected COLON, got RPAREN ())");
	CHECK_STRING(type("int int"), "1:5-1:8 expected EOF, got IDENT (int)");
	CHECK_STRING(type(""), "1:1-1:1 invalid type expression: EOF");
	CHECK_STRING(type("[int"), "1:5-1:5 expected RBRACK, got EOF");
}

/* ---- hostile ---- */

/* A text repeated, with one in front and one behind. */
static const char *
repeated(const char *front, const char *text, int count, const char *behind)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoString(&out, front);
	for (int i = 0; i < count; i++)
		appendStringInfoString(&out, text);
	appendStringInfoString(&out, behind);
	return out.data;
}

UNIT_TEST(nesting_is_bounded)
{
	static const char *const openers[] = {
		"(",       "[",          "{a:",          "f(a:",     "() => ",
		"() => {", "-",          "not ",         "\"${",     "if a then b else ",
		"[1:",     "a[",         "testcase x {", "(a) =>\n", "exists ",
		"a + (",   "{y with z: "};

	for (int i = 0; i < lengthof(openers); i++)
	{
		parse_bytes(repeated("", openers[i], 100000, ""), strlen(openers[i]) * 100000);
		CHECK(diagnostics->count > 0);
		CHECK_STRING(diagnostics->items[0].message, "Program is nested too deep");
		CHECK_INT(diagnostics->items[0].sqlstate, ERRCODE_PROGRAM_LIMIT_EXCEEDED);
	}
	CHECK_STRING(tree(repeated("x = ", "(", 200, "")), "Program is nested too deep");
	CHECK(strncmp(tree(repeated("x = ", "-", 70, "1")), "(= x (- (- (-", 13) == 0);
	CHECK(strstr(type(repeated("", "[", 100000, "")), "Program is nested too deep") != NULL);
	CHECK(strstr(type(repeated("", "() => ", 100000, "")), "Program is nested too deep") != NULL);
}

UNIT_TEST(chains_are_bounded)
{
	static const char *const links[] = {" + a",   ".a",    "()",   "[0]",  " |> a()",
										" and a", " or a", " ^ a", " == a"};

	for (int i = 0; i < lengthof(links); i++)
	{
		CHECK(strlen(tree(repeated("a", links[i], 400, ""))) > 1000);
		CHECK_STRING(tree(repeated("a", links[i], 600, "")), "Program is nested too deep");
		CHECK_STRING(tree(repeated("a", links[i], 100000, "")), "Program is nested too deep");
	}
}

UNIT_TEST(errors_are_bounded)
{
	errors(repeated("", "; ", 100000, ""));
	CHECK(diagnostics->count > 0);
	CHECK_STRING(diagnostics->items[0].message, "invalid statement: ;");
}

UNIT_TEST(large_scripts)
{
	const char *script;
	char *name;

	script = repeated("x = [", "1, ", 100000, "]");
	parse_bytes(script, strlen(script));
	CHECK_INT(diagnostics->count, 0);

	name = palloc(1000001);
	memset(name, 'a', 1000000);
	name[1000000] = '\0';
	parse_bytes(name, 1000000);
	CHECK_INT(diagnostics->count, 0);
	CHECK(strlen(errors(psprintf("option %s.%s", name, name))) < 200);
	CHECK(strlen(errors(psprintf("f(a: 1 %s)", name))) < 200);
	CHECK(strlen(errors(psprintf("testcase a %s", name))) < 200);

	script = repeated("", "a\n", FLUX_AST_NODES_MAX, "");
	parse_bytes(script, strlen(script));
	CHECK_INT(diagnostics->count, 1);
	CHECK_INT(diagnostics->items[0].sqlstate, ERRCODE_PROGRAM_LIMIT_EXCEEDED);

	script = repeated("", " ", FLUX_SCRIPT_SIZE_MAX + 1, "");
	parse_bytes(script, strlen(script));
	CHECK_INT(diagnostics->count, 1);
	CHECK_INT(diagnostics->items[0].sqlstate, ERRCODE_PROGRAM_LIMIT_EXCEEDED);
}

UNIT_TEST(bytes_that_are_not_utf8)
{
	static const char *const scripts[] = {"x = \"\xFF\"", "x = 1 // \xC3",    "\xC0\x80",
										  "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80"};

	for (int i = 0; i < lengthof(scripts); i++)
	{
		parse_bytes(scripts[i], strlen(scripts[i]));
		CHECK_INT(diagnostics->count, 1);
		CHECK_INT(diagnostics->items[0].sqlstate, ERRCODE_CHARACTER_NOT_IN_REPERTOIRE);
	}
	parse_bytes("a\0b", 3);
	CHECK_INT(diagnostics->count, 1);
}

/* Every beginning of a script, and every script with one byte missing, parses to some tree. */
UNIT_TEST(damaged_scripts)
{
	static const char script[] =
		"@edition(\"2022.1\")\npackage p\nimport m \"math\"\noption task = {name: \"a\", every: "
		"1h}\n"
		"builtin f : (<-t: stream[{A with x: int}], ?n: [string:int]) => B where A: Record\n"
		"x = from(bucket: \"b\") |> range(start: -1h)\n"
		"  |> filter(fn: (r) => r.a =~ /x\\/y/ and not r[\"b c\"] > 1.5)\n"
		"y = (a, b=<-, c=[1: 2]) => { d = if exists a.e then \"v ${a.e + \"\\n\"} w\"\n"
		"  else {b with z: [:]}\n return d }\n"
		"testcase t extends \"a/b.c\" { super() |> yield() } // end\n";
	size_t size = sizeof(script) - 1;
	char damaged[sizeof(script)];

	CHECK_STRING(errors(script), "");
	for (size_t i = 0; i < size; i++)
	{
		parse_bytes(script, i);
		memcpy(damaged, script, i);
		memcpy(damaged + i, script + i + 1, size - i - 1);
		parse_bytes(damaged, size - 1);
		damaged[i] = ")]}([{\"/,:@"[i % 11];
		memcpy(damaged + i + 1, script + i + 1, size - i - 1);
		parse_bytes(damaged, size);
	}
}
