/* fetch.c: HTTP by libcurl. */
#include "app/fetch.h"

#include <stdlib.h>

#include "app/curl_library.h"

#define SECONDS 30L

struct fetch {
	struct curl_library lib;
	CURL *curl;
};

static size_t
take(char *at, size_t size, size_t n, void *arg)
{
	struct buf *to = arg;

	if (to->len + n * size <= FETCH_MAX)
		buf_put(to, (struct str){at, n * size});
	return to->failed ? 0 : n * size;
}

enum err
fetch_open(struct fetch **out, struct fault *f)
{
	struct fetch *h = calloc(1, sizeof *h);
	enum err e = h == NULL ? fault_set(f, ERR_MEMORY, "no memory to read addresses with")
	                       : curl_library_open(&h->lib, f);

	*out = h;
	if (e == ERR_NONE && (h->curl = h->lib.init()) != NULL &&
	    h->lib.setopt(h->curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	    h->lib.setopt(h->curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	    h->lib.setopt(h->curl, CURLOPT_CONNECTTIMEOUT, 5L) == CURLE_OK &&
	    h->lib.setopt(h->curl, CURLOPT_TIMEOUT, SECONDS) == CURLE_OK &&
	    h->lib.setopt(h->curl, CURLOPT_PATH_AS_IS, 1L) == CURLE_OK &&
	    h->lib.setopt(h->curl, CURLOPT_HEADERFUNCTION, take) == CURLE_OK &&
	    h->lib.setopt(h->curl, CURLOPT_WRITEFUNCTION, take) == CURLE_OK)
		return ERR_NONE;
	fetch_close(h);
	*out = NULL;
	return e != ERR_NONE ? e : fault_set(f, ERR_INTERNAL, "libcurl does not know our options");
}

void
fetch_close(struct fetch *h)
{
	if (h == NULL)
		return;
	if (h->curl != NULL)
		h->lib.cleanup(h->curl);
	free(h);
}

enum err
fetch_get(struct fetch *h, const char *url, const char *agent, struct fetch_answer *out, struct fault *f)
{
	char *type = NULL;
	CURLcode code = CURLE_OUT_OF_MEMORY;

	buf_clear(&out->head);
	buf_clear(&out->body);
	out->status = 0;
	if (h->lib.setopt(h->curl, CURLOPT_URL, url) == CURLE_OK &&
	    h->lib.setopt(h->curl, CURLOPT_USERAGENT, agent) == CURLE_OK &&
	    h->lib.setopt(h->curl, CURLOPT_HEADERDATA, &out->head) == CURLE_OK &&
	    h->lib.setopt(h->curl, CURLOPT_WRITEDATA, &out->body) == CURLE_OK)
		code = h->lib.perform(h->curl);
	if (code != CURLE_OK)
		return fault_set(f, ERR_BUSY, "%s: %s", url, h->lib.strerror(code));
	(void)h->lib.getinfo(h->curl, CURLINFO_RESPONSE_CODE, &out->status);
	(void)h->lib.getinfo(h->curl, CURLINFO_CONTENT_TYPE, &type);
	out->type = type == NULL ? "" : type;
	return ERR_NONE;
}
