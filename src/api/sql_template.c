/*
 * sql_template.c
 *		What flux.apply and flux.export, which are written in SQL, stand on:
 *		reading templates, a task's script with its form, labels, variables.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "api/jsonb_builder.h"
#include "base/flux_time.h"
#include "catalog/catalog_sql.h"
#include "task/task_option.h"
#include "task/template_yaml.h"

PG_FUNCTION_INFO_V1(fluxtask_template_objects);
PG_FUNCTION_INFO_V1(fluxtask_task_script);
PG_FUNCTION_INFO_V1(fluxtask_set_label);
PG_FUNCTION_INFO_V1(fluxtask_drop_label);
PG_FUNCTION_INFO_V1(fluxtask_set_variable);
PG_FUNCTION_INFO_V1(fluxtask_drop_variable);

#define NAME_SIZE_MAX 1024

static char *
text_or_null(FunctionCallInfo fcinfo, int index)
{
	return PG_ARGISNULL(index) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(index));
}

/* The documents of a template as a jsonb array. */
PGDLLEXPORT Datum
fluxtask_template_objects(PG_FUNCTION_ARGS)
{
	text *template = PG_GETARG_TEXT_PP(0);
	char *json = flux_template_to_json(VARDATA_ANY(template), VARSIZE_ANY_EXHDR(template));

	return flux_jsonb_from_json(flux_text_from_cstring(json));
}

/* ---- a task's script ---- */

static bool
is_same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
is_same_duration(const char *a, const char *b)
{
	FluxDuration first;
	FluxDuration second;

	if (a == NULL || b == NULL)
		return a == b;
	return flux_duration_parse(flux_text_from_cstring(a), &first) &&
		   flux_duration_parse(flux_text_from_cstring(b), &second) &&
		   first.months == second.months && first.ns == second.ns;
}

/* Whether a script says by itself what "wanted" says. */
static bool
says_already(const char *script, const FluxTaskOptions *wanted)
{
	MemoryContext caller = CurrentMemoryContext;
	FluxTaskOptions have;
	volatile bool says = false;

	/* nothing but reading the text: there is nothing to roll back */
	PG_TRY();
	{
		flux_task_options_extract(script, &have);
		says = is_same_text(have.name, wanted->name) && is_same_text(have.cron, wanted->cron) &&
			   is_same_duration(have.every, wanted->every) && have.offset_s == wanted->offset_s;
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(caller);
		FlushErrorState();
	}
	PG_END_TRY();
	return says;
}

/* A script with name, every, cron, offset in its option; untouched when they are. */
PGDLLEXPORT Datum
fluxtask_task_script(PG_FUNCTION_ARGS)
{
	FluxTaskForm form = {text_or_null(fcinfo, 1), text_or_null(fcinfo, 2), text_or_null(fcinfo, 3),
						 text_or_null(fcinfo, 4)};
	FluxTaskOptions wanted;
	char *script;
	char *edited;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	script = text_or_null(fcinfo, 0);
	if (form.name == NULL && form.every == NULL && form.cron == NULL && form.offset == NULL)
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	edited = flux_task_options_edit(script, &form);
	flux_task_options_extract(edited, &wanted);
	PG_RETURN_TEXT_P(cstring_to_text(says_already(script, &wanted) ? script : edited));
}

/* ---- labels and variables ---- */

static char *
name_argument(FunctionCallInfo fcinfo, const char *what)
{
	char *name = text_or_null(fcinfo, 0);

	if (name == NULL || name[0] == '\0' || strlen(name) > NAME_SIZE_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the name of a %s must have between 1 and %d bytes", what, NAME_SIZE_MAX)));
	return name;
}

/* Deletes the current role's row of a name; raises when there is none. */
static void
drop_named(const char *statement, const char *name, const char *what)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	bool is_found;

	flux_sql_enter(&scope);
	flux_sql_text(&args, name);
	flux_sql_role(&args, scope.owner.user_oid);
	is_found = flux_sql_execute(statement, &args) > 0;
	flux_sql_leave(&scope);
	if (!is_found)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("%s \"%s\" does not exist", what, name),
				 errhint("Only its owner can drop it.")));
}

PGDLLEXPORT Datum
fluxtask_set_label(PG_FUNCTION_ARGS)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	char *name = name_argument(fcinfo, "label");

	flux_sql_enter(&scope);
	flux_sql_text(&args, name);
	flux_sql_role(&args, scope.owner.user_oid);
	flux_sql_text(&args, text_or_null(fcinfo, 1));
	flux_sql_text(&args, text_or_null(fcinfo, 2));
	flux_sql_execute("INSERT INTO _flux_catalog.label (name, owner, color, description) "
					 "VALUES ($1, $2, $3, $4) ON CONFLICT (name, owner) DO UPDATE SET "
					 "color = excluded.color, description = excluded.description",
					 &args);
	flux_sql_leave(&scope);
	PG_RETURN_VOID();
}

PGDLLEXPORT Datum
fluxtask_drop_label(PG_FUNCTION_ARGS)
{
	drop_named("DELETE FROM _flux_catalog.label WHERE name = $1 AND owner = $2",
			   name_argument(fcinfo, "label"), "label");
	PG_RETURN_VOID();
}

PGDLLEXPORT Datum
fluxtask_set_variable(PG_FUNCTION_ARGS)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	char *name = name_argument(fcinfo, "variable");
	Datum arguments;

	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("arguments must not be null")));
	arguments = PG_GETARG_DATUM(1);
	flux_sql_enter(&scope);
	flux_sql_text(&args, name);
	flux_sql_role(&args, scope.owner.user_oid);
	flux_sql_datum(&args, JSONBOID, arguments, false);
	flux_sql_text(&args, text_or_null(fcinfo, 2));
	flux_sql_execute("INSERT INTO _flux_catalog.variable (name, owner, arguments, description) "
					 "VALUES ($1, $2, $3, $4) ON CONFLICT (name, owner) DO UPDATE SET "
					 "arguments = excluded.arguments, description = excluded.description",
					 &args);
	flux_sql_leave(&scope);
	PG_RETURN_VOID();
}

PGDLLEXPORT Datum
fluxtask_drop_variable(PG_FUNCTION_ARGS)
{
	drop_named("DELETE FROM _flux_catalog.variable WHERE name = $1 AND owner = $2",
			   name_argument(fcinfo, "variable"), "variable");
	PG_RETURN_VOID();
}
