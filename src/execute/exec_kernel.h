/*
 * exec_kernel.h
 *		Operators of row functions over whole columns.
 *
 * A kernel takes columns of row_count rows (or constant ones) and gives a new
 * column in the current memory context, constant when its operands are.  Null
 * in, null out.  "active" says which rows count (NULL: all); kernels compute
 * the others too, but only what goes wrong in an active row is an error, as
 * the tree evaluator would not have come to the others.
 */
#ifndef FLUX_EXEC_KERNEL_H
#define FLUX_EXEC_KERNEL_H

#include "evaluate/evaluator.h"

/* Where a kernel's rows are. */
typedef struct FluxKernelRows
{
	int row_count;
	const bool *active;     /* or NULL */
	FluxSourceText *source; /* place of the expression, for errors */
	FluxSpan span;
} FluxKernelRows;

/* Operands of one type: INT, UINT, FLOAT, or STRING with ADD. */
extern FluxColumn flux_kernel_arithmetic(const FluxKernelRows *rows, FluxBinaryOperator op,
										 const FluxColumn *left, const FluxColumn *right);

/* Operands of one comparable type, or any two numeric ones. */
extern FluxColumn flux_kernel_compare(const FluxKernelRows *rows, FluxBinaryOperator op,
									  const FluxColumn *left, const FluxColumn *right);
extern FluxColumn flux_kernel_match(const FluxKernelRows *rows, const FluxColumn *subject,
									const FluxRegexp *regexp, bool is_negated);
extern FluxColumn flux_kernel_negate(const FluxKernelRows *rows, const FluxColumn *argument);
extern FluxColumn flux_kernel_not(const FluxKernelRows *rows, const FluxColumn *argument);
extern FluxColumn flux_kernel_exists(const FluxKernelRows *rows, const FluxColumn *argument);
extern FluxColumn flux_kernel_convert(const FluxKernelRows *rows, FluxColumnType to,
									  const FluxColumn *argument);

/* and / or, the right side having been evaluated where the left one demands. */
extern FluxColumn flux_kernel_logical(const FluxKernelRows *rows, bool is_and,
									  const FluxColumn *left, const FluxColumn *right);

/* then where test is true, otherwise elsewhere. Either may be NULL if no row needs it. */
extern FluxColumn flux_kernel_choose(const FluxKernelRows *rows, const FluxColumn *test,
									 const FluxColumn *then, const FluxColumn *otherwise);

/* The texts of the parts, one after the other. */
extern FluxColumn flux_kernel_interpolate(const FluxKernelRows *rows, const FluxColumn *parts,
										  const FluxSpan *spans, int part_count);

/*
 * Active rows where a boolean column is (or, negated, is not) true; NULL in
 * *mask for all rows.  False when there are none.
 */
extern bool flux_kernel_mask(const FluxKernelRows *rows, const FluxColumn *test, bool negated,
							 const bool **mask);

#endif /* FLUX_EXEC_KERNEL_H */
