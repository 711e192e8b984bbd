/*
 * testcase.h
 *		The testcases of a file, each as a script of its own.
 *
 * A testcase becomes a package "main": the imports and all statements of the
 * file but its testcases, then the statements of its body at file level, so
 * that options and variables of the body are the file's.
 */
#ifndef FLUX_TESTCASE_H
#define FLUX_TESTCASE_H

#include "syntax/ast.h"

typedef struct FluxTestCase
{
	FluxText name;
	FluxSpan span;              /* of the testcase statement */
	const FluxPackage *package; /* NULL when there is an error */
	const char *error;          /* why it cannot run, or NULL */
	const char *hint;           /* or NULL */
} FluxTestCase;

/*
 * Expands all testcases of a parsed package, in source order; *count of them.
 * New nodes and the array live in the current memory context, all other nodes
 * are those of the package.  One with a syntax error in it is not to be run.
 *
 * "extends" names a case of the same source: what stands after the last dot
 * of its text.  The first super() without arguments that is a statement of the body is replaced
 * by the body of the extended case.
 */
extern FluxTestCase *flux_testcases_expand(const FluxPackage *package, int *count);

#endif /* FLUX_TESTCASE_H */
