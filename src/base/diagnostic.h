/*
 * diagnostic.h
 *		Errors and warnings about a script, collected or raised.
 *
 * The front end collects: a parser or checker appends to a FluxDiagnosticList
 * and goes on, so that one pass finds many mistakes.  The back end raises:
 * flux_raise_at() is ereport(ERROR) with the place in the script.
 *
 * However it comes about, an error about a script has a SQLSTATE, the text
 * "message at line:column" (run logs have no cursor), a cursor position so
 * that psql draws the caret, and where it helps a DETAIL and a HINT.
 */
#ifndef FLUX_DIAGNOSTIC_H
#define FLUX_DIAGNOSTIC_H

#include "base/pg_compat.h"
#include "base/source_text.h"

/*
 * SQLSTATEs for what the server has no code for.  Class TF, "task and Flux".
 * Everything else uses the server's own codes.
 */
#define FLUX_ERRCODE_SCRIPT_FAILED                                                                 \
	MAKE_SQLSTATE('T', 'F', '0', '0', '1') /* die(), a failing row function */
#define FLUX_ERRCODE_TASK_OPTIONS MAKE_SQLSTATE('T', 'F', '0', '0', '2') /* option task is wrong */
#define FLUX_ERRCODE_LINE_PROTOCOL                                                                 \
	MAKE_SQLSTATE('T', 'F', '0', '0', '3')                             /* malformed line protocol */
#define FLUX_ERRCODE_FIELD_TYPE MAKE_SQLSTATE('T', 'F', '0', '0', '4') /* field type conflict */
#define FLUX_ERRCODE_SCHEMA_COLLISION                                                              \
	MAKE_SQLSTATE('T', 'F', '0', '0', '5') /* tables that cannot be merged */
#define FLUX_ERRCODE_UNDEFINED_BUCKET MAKE_SQLSTATE('T', 'F', '0', '0', '6')
#define FLUX_ERRCODE_RUN_TIMEOUT MAKE_SQLSTATE('T', 'F', '0', '1', '0') /* a run took too long */
#define FLUX_ERRCODE_RETENTION                                                                     \
	MAKE_SQLSTATE('T', 'F', '0', '0', '7') /* point older than its bucket keeps */

/* Diagnostics kept of one script; the rest are only counted. */
#define FLUX_DIAGNOSTICS_MAX 100

typedef enum FluxSeverity
{
	FLUX_SEVERITY_ERROR,
	FLUX_SEVERITY_WARNING
} FluxSeverity;

typedef struct FluxDiagnostic
{
	FluxSeverity severity;
	int sqlstate;
	FluxSpan span;
	const char *message; /* lower case, no full stop, no position */
	const char *detail;  /* or NULL */
	const char *hint;    /* or NULL */
} FluxDiagnostic;

/* Grows in the memory context it was created in; items in order of finding. */
typedef struct FluxDiagnosticList
{
	MemoryContext context;
	FluxDiagnostic *items;
	int count; /* kept in items */
	int capacity;
	int dropped;             /* found after FLUX_DIAGNOSTICS_MAX were kept */
	FluxDiagnostic overflow; /* where the dropped ones are written to */
} FluxDiagnosticList;

extern FluxDiagnosticList *flux_diagnostics_create(void);

/* Appends an error; returns it so that the caller can add detail and hint.
 * Past FLUX_DIAGNOSTICS_MAX entries it keeps the first ones and counts on. */
extern FluxDiagnostic *flux_diagnostics_add(FluxDiagnosticList *list, int sqlstate, FluxSpan span,
											const char *format, ...) pg_attribute_printf(4, 5);
extern bool flux_diagnostics_has_error(const FluxDiagnosticList *list);

/* Raises the first error of the list, the others as DETAIL. No error: returns. */
extern void flux_diagnostics_raise(const FluxDiagnosticList *list, FluxSourceText *source);

/* A message's text, in the current memory context; the arguments can be used again. */
extern char *flux_message_format(const char *format, va_list arguments) pg_attribute_printf(1, 0);

/*
 * Raises one error now.  "source" may be NULL (no place known).  detail and
 * hint may be NULL.  flux_raise_at() is for the common case of neither.
 */
extern void flux_raise_full(int sqlstate, FluxSourceText *source, FluxSpan span, const char *detail,
							const char *hint, const char *format, ...) pg_attribute_printf(6, 7)
	pg_attribute_noreturn();
extern void flux_raise_at(int sqlstate, FluxSourceText *source, FluxSpan span, const char *format,
						  ...) pg_attribute_printf(4, 5) pg_attribute_noreturn();

/*
 * The candidate nearest in spelling to "name", for a HINT; NULL when none is
 * near.  Feed candidates one by one.
 */
typedef struct FluxNearName
{
	FluxText wanted;
	FluxText best;
	int best_distance;
} FluxNearName;

extern void flux_near_name_init(FluxNearName *near, FluxText wanted);
extern void flux_near_name_offer(FluxNearName *near, FluxText candidate);

/* "perhaps you meant \"x\"", palloc'd, or NULL. */
extern const char *flux_near_name_hint(const FluxNearName *near);

#endif /* FLUX_DIAGNOSTIC_H */
