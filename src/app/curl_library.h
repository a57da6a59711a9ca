/* curl_library.h: libcurl, opened by whoever speaks to other servers. The daemon never does: without libcurl and what that
 * brings along it is megabytes smaller, and there is no TLS code in the process that readers talk to. */
#ifndef APP_CURL_LIBRARY_H
#define APP_CURL_LIBRARY_H

#include <curl/curl.h>

#include "base/err.h"

/* The functions that we use, as libcurl's manual has them under curl_easy_… and curl_slist_… */
struct curl_library {
	CURL *(*init)(void);
	void (*cleanup)(CURL *curl);
	CURLcode (*setopt)(CURL *curl, CURLoption option, ...);
	CURLcode (*getinfo)(CURL *curl, CURLINFO info, ...);
	CURLcode (*perform)(CURL *curl);
	const char *(*strerror)(CURLcode code);
	struct curl_slist *(*slist_append)(struct curl_slist *list, const char *text);
	void (*slist_free_all)(struct curl_slist *list);
};

/* Opened for the life of the process, however often it is asked for. ERR_INTERNAL: libcurl.so.4 is missing, or too old. */
enum err curl_library_open(struct curl_library *out, struct fault *f);

#endif
