/*
 * http_client.c
 *		HTTP requests of scripts: libcurl, fenced.
 *
 * One request at a time through the multi interface, so that between its steps
 * the backend answers interrupts.  libcurl may resolve names in a thread of its
 * own; signals are blocked while it starts one, so that the server's handlers
 * never run outside the main thread.
 *
 * The handles are freed by a callback of the request's memory context, which
 * also runs when an error unwinds.
 */
#include "postgres.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include "miscadmin.h"
#include "portability/instr_time.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/varlena.h"

#include "guc.h"
#include "io/http_client.h"
#include "libpq/pqsignal.h"

#define REDIRECTS_MAX 5
#define POLL_MS 20

typedef struct HttpTransfer
{
	CURLM *multi;
	CURL *easy;
	struct curl_slist *headers;
	bool is_added;
	bool is_named; /* the allow-list names the host in full */
	bool is_too_large;
	bool is_private; /* refused: the host's address is private */
	const FluxHttpRequest *request;
	MemoryContext context;
	char *body; /* grows in context */
	int64 body_size;
	int64 body_capacity;
	FluxHttpResponse response;
	int header_capacity;
	char error[CURL_ERROR_SIZE];
} HttpTransfer;

/* ---- who may be reached ---- */

typedef enum Permission
{
	PERMISSION_DENIED,
	PERMISSION_WILDCARD, /* by "*" or "*.domain": public addresses only */
	PERMISSION_NAMED
} Permission;

/* Does one entry of the allow-list fit the host and port? */
static Permission
match_entry(const char *entry, const char *host, const char *port)
{
	const char *colon = strrchr(entry, ':');
	char *entry_host = pstrdup(entry);

	if (colon != NULL && strchr(entry, ']') < colon)
	{
		if (strcmp(colon + 1, port) != 0)
			return PERMISSION_DENIED;
		entry_host[colon - entry] = '\0';
	}
	if (strcmp(entry_host, "*") == 0)
		return PERMISSION_WILDCARD;
	if (strncmp(entry_host, "*.", 2) == 0)
	{
		size_t suffix = strlen(entry_host) - 1;

		return strlen(host) > suffix &&
					   pg_strcasecmp(host + strlen(host) - suffix, entry_host + 1) == 0
				   ? PERMISSION_WILDCARD
				   : PERMISSION_DENIED;
	}
	return pg_strcasecmp(entry_host, host) == 0 ? PERMISSION_NAMED : PERMISSION_DENIED;
}

static Permission
permission_for(const char *host, const char *port)
{
	Permission best = PERMISSION_DENIED;
	char *list = pstrdup(flux_guc_http_allow != NULL ? flux_guc_http_allow : "");

	for (char *entry = strtok(list, ", \t"); entry != NULL; entry = strtok(NULL, ", \t"))
		best = Max(best, match_entry(entry, host, port));
	return best;
}

/* A part of a URL, palloc'd; NULL when it has none or is none. */
static char *
url_part(const char *url, CURLUPart part)
{
	CURLU *parsed = curl_url();
	char *text = NULL;
	char *copy = NULL;

	if (parsed != NULL && curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK &&
		curl_url_get(parsed, part, &text, CURLU_DEFAULT_PORT) == CURLUE_OK)
		copy = pstrdup(text);
	curl_free(text);
	curl_url_cleanup(parsed);
	return copy;
}

/* The URL as errors show it: scheme, host and path, where no secret stands. */
static char *
shown_url(const char *url)
{
	char *host = url_part(url, CURLUPART_HOST);

	if (host == NULL)
		return pnstrdup(url, strcspn(url, "?#@"));
	return psprintf("%s://%s%s", url_part(url, CURLUPART_SCHEME), host,
					url_part(url, CURLUPART_PATH));
}

/*
 * Checks a URL against the allow-list; true when its host is named in full.
 */
static bool
check_url(const FluxHttpRequest *request, const char *url)
{
	char *scheme = url_part(url, CURLUPART_SCHEME);
	char *host = url_part(url, CURLUPART_HOST);
	char *port = url_part(url, CURLUPART_PORT);
	Permission permission;

	if (scheme == NULL || host == NULL || port == NULL ||
		(strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0))
		flux_raise_full(ERRCODE_INVALID_PARAMETER_VALUE, request->source, request->span, NULL,
						"Only http:// and https:// URLs can be reached.", "invalid URL \"%s\"",
						shown_url(url));
	permission = permission_for(host, port);
	if (permission == PERMISSION_DENIED)
		flux_raise_full(ERRCODE_INSUFFICIENT_PRIVILEGE, request->source, request->span, NULL,
						"A superuser can add it to the setting fluxtask.http_allow.",
						"host \"%s\" is not allowed", host);
	return permission == PERMISSION_NAMED;
}

void
flux_http_check(const FluxHttpRequest *request)
{
	(void) check_url(request, request->url);
}

char *
flux_http_origin(const char *url)
{
	char *host = url_part(url, CURLUPART_HOST);

	return host == NULL ? ""
						: psprintf("%s://%s:%s", url_part(url, CURLUPART_SCHEME), host,
								   url_part(url, CURLUPART_PORT));
}

static bool
is_private_ipv4(uint32 address)
{
	return (address >> 24) == 0 || (address >> 24) == 10 || (address >> 24) == 127 ||
		   (address >> 20) == 0xAC1 || (address >> 16) == 0xC0A8 || (address >> 16) == 0xA9FE ||
		   (address >> 22) == (0x64400000 >> 22) || (address >> 28) >= 14;
}

static bool
is_private_ipv6(const struct in6_addr *address)
{
	const uint8 *bytes = address->s6_addr;

	if (IN6_IS_ADDR_V4MAPPED(address) || IN6_IS_ADDR_V4COMPAT(address))
		return is_private_ipv4((uint32) bytes[12] << 24 | bytes[13] << 16 | bytes[14] << 8 |
							   bytes[15]);
	return IN6_IS_ADDR_LOOPBACK(address) || IN6_IS_ADDR_UNSPECIFIED(address) ||
		   IN6_IS_ADDR_LINKLOCAL(address) || IN6_IS_ADDR_MULTICAST(address) ||
		   (bytes[0] & 0xFE) == 0xFC;
}

/* libcurl asks for a socket to the resolved address: the place to refuse. */
static curl_socket_t
open_socket(void *argument, curlsocktype purpose, struct curl_sockaddr *address)
{
	HttpTransfer *transfer = argument;
	bool is_private = true;

	if (address->family == AF_INET)
		is_private =
			is_private_ipv4(ntohl(((struct sockaddr_in *) &address->addr)->sin_addr.s_addr));
	else if (address->family == AF_INET6)
		is_private = is_private_ipv6(&((struct sockaddr_in6 *) &address->addr)->sin6_addr);
	if (is_private && !transfer->is_named)
	{
		transfer->is_private = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ---- receiving ---- */

static size_t
receive_body(char *data, size_t size, size_t count, void *argument)
{
	HttpTransfer *transfer = argument;
	int64 bytes = (int64) size * count;
	int64 needed = transfer->body_size + bytes;

	if (needed > (int64) flux_guc_http_response_max_kb * 1024)
	{
		transfer->is_too_large = true;
		return 0;
	}
	if (needed > transfer->body_capacity)
	{
		int64 capacity = Max(needed, transfer->body_capacity * 2);
		char *grown = MemoryContextAllocExtended(transfer->context, capacity,
												 MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM);

		if (grown == NULL)
			return 0;
		memcpy(grown, transfer->body, transfer->body_size);
		pfree(transfer->body);
		transfer->body = grown;
		transfer->body_capacity = capacity;
	}
	memcpy(transfer->body + transfer->body_size, data, bytes);
	transfer->body_size += bytes;
	return bytes;
}

#define HEADERS_MAX 200

/* Content-Type, however the server writes it (HTTP/2 has no capitals at all). */
static FluxText
copy_header_name(FluxText name)
{
	FluxText copy = flux_text_copy(name);
	char *letters = unconstify(char *, copy.data);

	for (int i = 0; i < copy.size; i++)
		letters[i] = i == 0 || letters[i - 1] == '-' ? pg_ascii_toupper((unsigned char) letters[i])
													 : pg_ascii_tolower((unsigned char) letters[i]);
	return copy;
}

static size_t
receive_header(char *data, size_t size, size_t count, void *argument)
{
	HttpTransfer *transfer = argument;
	FluxHttpResponse *response = &transfer->response;
	FluxText line = flux_text(data, (int32) (size * count));
	const char *colon;
	FluxHttpHeader header;
	int i;

	while (line.size > 0 && strchr("\r\n ", line.data[line.size - 1]) != NULL)
		line.size--;
	if (line.size >= 5 && memcmp(line.data, "HTTP/", 5) == 0)
		response->header_count = 0; /* a new response begins */
	colon = memchr(line.data, ':', line.size);
	if (colon == NULL || response->header_count >= HEADERS_MAX)
		return size * count;
	header.name = copy_header_name(flux_text(line.data, (int32) (colon - line.data)));
	header.value = flux_text(colon + 1, (int32) (line.data + line.size - colon - 1));
	while (header.value.size > 0 && header.value.data[0] == ' ')
		header.value = flux_text(header.value.data + 1, header.value.size - 1);

	for (i = 0; i < response->header_count; i++)
		if (flux_text_equal(response->headers[i].name, header.name))
			break;
	response->headers[i].name = header.name;
	response->headers[i].value = flux_text_copy(header.value);
	response->header_count = Max(response->header_count, i + 1);
	return size * count;
}

/* ---- one transfer ---- */

static void
free_transfer(void *argument)
{
	HttpTransfer *transfer = argument;

	if (transfer->is_added)
		curl_multi_remove_handle(transfer->multi, transfer->easy);
	if (transfer->easy != NULL)
		curl_easy_cleanup(transfer->easy);
	if (transfer->multi != NULL)
		curl_multi_cleanup(transfer->multi);
	curl_slist_free_all(transfer->headers);
	transfer->easy = NULL;
	transfer->multi = NULL;
	transfer->headers = NULL;
	transfer->is_added = false;
}

static HttpTransfer *
create_transfer(const FluxHttpRequest *request)
{
	static bool is_initialized = false;
	MemoryContextCallback *callback = palloc0(sizeof(MemoryContextCallback));
	HttpTransfer *transfer = palloc0(sizeof(HttpTransfer));

	if (!is_initialized && curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		elog(ERROR, "libcurl cannot be initialized");
	is_initialized = true;
	transfer->request = request;
	transfer->context = CurrentMemoryContext;
	transfer->response.headers = palloc(HEADERS_MAX * sizeof(FluxHttpHeader));
	transfer->body = palloc(1);
	callback->func = free_transfer;
	callback->arg = transfer;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, callback);
	transfer->multi = curl_multi_init();
	transfer->easy = curl_easy_init();
	if (transfer->multi == NULL || transfer->easy == NULL)
		ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
	return transfer;
}

static bool
is_credential(FluxText name)
{
	static const char *const names[] = {"authorization", "cookie", "x-api-key"};

	for (int i = 0; i < lengthof(names); i++)
		if (name.size == strlen(names[i]) && pg_strncasecmp(name.data, names[i], name.size) == 0)
			return true;
	return false;
}

/*
 * The headers to send, with or without those that name the sender.  Names and
 * values must not smuggle in lines of their own.
 */
static void
set_headers(HttpTransfer *transfer, const FluxHttpRequest *request, bool has_credentials)
{
	curl_slist_free_all(transfer->headers);
	transfer->headers = NULL;
	for (int i = 0; i < request->header_count; i++)
	{
		FluxHttpHeader header = request->headers[i];
		char *line = psprintf("%.*s: %.*s", header.name.size, header.name.data, header.value.size,
							  header.value.data);

		if (strpbrk(line, "\r\n") != NULL)
			flux_raise_at(ERRCODE_INVALID_PARAMETER_VALUE, request->source, request->span,
						  "HTTP header \"%.*s\" contains a line break", header.name.size,
						  header.name.data);
		if (!has_credentials && is_credential(header.name))
			continue;
		transfer->headers = curl_slist_append(transfer->headers, line);
	}
	/* libcurl would add these of its own accord. */
	transfer->headers = curl_slist_append(transfer->headers, "Expect:");
}

static void
set_options(HttpTransfer *transfer, const FluxHttpRequest *request, const char *url,
			int64 timeout_ms)
{
	CURL *easy = transfer->easy;

	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
	curl_easy_setopt(easy, CURLOPT_NOBODY, strcmp(request->method, "HEAD") == 0 ? 1L : 0L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long) timeout_ms);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "fluxtask");
	if (request->is_gzip_welcome)
		curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, receive_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
	if (request->skip_verify)
	{
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	if (request->has_body)
	{
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body.data);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) request->body.size);
	}
}

/* Drives the transfer to its end, answering interrupts. */
static CURLcode
drive(HttpTransfer *transfer)
{
	int running = 1;
	CURLMsg *message;
	int queued;

	curl_multi_add_handle(transfer->multi, transfer->easy);
	transfer->is_added = true;
	while (running > 0)
	{
		sigset_t all, saved;

		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, &saved);
		curl_multi_perform(transfer->multi, &running);
		pthread_sigmask(SIG_SETMASK, &saved, NULL);
		CHECK_FOR_INTERRUPTS();
		if (running > 0)
			curl_multi_poll(transfer->multi, NULL, 0, POLL_MS, NULL);
	}
	message = curl_multi_info_read(transfer->multi, &queued);
	curl_multi_remove_handle(transfer->multi, transfer->easy);
	transfer->is_added = false;
	return message != NULL ? message->data.result : CURLE_FAILED_INIT;
}

static void
raise_failure(HttpTransfer *transfer, CURLcode code, const char *url)
{
	FluxSourceText *source = transfer->request->source;
	FluxSpan span = transfer->request->span;

	if (transfer->is_private)
		flux_raise_full(ERRCODE_INSUFFICIENT_PRIVILEGE, source, span, NULL,
						"A superuser can name the host in full in fluxtask.http_allow.",
						"the address of \"%s\" is private", shown_url(url));
	if (transfer->is_too_large)
		flux_raise_full(ERRCODE_PROGRAM_LIMIT_EXCEEDED, source, span, NULL,
						"The limit is the setting fluxtask.http_response_max.",
						"HTTP response is larger than %d kB", flux_guc_http_response_max_kb);
	flux_raise_at(ERRCODE_CONNECTION_FAILURE, source, span, "HTTP request to \"%s\" failed: %s",
				  shown_url(url),
				  code == CURLE_COULDNT_RESOLVE_HOST ? "no such host"
				  : transfer->error[0] != '\0'       ? transfer->error
													 : curl_easy_strerror(code));
}

/* The URL to go on to, or NULL when the response is final. */
static char *
redirect_target(HttpTransfer *transfer)
{
	char *target = NULL;

	if (transfer->response.status < 300 || transfer->response.status > 399)
		return NULL;
	curl_easy_getinfo(transfer->easy, CURLINFO_REDIRECT_URL, &target);
	return target != NULL ? pstrdup(target) : NULL;
}

/* Is it the same scheme, host and port? */
static bool
is_same_origin(const char *url, const char *other)
{
	static const CURLUPart parts[] = {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT};

	for (int i = 0; i < lengthof(parts); i++)
	{
		char *part = url_part(url, parts[i]);
		char *other_part = url_part(other, parts[i]);

		if (part == NULL || other_part == NULL || pg_strcasecmp(part, other_part) != 0)
			return false;
	}
	return true;
}

static int64
elapsed_ns(instr_time begin)
{
	instr_time elapsed;

	INSTR_TIME_SET_CURRENT(elapsed);
	INSTR_TIME_SUBTRACT(elapsed, begin);
	return (int64) (INSTR_TIME_GET_DOUBLE(elapsed) * 1e9);
}

FluxHttpResponse
flux_http_perform(const FluxHttpRequest *request)
{
	FluxHttpRequest current = *request;
	HttpTransfer *transfer = create_transfer(request);
	const char *url = request->url;
	int64 timeout_ms = flux_guc_http_timeout_ms;
	instr_time begin;

	if (request->timeout_ms > 0)
		timeout_ms = Min(timeout_ms, request->timeout_ms);
	INSTR_TIME_SET_CURRENT(begin);
	for (int redirects = 0;; redirects++)
	{
		CURLcode code;
		long status;

		transfer->is_named = check_url(request, url);
		set_headers(transfer, &current, is_same_origin(url, request->url));
		set_options(transfer, &current, url,
					Max(timeout_ms - elapsed_ns(begin) / 1000000, 1)); /* 0 would be no limit */
		transfer->body_size = 0;
		code = drive(transfer);
		if (code != CURLE_OK)
			raise_failure(transfer, code, url);
		curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
		transfer->response.status = (int) status;

		if (redirects == REDIRECTS_MAX || (url = redirect_target(transfer)) == NULL)
			break;
		if (status != 307 && status != 308 && strcmp(current.method, "HEAD") != 0)
		{
			current.method = "GET"; /* as browsers do */
			current.has_body = false;
		}
		curl_easy_reset(transfer->easy);
	}
	transfer->response.elapsed_ns = elapsed_ns(begin);
	transfer->response.body = flux_text(transfer->body, (int32) transfer->body_size);
	free_transfer(transfer);
	return transfer->response;
}
