/* curl_library.c: libcurl's functions, looked up by name. */
#include "app/curl_library.h"

#include "app/late_library.h"

enum err
curl_library_open(struct curl_library *out, struct fault *f)
{
	CURLcode (*start)(long) = NULL;
	void *at = late_library_open("libcurl.so.4");

	if (at == NULL || !late_library_find(at, "curl_global_init", &start) ||
	    !late_library_find(at, "curl_easy_init", &out->init) ||
	    !late_library_find(at, "curl_easy_cleanup", &out->cleanup) ||
	    !late_library_find(at, "curl_easy_setopt", &out->setopt) ||
	    !late_library_find(at, "curl_easy_getinfo", &out->getinfo) ||
	    !late_library_find(at, "curl_easy_perform", &out->perform) ||
	    !late_library_find(at, "curl_easy_strerror", &out->strerror) ||
	    !late_library_find(at, "curl_slist_append", &out->slist_append) ||
	    !late_library_find(at, "curl_slist_free_all", &out->slist_free_all))
		return fault_set(f, ERR_INTERNAL, "libcurl.so.4 is missing (Debian's package libcurl4)");
	return start(CURL_GLOBAL_ALL) == CURLE_OK
	           ? ERR_NONE
	           : fault_set(f, ERR_INTERNAL, "libcurl could not be started");
}
