/*
 * script_test.h
 *		Runs the testcases of a Flux test file.
 */
#ifndef FLUX_SCRIPT_TEST_H
#define FLUX_SCRIPT_TEST_H

#include "base/text.h"

typedef struct FluxTestOutcome
{
	FluxText name; /* of the testcase */
	bool passed;
	const char *message; /* why it did not pass, or NULL */
} FluxTestOutcome;

/*
 * Runs every testcase of a source, each in a subtransaction that is rolled
 * back afterwards; calls report for each.  A testcase passes when it raises
 * nothing and no result named "errorOutput" has rows.  Raises when the source
 * does not parse outside of its testcases.
 */
extern void flux_script_test(FluxText source,
							 void (*report)(const FluxTestOutcome *outcome, void *argument),
							 void *argument);

#endif /* FLUX_SCRIPT_TEST_H */
