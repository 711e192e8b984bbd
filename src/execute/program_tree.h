/*
 * program_tree.h
 *		The tree that a program is: between exec_compile.c and exec_program.c.
 */
#ifndef FLUX_PROGRAM_TREE_H
#define FLUX_PROGRAM_TREE_H

#include "execute/exec_program.h"

typedef enum FluxNodeKind
{
	FLUX_NODE_COLUMN, /* of a row parameter */
	FLUX_NODE_CONSTANT,
	FLUX_NODE_NULL,     /* null, typed or (type 0) not */
	FLUX_NODE_VARIABLE, /* of the block, evaluated before */
	FLUX_NODE_ARITHMETIC,
	FLUX_NODE_COMPARE,
	FLUX_NODE_MATCH,
	FLUX_NODE_NEGATE,
	FLUX_NODE_NOT,
	FLUX_NODE_EXISTS,
	FLUX_NODE_CONVERT,
	FLUX_NODE_LOGICAL,
	FLUX_NODE_CONDITIONAL,
	FLUX_NODE_INTERPOLATE,
	FLUX_NODE_CALL /* of a library function */
} FluxNodeKind;

/* What a FLUX_NODE_CALL needs besides its children, the arguments of column types. */
typedef struct FluxProgramCall
{
	const FluxBuiltin *builtin;
	FluxRecord arguments; /* all of them, by name */
	FluxValue *values;    /* of these; those of children change by row */
	int *places;          /* by child: its argument */
} FluxProgramCall;

typedef struct FluxProgramNode
{
	FluxNodeKind kind;
	FluxColumnType type; /* 0: untyped null */
	FluxSpan span;
	int index;           /* COLUMN: position; VARIABLE: slot */
	FluxColumn constant; /* CONSTANT, NULL with a type */
	FluxBinaryOperator op;
	bool flag; /* LOGICAL: is "and"; MATCH: negated */
	const FluxRegexp *regexp;
	FluxProgramCall *call;
	struct FluxProgramNode **children;
	int child_count;
} FluxProgramNode;

/* A member of the resulting record. */
typedef struct FluxProgramMember
{
	FluxText label;
	FluxProgramNode *node;
	bool is_copied; /* from {r with}, untouched */
} FluxProgramMember;

struct FluxProgram
{
	FluxEvaluator *evaluator;
	FluxSourceText *source; /* place of errors */
	bool is_library;        /* of the library: their place is "span" alone */
	FluxSpan span;
	FluxProgramNode **variables; /* of the block, in order */
	int variable_count;
	FluxProgramNode *value;     /* a value, or NULL: */
	FluxProgramMember *members; /* a record, sorted by label */
	int member_count;
	bool is_with;       /* {r with ...} of the only row parameter */
	FluxSchema *schema; /* of the record */
};

/* Where the script's reader looks for a node's error. */
static inline FluxSpan
flux_program_place(const FluxProgram *program, const FluxProgramNode *node)
{
	return program->is_library ? program->span : node->span;
}

#endif /* FLUX_PROGRAM_TREE_H */
