/*
 * task_option.h
 *		"option task = {...}": read from a script's tree, and edited in its text.
 *
 * Extraction looks at the tree and evaluates nothing, as in InfluxDB: each
 * option must be a literal.  Editing replaces the spans of single values in
 * the text and leaves every other byte alone (InfluxDB pretty-prints the whole
 * script).
 */
#ifndef FLUX_TASK_OPTION_H
#define FLUX_TASK_OPTION_H

#include "syntax/ast.h"

typedef struct FluxTaskOptions
{
	char *name;
	char *every;  /* as written, or NULL */
	char *cron;   /* or NULL */
	char *offset; /* as written, or NULL */
	int64 offset_s;
	int concurrency;
	int retry;
} FluxTaskOptions;

/* What a form says; NULL leaves the script's own value. */
typedef struct FluxTaskForm
{
	const char *name;
	const char *every;
	const char *cron;
	const char *offset; /* zero takes the option out */
} FluxTaskForm;

/*
 * Parses a script and reads its options; raises syntax errors, and
 * FLUX_ERRCODE_TASK_OPTIONS for wrong options.  Everything it gives is in the
 * current memory context.
 */
extern void flux_task_options_extract(const char *script, FluxTaskOptions *options);

/*
 * A copy of the script whose options say what the form says.  A script without
 * "option task" gets one after its imports.  Raises for a form that
 * contradicts itself and for a script that does not parse.
 */
extern char *flux_task_options_edit(const char *script, const FluxTaskForm *form);

#define FLUX_TASK_CONCURRENCY_MAX 100
#define FLUX_TASK_RETRY_MAX 10
#define FLUX_TASK_SCRIPT_SIZE_MAX (4 * 1024 * 1024)

#endif /* FLUX_TASK_OPTION_H */
