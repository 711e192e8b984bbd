/*
 * http_client.h
 *		HTTP requests of scripts: libcurl, fenced.
 *
 * Nothing is reachable unless fluxtask.http_allow, which only a superuser
 * sets, names the host: "host", "host:port", "*.domain" or "*".  A private,
 * loopback or link-local address is refused unless its host is named in full.
 * Redirects are followed a few times under the same rules; credentials do not
 * follow to another host.  Time and size are capped, and waiting answers
 * interrupts.  Errors name the URL without its query and user information,
 * which may hold secrets.
 */
#ifndef FLUX_HTTP_CLIENT_H
#define FLUX_HTTP_CLIENT_H

#include "base/diagnostic.h"

typedef struct FluxHttpHeader
{
	FluxText name;
	FluxText value;
} FluxHttpHeader;

typedef struct FluxHttpRequest
{
	const char *method; /* "GET", "POST" ... */
	const char *url;
	const FluxHttpHeader *headers;
	int header_count;
	bool has_body;
	FluxText body;
	int64 timeout_ms;       /* 0: fluxtask.http_timeout, which also caps it */
	bool skip_verify;       /* accept any certificate */
	bool is_gzip_welcome;   /* the answer may come compressed */
	FluxSourceText *source; /* the call that asks, for errors; or NULL */
	FluxSpan span;
} FluxHttpRequest;

typedef struct FluxHttpResponse
{
	int status;
	FluxHttpHeader *headers; /* of the final response; last value per name */
	int header_count;
	FluxText body;
	int64 elapsed_ns;
} FluxHttpResponse;

/*
 * Sends a request and waits for the answer; any HTTP status is an answer.
 * Raises when the URL is not allowed or the network fails.  The response lives
 * in the current memory context.
 */
extern FluxHttpResponse flux_http_perform(const FluxHttpRequest *request);

/* Raises when a request's URL is not allowed. */
extern void flux_http_check(const FluxHttpRequest *request);

/* "https://host:port" of a URL: all of it that is surely no secret. palloc'd. */
extern char *flux_http_origin(const char *url);

#endif /* FLUX_HTTP_CLIENT_H */
