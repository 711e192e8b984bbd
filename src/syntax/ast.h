/*
 * ast.h
 *		The abstract syntax tree of Flux.
 *
 * Every node begins with a FluxAst: its kind, its span in the source, the
 * syntax errors found at it, the comments in front of it.  The parser never
 * gives up: where a construct is wrong it leaves a Bad node or a node with
 * errors, so a tree always covers the whole source.
 *
 * Nodes live in one memory context and are immutable once the parser returns.
 * "Texts" point into the source or into that context.  Pointers documented
 * "or NULL" may be NULL, all others never are, except that after a syntax
 * error any expression may be a BadExpression.
 */
#ifndef FLUX_AST_H
#define FLUX_AST_H

#include "base/diagnostic.h"
#include "base/flux_time.h"
#include "base/regexp.h"

typedef enum FluxAstKind
{
#define X(kind, name) FLUX_AST_##kind,
#include "syntax/ast_list.h"
#undef X
	FLUX_AST_KIND_COUNT
} FluxAstKind;

/* Comments in front of one token, each with its slashes and line end. */
typedef struct FluxComments
{
	FluxText *items;
	int count;
} FluxComments;

typedef struct FluxAst
{
	FluxAstKind kind;
	FluxSpan span;
	const char **errors; /* syntax errors at this node; count below */
	int error_count;
	FluxComments comments; /* before the node's own token */
} FluxAst;

/* A growable array of nodes. */
typedef struct FluxAstList
{
	FluxAst **items;
	int count;
	int capacity;
} FluxAstList;

/* Comments before punctuation other than the node's own token; most nodes
 * have none, so they hang off a pointer that is NULL then.  The "slot" names
 * the token as in InfluxDB's JSON: "lparen", "comma", "tk_then", "eof" ... */
typedef struct FluxPunctuationComments
{
	const char *slot;
	int index; /* "comma" of an array or dict: after which element */
	FluxComments comments;
	struct FluxPunctuationComments *next;
} FluxPunctuationComments;

/* ---- files ---- */

typedef struct FluxIdentifier
{
	FluxAst ast;
	FluxText name;
} FluxIdentifier;

typedef struct FluxStringLiteral
{
	FluxAst ast;
	FluxText value; /* unescaped */
} FluxStringLiteral;

/* @name(params): before a package clause, an import or a statement. */
typedef struct FluxAttribute
{
	FluxSpan span;
	FluxText name;
	FluxAstList params;    /* expressions; flux_ast_walk() leaves them out */
	FluxComments comments; /* before the @ */
} FluxAttribute;

typedef struct FluxAttributeList
{
	FluxAttribute *items;
	int count;
} FluxAttributeList;

typedef struct FluxPackageClause
{
	FluxAst ast;
	FluxIdentifier *name;
	FluxAttributeList attributes;
} FluxPackageClause;

typedef struct FluxImportDeclaration
{
	FluxAst ast;
	FluxIdentifier *as; /* or NULL */
	FluxStringLiteral *path;
	FluxAttributeList attributes;
} FluxImportDeclaration;

typedef struct FluxFile
{
	FluxAst ast;
	FluxSourceText *source;
	FluxPackageClause *package; /* or NULL */
	FluxAstList imports;        /* FluxImportDeclaration */
	FluxAstList body;           /* statements */
	FluxComments eof;           /* comments before the end of the file */
} FluxFile;

/* One file a package, here: scripts and embedded sources alike. */
typedef struct FluxPackage
{
	FluxAst ast;
	FluxText path; /* import path, empty for a script */
	FluxText name; /* "main" without a package clause */
	FluxFile *file;
} FluxPackage;

/* ---- statements ---- */

typedef struct FluxExpressionStatement
{
	FluxAst ast;
	FluxAst *expression;
	FluxAttributeList attributes;
} FluxExpressionStatement;

typedef struct FluxVariableAssignment
{
	FluxAst ast;
	FluxIdentifier *id;
	FluxAst *init;
	FluxAttributeList attributes;
	FluxPunctuationComments *punctuation;
} FluxVariableAssignment;

struct FluxMemberExpression;

/* The assignment in "option pkg.name = e". */
typedef struct FluxMemberAssignment
{
	FluxAst ast;
	struct FluxMemberExpression *member;
	FluxAst *init;
	FluxPunctuationComments *punctuation;
} FluxMemberAssignment;

typedef struct FluxOptionStatement
{
	FluxAst ast;
	FluxAst *assignment; /* VariableAssignment or MemberAssignment */
	FluxAttributeList attributes;
} FluxOptionStatement;

typedef struct FluxReturnStatement
{
	FluxAst ast;
	FluxAst *argument;
	FluxAttributeList attributes;
} FluxReturnStatement;

struct FluxTypeExpression;

typedef struct FluxBuiltinStatement
{
	FluxAst ast;
	FluxIdentifier *id;
	struct FluxTypeExpression *type;
	FluxAttributeList attributes;
	FluxPunctuationComments *punctuation;
} FluxBuiltinStatement;

typedef struct FluxBlock
{
	FluxAst ast;
	FluxAstList body; /* statements */
	FluxPunctuationComments *punctuation;
} FluxBlock;

typedef struct FluxTestCaseStatement
{
	FluxAst ast;
	FluxIdentifier *id;
	FluxStringLiteral *extends; /* or NULL */
	FluxBlock *block;
	FluxAttributeList attributes;
} FluxTestCaseStatement;

typedef struct FluxBadStatement
{
	FluxAst ast;
	FluxText text;
} FluxBadStatement;

/* ---- literals ---- */

typedef struct FluxIntegerLiteral
{
	FluxAst ast;
	int64 value;
} FluxIntegerLiteral;

typedef struct FluxFloatLiteral
{
	FluxAst ast;
	double value;
} FluxFloatLiteral;

typedef struct FluxDurationPart
{
	int64 magnitude;
	const char *unit; /* one of y mo w d h m s ms us ns */
} FluxDurationPart;

typedef struct FluxDurationLiteral
{
	FluxAst ast;
	FluxDurationPart *parts; /* in source order */
	int part_count;
	FluxDuration value; /* their sum */
} FluxDurationLiteral;

typedef struct FluxDateTimeLiteral
{
	FluxAst ast;
	int64 value_ns;
	FluxText text; /* RFC 3339, the literal's own offset */
} FluxDateTimeLiteral;

typedef struct FluxRegexpLiteral
{
	FluxAst ast;
	FluxText pattern;   /* without slashes, "\/" reduced to "/" */
	FluxRegexp *regexp; /* compiled; NULL after a syntax error */
} FluxRegexpLiteral;

typedef struct FluxPipeLiteral
{
	FluxAst ast;
} FluxPipeLiteral;

typedef struct FluxLabelLiteral
{
	FluxAst ast;
	FluxText value;
} FluxLabelLiteral;

typedef struct FluxTextPart
{
	FluxAst ast;
	FluxText value; /* unescaped */
} FluxTextPart;

typedef struct FluxInterpolatedPart
{
	FluxAst ast;
	FluxAst *expression;
	FluxPunctuationComments *punctuation;
} FluxInterpolatedPart;

typedef struct FluxStringExpression
{
	FluxAst ast;
	FluxAstList parts; /* TextPart, InterpolatedPart */
} FluxStringExpression;

/* ---- composite expressions ---- */

typedef struct FluxArrayExpression
{
	FluxAst ast;
	FluxAstList elements;
	FluxPunctuationComments *punctuation;
} FluxArrayExpression;

typedef struct FluxDictItem
{
	FluxAst ast;
	FluxAst *key;
	FluxAst *value;
	FluxPunctuationComments *punctuation;
} FluxDictItem;

typedef struct FluxDictExpression
{
	FluxAst ast;
	FluxAstList elements; /* DictItem */
	FluxPunctuationComments *punctuation;
} FluxDictExpression;

typedef struct FluxProperty
{
	FluxAst ast;
	FluxAst *key;   /* Identifier or StringLiteral */
	FluxAst *value; /* NULL: shorthand {a} or a required parameter */
	FluxPunctuationComments *punctuation;
} FluxProperty;

typedef struct FluxObjectExpression
{
	FluxAst ast;
	FluxIdentifier *with;   /* or NULL */
	FluxAstList properties; /* Property */
	FluxPunctuationComments *punctuation;
} FluxObjectExpression;

typedef struct FluxFunctionExpression
{
	FluxAst ast;
	FluxAstList params; /* Property: value NULL = required, PipeLiteral = pipe */
	FluxAst *body;      /* Block or an expression */
	FluxPunctuationComments *punctuation;
} FluxFunctionExpression;

typedef struct FluxCallExpression
{
	FluxAst ast;
	FluxAst *callee;
	FluxObjectExpression *arguments; /* NULL for f() */
	FluxPunctuationComments *punctuation;
} FluxCallExpression;

typedef struct FluxPipeExpression
{
	FluxAst ast;
	FluxAst *argument;
	FluxAst *call; /* CallExpression unless there is an error */
} FluxPipeExpression;

typedef struct FluxMemberExpression
{
	FluxAst ast;
	FluxAst *object;
	FluxAst *property; /* Identifier (a.b) or StringLiteral (a["b"]) */
	FluxPunctuationComments *punctuation;
} FluxMemberExpression;

typedef struct FluxIndexExpression
{
	FluxAst ast;
	FluxAst *array;
	FluxAst *index;
	FluxPunctuationComments *punctuation;
} FluxIndexExpression;

typedef enum FluxBinaryOperator
{
	FLUX_OP_ADD,
	FLUX_OP_SUB,
	FLUX_OP_MUL,
	FLUX_OP_DIV,
	FLUX_OP_MOD,
	FLUX_OP_POW,
	FLUX_OP_EQ,
	FLUX_OP_NEQ,
	FLUX_OP_LT,
	FLUX_OP_LTE,
	FLUX_OP_GT,
	FLUX_OP_GTE,
	FLUX_OP_MATCH,
	FLUX_OP_NOT_MATCH,
	FLUX_OP_COUNT
} FluxBinaryOperator;

typedef struct FluxBinaryExpression
{
	FluxAst ast;
	FluxBinaryOperator op;
	FluxAst *left;
	FluxAst *right;
} FluxBinaryExpression;

typedef struct FluxLogicalExpression
{
	FluxAst ast;
	bool is_and; /* else or */
	FluxAst *left;
	FluxAst *right;
} FluxLogicalExpression;

typedef enum FluxUnaryOperator
{
	FLUX_UNARY_PLUS,
	FLUX_UNARY_MINUS,
	FLUX_UNARY_NOT,
	FLUX_UNARY_EXISTS
} FluxUnaryOperator;

typedef struct FluxUnaryExpression
{
	FluxAst ast;
	FluxUnaryOperator op;
	FluxAst *argument;
} FluxUnaryExpression;

typedef struct FluxConditionalExpression
{
	FluxAst ast;
	FluxAst *test;
	FluxAst *consequent;
	FluxAst *alternate;
	FluxPunctuationComments *punctuation;
} FluxConditionalExpression;

typedef struct FluxParenExpression
{
	FluxAst ast;
	FluxAst *expression;
	FluxPunctuationComments *punctuation;
} FluxParenExpression;

typedef struct FluxBadExpression
{
	FluxAst ast;
	FluxText text;
} FluxBadExpression;

/* ---- type expressions ---- */

/* "T: Kind + Kind" in a where clause. */
typedef struct FluxTypeConstraint
{
	FluxAst ast;
	FluxIdentifier *tvar;
	FluxAstList kinds; /* Identifier */
} FluxTypeConstraint;

typedef struct FluxTypeExpression
{
	FluxAst ast;
	FluxAst *monotype;
	FluxAstList constraints; /* TypeConstraint */
} FluxTypeExpression;

/* NamedType and TvarType: a basic type's name, a one-byte variable. */
typedef struct FluxNamedType
{
	FluxAst ast;
	FluxIdentifier *name;
} FluxNamedType;

typedef FluxNamedType FluxTvarType;

/* ArrayType, StreamType, VectorType. */
typedef struct FluxElementType
{
	FluxAst ast;
	FluxAst *element;
} FluxElementType;

typedef FluxElementType FluxArrayType;
typedef FluxElementType FluxStreamType;
typedef FluxElementType FluxVectorType;

typedef struct FluxDictType
{
	FluxAst ast;
	FluxAst *key;
	FluxAst *value;
} FluxDictType;

typedef struct FluxDynamicType
{
	FluxAst ast;
} FluxDynamicType;

typedef struct FluxPropertyType
{
	FluxAst ast;
	FluxAst *name; /* Identifier or StringLiteral */
	FluxAst *monotype;
} FluxPropertyType;

typedef struct FluxRecordType
{
	FluxAst ast;
	FluxIdentifier *tvar;   /* {A with ...}, or NULL */
	FluxAstList properties; /* PropertyType */
} FluxRecordType;

typedef enum FluxParameterKind
{
	FLUX_PARAMETER_REQUIRED,
	FLUX_PARAMETER_OPTIONAL,
	FLUX_PARAMETER_PIPE
} FluxParameterKind;

typedef struct FluxParameterType
{
	FluxAst ast;
	FluxParameterKind parameter;
	FluxIdentifier *name; /* NULL for an unnamed pipe parameter */
	FluxAst *monotype;
	FluxAst *default_label; /* LabelLiteral, or NULL */
} FluxParameterType;

typedef struct FluxFunctionType
{
	FluxAst ast;
	FluxAstList parameters; /* ParameterType */
	FluxAst *monotype;
} FluxFunctionType;

typedef struct FluxLabelType
{
	FluxAst ast;
	FluxText value;
} FluxLabelType;

/* ---- helpers ---- */

extern const char *flux_ast_kind_name(FluxAstKind kind);             /* as in JSON */
extern const char *flux_binary_operator_text(FluxBinaryOperator op); /* "+", "=~" ... */
extern const char *flux_unary_operator_text(FluxUnaryOperator op);

/* The text of a Property's or MemberExpression's key. */
extern FluxText flux_ast_key_text(const FluxAst *key);

/* Strips ParenExpressions. */
extern const FluxAst *flux_ast_unparen(const FluxAst *expression);

/*
 * Calls visit(node, argument) for every node below and including "node",
 * parents first, in source order; a false return skips the children.
 */
typedef bool (*FluxAstVisitor)(const FluxAst *node, void *argument);
extern void flux_ast_walk(const FluxAst *node, FluxAstVisitor visit, void *argument);

/* Whether a path from the node to a leaf has more than so many nodes. */
extern bool flux_ast_is_deeper(const FluxAst *node, int depth_max);

/* Appends to a list in the current memory context. */
extern void flux_ast_list_append(FluxAstList *list, FluxAst *node);

/* Downcast with an assertion of the kind. */
#define flux_ast_cast(Name, KIND, node)                                                            \
	(AssertMacro((node)->kind == FLUX_AST_##KIND), (Flux##Name *) (node))

#endif /* FLUX_AST_H */
