/*
 * std_http.c
 *		Packages "http", "http/requests" and their experimental twins: requests
 *		to services, through io/http_client.c and its fences.
 *
 * http.endpoint is written in Flux (flux/http.flux).
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "evaluate/builtin.h"
#include "evaluate/evaluator.h"
#include "io/outbox.h"
#include "stdlib/base64.h"
#include "stdlib/registry.h"

/* ---- headers, in and out ---- */

/* A record of strings as headers. */
static void
headers_from_record(const FluxCall *call, const FluxRecord *record, FluxHttpRequest *request)
{
	FluxHttpHeader *headers = palloc((record->count + 1) * sizeof(FluxHttpHeader));

	for (int i = 0; i < record->count; i++)
	{
		if (record->values[i].kind != FLUX_KIND_STRING || record->values[i].is_null)
			flux_call_raise(call, ERRCODE_DATATYPE_MISMATCH,
							"header value \"%.*s\" must be a string", record->keys[i].size,
							record->keys[i].data);
		headers[i].name = record->keys[i];
		headers[i].value = record->values[i].as.string;
	}
	request->headers = headers;
	request->header_count = record->count;
}

static void
headers_from_dict(const FluxCall *call, const FluxDict *dict, FluxHttpRequest *request)
{
	FluxHttpHeader *headers = palloc((dict->count + 1) * sizeof(FluxHttpHeader));

	for (int i = 0; i < dict->count; i++)
	{
		headers[i].name = dict->entries[i].key.as.string;
		headers[i].value = dict->entries[i].value.as.string;
	}
	request->headers = headers;
	request->header_count = dict->count;
}

/* Headers of the response as dict [string: string] or as record. */
static FluxValue
response_headers(const FluxHttpResponse *response, bool as_dict)
{
	int count = response->header_count;
	FluxDictEntry *entries = palloc((count + 1) * sizeof(FluxDictEntry));
	FluxText *keys = palloc((count + 1) * sizeof(FluxText));
	FluxValue *values = palloc((count + 1) * sizeof(FluxValue));

	for (int i = 0; i < count; i++)
	{
		keys[i] = response->headers[i].name;
		values[i] = flux_value_string(response->headers[i].value);
		entries[i].key = flux_value_string(keys[i]);
		entries[i].value = values[i];
	}
	return as_dict ? flux_value_dict(entries, count) : flux_value_record(keys, values, count);
}

/* ---- http.post, experimental/http.get ---- */

static void
post_arguments(FluxCall *call, FluxHttpRequest *request)
{
	*request = (FluxHttpRequest){.method = "POST", .source = call->source, .span = call->span};
	request->url = flux_text_to_cstring(flux_call_string(call, "url"));
	if (flux_call_find(call, "headers") != NULL)
		headers_from_record(call, flux_call_record(call, "headers"), request);
	request->has_body = true;
	if (flux_call_find(call, "data") != NULL)
		request->body = flux_call_bytes(call, "data");
	else
		request->body = flux_text("", 0);
}

/*
 * Leaves a post that only tells somebody to the run, which sends it when it has
 * committed, or to nobody in a preview.  False where it is to be sent now.
 */
static bool
post_later(FluxEvaluator *evaluator, const FluxHttpRequest *request)
{
	if (evaluator->is_preview)
		flux_http_check(request);
	else if (evaluator->run_id != 0)
		flux_outbox_add(request, evaluator->run_id, &evaluator->posts_stored);
	else
		return false;
	return true;
}

static FluxValue
http_notify(FluxCall *call)
{
	FluxHttpRequest request;

	post_arguments(call, &request);
	return flux_value_int(post_later(call->evaluator, &request)
							  ? FLUX_OUTBOX_STATUS
							  : flux_http_perform(&request).status);
}

/* A post whose status the script looks at is sent at once. */
static FluxValue
http_post(FluxCall *call)
{
	FluxHttpRequest request;

	if (call->evaluator->is_discarded)
		return http_notify(call);
	post_arguments(call, &request);
	return flux_value_int(flux_http_perform(&request).status);
}

static FluxValue
http_get(FluxCall *call)
{
	FluxHttpRequest request = {.method = "GET", .source = call->source, .span = call->span};
	FluxHttpResponse response;
	FluxText keys[3];
	FluxValue values[3];

	request.url = flux_text_to_cstring(flux_call_string(call, "url"));
	if (flux_call_find(call, "headers") != NULL)
		headers_from_record(call, flux_call_record(call, "headers"), &request);
	if (flux_call_find(call, "timeout") != NULL)
		request.timeout_ms = flux_duration_to_ns(flux_call_duration(call, "timeout")) / 1000000;
	response = flux_http_perform(&request);
	keys[0] = flux_text_from_cstring("statusCode");
	values[0] = flux_value_int(response.status);
	keys[1] = flux_text_from_cstring("body");
	values[1] = flux_value_bytes(response.body);
	keys[2] = flux_text_from_cstring("headers");
	values[2] = response_headers(&response, false);
	return flux_value_record(keys, values, lengthof(keys));
}

/* ---- http/requests ---- */

static void
append_encoded(StringInfo out, FluxText text, const char *also_plain)
{
	for (int i = 0; i < text.size; i++)
	{
		unsigned char c = text.data[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			(c != '\0' && strchr(also_plain, c) != NULL))
			appendStringInfoChar(out, c);
		else
			appendStringInfo(out, "%%%02X", c);
	}
}

/* The URL with its query replaced by params (sorted by name: dicts are). */
static char *
url_with_params(const FluxCall *call, FluxText url)
{
	const FluxDict *params;
	StringInfoData out;
	const char *question;
	bool is_first = true;

	if (flux_call_find(call, "params") == NULL ||
		(params = flux_call_dict(call, "params"))->count == 0)
		return flux_text_to_cstring(url);
	question = memchr(url.data, '?', url.size);
	initStringInfo(&out);
	appendBinaryStringInfo(&out, url.data,
						   question != NULL ? (int) (question - url.data) : url.size);
	for (int i = 0; i < params->count; i++)
	{
		const FluxArray *values = params->entries[i].value.as.array;

		for (int j = 0; j < values->count; j++)
		{
			appendStringInfoChar(&out, is_first ? '?' : '&');
			append_encoded(&out, params->entries[i].key.as.string, "-_.~");
			appendStringInfoChar(&out, '=');
			append_encoded(&out, values->items[j].as.string, "-_.~");
			is_first = false;
		}
	}
	return out.data;
}

/* {timeout, insecureSkipVerify}: the argument, else option defaultConfig. */
static void
apply_config(FluxCall *call, FluxHttpRequest *request)
{
	const FluxValue *config = flux_call_find(call, "config");
	const FluxValue *timeout, *skip_verify;

	if (config == NULL)
		config =
			flux_evaluator_package_member(call->evaluator, call->builtin->package, "defaultConfig");
	if (config == NULL || config->kind != FLUX_KIND_RECORD)
		return;
	timeout = flux_record_get(config->as.record, flux_text_from_cstring("timeout"));
	skip_verify = flux_record_get(config->as.record, flux_text_from_cstring("insecureSkipVerify"));
	if (timeout != NULL && timeout->kind == FLUX_KIND_DURATION)
	{
		if (timeout->as.duration.months != 0 && timeout->as.duration.ns != 0)
			flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
							"config timeout must not mix months and nanoseconds");
		request->timeout_ms = flux_duration_to_ns(timeout->as.duration) / 1000000;
	}
	if (skip_verify != NULL && skip_verify->kind == FLUX_KIND_BOOL)
		request->skip_verify = skip_verify->as.boolean;
}

static FluxValue
perform(FluxCall *call, const char *method)
{
	FluxHttpRequest request = {.method = method, .source = call->source, .span = call->span};
	FluxHttpResponse response;
	FluxText keys[4];
	FluxValue values[4];

	request.url = url_with_params(call, flux_call_string(call, "url"));
	if (flux_call_find(call, "headers") != NULL)
		headers_from_dict(call, flux_call_dict(call, "headers"), &request);
	if (flux_call_find(call, "body") != NULL)
	{
		request.body = flux_call_bytes(call, "body");
		request.has_body = request.body.size > 0;
	}
	apply_config(call, &request);
	if (call->evaluator->is_discarded && strcmp(method, "POST") == 0 && !request.skip_verify &&
		post_later(call->evaluator, &request))
		response = (FluxHttpResponse){.status = FLUX_OUTBOX_STATUS, .body = flux_text("", 0)};
	else
		response = flux_http_perform(&request);
	keys[0] = flux_text_from_cstring("statusCode");
	values[0] = flux_value_int(response.status);
	keys[1] = flux_text_from_cstring("headers");
	values[1] = response_headers(&response, true);
	keys[2] = flux_text_from_cstring("duration");
	values[2] = flux_value_duration(flux_duration(0, response.elapsed_ns));
	keys[3] = flux_text_from_cstring("body");
	values[3] = flux_value_bytes(response.body);
	return flux_value_record(keys, values, lengthof(keys));
}

static FluxValue
requests_do(FluxCall *call)
{
	static const char *const methods[] = {"DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"};
	FluxText method = flux_call_string(call, "method");

	for (int i = 0; i < lengthof(methods); i++)
		if (flux_text_equal_cstring(method, methods[i]))
			return perform(call, methods[i]);
	flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "invalid HTTP method \"%.*s\"",
					method.size, method.data);
}

static FluxValue
requests_get(FluxCall *call)
{
	return perform(call, "GET");
}

static FluxValue
requests_post(FluxCall *call)
{
	return perform(call, "POST");
}

static FluxValue
requests_default_config(FluxCall *call)
{
	FluxText keys[] = {flux_text_from_cstring("timeout"),
					   flux_text_from_cstring("insecureSkipVerify")};
	FluxValue values[] = {flux_value_duration(flux_duration(0, 0)), flux_value_bool(false)};

	return flux_value_record(keys, values, lengthof(keys));
}

/* ---- text helpers ---- */

static FluxValue
http_basic_auth(FluxCall *call)
{
	FluxText user = flux_call_string(call, "u");
	FluxText password = flux_call_string(call, "p");
	char *pair = psprintf("%.*s:%.*s", user.size, user.data, password.size, password.data);
	FluxText encoded = flux_base64_encode(flux_text_from_cstring(pair));

	return flux_value_cstring(psprintf("Basic %.*s", encoded.size, encoded.data));
}

static FluxValue
http_path_escape(FluxCall *call)
{
	StringInfoData out;

	initStringInfo(&out);
	append_encoded(&out, flux_call_string(call, "inputString"), "-_.~$&+=:@");
	return flux_value_string(flux_text(out.data, out.len));
}

/* What the endpoints of a package post with. */
#define NOTIFY(package)                                                                            \
	{                                                                                              \
		package, "_notify", FLUX_BUILTIN_SCALAR, http_notify,                                      \
			.type = "(url: string, ?headers: A, ?data: bytes) => int where A: Record"              \
	}

static const FluxBuiltin builtins[] = {
	{"http", "post", FLUX_BUILTIN_SCALAR, http_post},
	NOTIFY("http"),
	NOTIFY("slack"),
	NOTIFY("pagerduty"),
	NOTIFY("pushbullet"),
	NOTIFY("contrib/sranka/teams"),
	NOTIFY("contrib/sranka/telegram"),
	NOTIFY("contrib/sranka/webexteams"),
	NOTIFY("contrib/chobbs/discord"),
	{"http", "basicAuth", FLUX_BUILTIN_SCALAR, http_basic_auth, .is_pure = true},
	{"http", "pathEscape", FLUX_BUILTIN_SCALAR, http_path_escape, .is_pure = true},
	{"http/requests", "do", FLUX_BUILTIN_SCALAR, requests_do},
	{"http/requests", "get", FLUX_BUILTIN_SCALAR, requests_get},
	{"http/requests", "post", FLUX_BUILTIN_SCALAR, requests_post},
	{"http/requests", "defaultConfig", FLUX_BUILTIN_OPTION, requests_default_config},
	{"experimental/http", "get", FLUX_BUILTIN_SCALAR, http_get},
	{"experimental/http/requests", "do", FLUX_BUILTIN_SCALAR, requests_do},
	{"experimental/http/requests", "get", FLUX_BUILTIN_SCALAR, requests_get},
	{"experimental/http/requests", "post", FLUX_BUILTIN_SCALAR, requests_post},
	{"experimental/http/requests", "defaultConfig", FLUX_BUILTIN_OPTION, requests_default_config},
};

void
flux_std_http_register(void)
{
	FLUX_REGISTER(builtins);
}
