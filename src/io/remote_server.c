/*
 * remote_server.c
 *		Requests to an InfluxDB on another host, and what its answers mean.
 *
 * The URL is made from the script's "host"; organisation and bucket go into
 * the query string, the token into a header, so that neither the URL nor an
 * error shows it.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/json.h"
#include "utils/memutils.h"

#include "guc.h"
#include "io/http_client.h"
#include "io/remote_server.h"

#define ANSWER_SHOWN_MAX 500 /* bytes of a refusal that an error repeats */

/* Points of one request, as InfluxDB's own to() sends them, and its bytes. */
#define BATCH_POINTS_MAX 16384
#define BATCH_BYTES_MAX (4 * 1024 * 1024)

/* ---- requests ---- */

static void
append_parameter(StringInfo url, char separator, const char *name, FluxText value)
{
	appendStringInfo(url, "%c%s=", separator, name);
	for (int i = 0; i < value.size; i++)
	{
		unsigned char c = value.data[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			c == '-' || c == '_' || c == '.' || c == '~')
			appendStringInfoChar(url, c);
		else
			appendStringInfo(url, "%%%02X", c);
	}
}

static FluxText
to_utf8(FluxText text)
{
	char *converted = pg_server_to_any(text.data, text.size, PG_UTF8);

	return converted == text.data ? text : flux_text_from_cstring(converted);
}

/* The URL of an endpoint, with the organisation as its first parameter. */
static char *
endpoint_url(const FluxFromSpec *target, const char *path)
{
	FluxText host = target->host;
	FluxText org = target->org;
	StringInfoData url;

	while (host.size > 0 && host.data[host.size - 1] == '/')
		host.size--;
	if (org.size == 0 && target->org_id.size == 0 && flux_guc_org != NULL)
		org = flux_text_from_cstring(flux_guc_org);
	initStringInfo(&url);
	appendStringInfo(&url, "%.*s%s", host.size, host.data, path);
	if (target->org_id.size > 0)
		append_parameter(&url, '?', "orgID", target->org_id);
	else
		append_parameter(&url, '?', "org", to_utf8(org));
	return url.data;
}

/* What a refusal says, as a DETAIL; palloc'd. */
static char *
describe_answer(FluxText body)
{
	FluxText shown = flux_text_clip(body, ANSWER_SHOWN_MAX);

	if (shown.size == 0 || !pg_verify_mbstr(PG_UTF8, shown.data, shown.size, true))
		return NULL;
	return psprintf("It answered: %s",
					pg_any_to_server(flux_text_to_cstring(shown), shown.size, PG_UTF8));
}

static const char *
hint_for(int status)
{
	switch (status)
	{
		case 401:
		case 403:
			return "Check the argument \"token\" and what it may do.";
		case 404:
			return "Check the bucket and the organisation.";
		case 429:
		case 503:
			return "The server is busy: try again later.";
		default:
			return NULL;
	}
}

static FluxText
post(const FluxOperator *op, const FluxFromSpec *target, const char *url, const char *type,
	 FluxText body)
{
	FluxHttpHeader headers[2];
	FluxHttpRequest request = {.method = "POST",
							   .url = url,
							   .headers = headers,
							   .has_body = true,
							   .body = body,
							   .is_gzip_welcome = true,
							   .source = op->node->source,
							   .span = op->node->span};
	FluxHttpResponse response;

	headers[request.header_count].name = flux_text_from_cstring("Content-Type");
	headers[request.header_count++].value = flux_text_from_cstring(type);
	if (target->token.size > 0)
	{
		headers[request.header_count].name = flux_text_from_cstring("Authorization");
		headers[request.header_count++].value =
			flux_text_from_cstring(psprintf("Token %.*s", target->token.size, target->token.data));
	}
	response = flux_http_perform(&request);
	if (response.status < 200 || response.status > 299)
		flux_raise_full(ERRCODE_FDW_ERROR, op->node->source, op->node->span,
						describe_answer(response.body), hint_for(response.status),
						"%s: server \"%.*s\" refused with HTTP status %d", op->node->class->name,
						target->host.size, target->host.data, response.status);
	return response.body;
}

FluxText
flux_remote_query(const FluxOperator *op, const FluxFromSpec *target, const char *script)
{
	StringInfoData question;
	FluxText body;
	char *converted;

	initStringInfo(&question);
	appendStringInfoString(&question,
						   "{\"type\":\"flux\",\"dialect\":{\"header\":true,"
						   "\"annotations\":[\"datatype\",\"group\",\"default\"]},\"query\":");
	escape_json(&question, script);
	appendStringInfoChar(&question, '}');
	body = post(op, target, endpoint_url(target, "/api/v2/query"), "application/json",
				to_utf8(flux_text(question.data, question.len)));
	converted = pg_any_to_server(body.data, body.size, PG_UTF8);

	return converted == body.data ? body : flux_text_from_cstring(converted);
}

/* ---- line protocol ---- */

struct FluxRemoteWriter
{
	const FluxOperator *op;
	const FluxFromSpec *target;
	MemoryContext request_context; /* of one request */
	const char *url;
	StringInfoData lines;
	int pending; /* points in "lines" */
	int64 sent;
};

FluxRemoteWriter *
flux_remote_writer_create(const FluxOperator *op, const FluxFromSpec *target)
{
	FluxRemoteWriter *writer = palloc0(sizeof(FluxRemoteWriter));
	StringInfoData url;

	writer->op = op;
	writer->target = target;
	writer->request_context =
		AllocSetContextCreate(CurrentMemoryContext, "flux remote request", ALLOCSET_DEFAULT_SIZES);
	initStringInfo(&url);
	appendStringInfoString(&url, endpoint_url(target, "/api/v2/write"));
	append_parameter(&url, '&', "bucket",
					 to_utf8(target->bucket.size > 0 ? target->bucket : target->bucket_id));
	append_parameter(&url, '&', "precision", flux_text_from_cstring("ns"));
	writer->url = url.data;
	initStringInfo(&writer->lines);
	return writer;
}

/* A name or tag value; "special" lists what a backslash must stand before. */
static void
append_escaped(FluxRemoteWriter *writer, FluxText text, const char *special)
{
	for (int i = 0; i < text.size; i++)
	{
		char c = text.data[i];

		if (c == '\n' || c == '\r' || (c == '\\' && i == text.size - 1))
			flux_operator_raise(writer->op, FLUX_ERRCODE_LINE_PROTOCOL,
								"line protocol cannot hold \"%.*s\" as a name or tag value: it %s",
								text.size, text.data,
								c == '\\' ? "ends in a backslash" : "has a line break");
		if (strchr(special, c) != NULL)
			appendStringInfoChar(&writer->lines, '\\');
		appendStringInfoChar(&writer->lines, c);
	}
}

static void
append_field_value(StringInfo lines, const FluxFieldValue *field)
{
	switch (field->type)
	{
		case FLUX_COLUMN_BOOL:
			appendStringInfoString(lines, field->value.boolean ? "true" : "false");
			break;
		case FLUX_COLUMN_UINT:
			appendStringInfo(lines, UINT64_FORMAT "u", field->value.uinteger);
			break;
		case FLUX_COLUMN_FLOAT:
		{
			FluxText text = flux_float_to_text(field->value.floating);

			appendBinaryStringInfo(lines, text.data, text.size);
			break;
		}
		case FLUX_COLUMN_STRING:
			appendStringInfoChar(lines, '"');
			for (int i = 0; i < field->value.string.size; i++)
			{
				char c = field->value.string.data[i];

				if (c == '"' || c == '\\')
					appendStringInfoChar(lines, '\\');
				appendStringInfoChar(lines, c);
			}
			appendStringInfoChar(lines, '"');
			break;
		default:
			appendStringInfo(lines, INT64_FORMAT "i", field->value.integer);
			break;
	}
}

static void
send_lines(FluxRemoteWriter *writer)
{
	MemoryContext previous = MemoryContextSwitchTo(writer->request_context);

	post(writer->op, writer->target, writer->url, "text/plain; charset=utf-8",
		 to_utf8(flux_text(writer->lines.data, writer->lines.len)));
	MemoryContextSwitchTo(previous);
	MemoryContextReset(writer->request_context);
	resetStringInfo(&writer->lines);
	writer->sent += writer->pending;
	writer->pending = 0;
}

void
flux_remote_writer_add(FluxRemoteWriter *writer, const FluxPoint *point)
{
	append_escaped(writer, point->measurement, ", ");
	for (int i = 0; i < point->tag_count; i++)
	{
		appendStringInfoChar(&writer->lines, ',');
		append_escaped(writer, point->tags[i].key, ",= ");
		appendStringInfoChar(&writer->lines, '=');
		append_escaped(writer, point->tags[i].value, ",= ");
	}
	for (int i = 0; i < point->field_count; i++)
	{
		appendStringInfoChar(&writer->lines, i == 0 ? ' ' : ',');
		append_escaped(writer, point->fields[i].name, ",= ");
		appendStringInfoChar(&writer->lines, '=');
		append_field_value(&writer->lines, &point->fields[i]);
	}
	appendStringInfo(&writer->lines, " " INT64_FORMAT "\n", point->time_ns);
	writer->pending++;
	if (writer->pending >= BATCH_POINTS_MAX || writer->lines.len >= BATCH_BYTES_MAX)
		send_lines(writer);
}

int64
flux_remote_writer_finish(FluxRemoteWriter *writer)
{
	if (writer->pending > 0)
		send_lines(writer);
	return writer->sent;
}
