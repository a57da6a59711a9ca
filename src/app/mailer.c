/* mailer.c: SMTP by libcurl. RFC 5321. */
#include "app/mailer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/curl_library.h"
#include "base/file.h"
#include "base/token.h"
#include "format/mime.h"

#define SECRET_BYTES 1000

/* Which command the last answer belongs to. */
enum phase { PHASE_HELLO, PHASE_SENDER, PHASE_RECIPIENT, PHASE_DATA };

struct mailer {
	struct curl_library lib;
	CURL *curl; /* NULL: files */
	const char *folder;
	char from[260];
	struct str message; /* what is left to send */
	enum phase phase;
	char reply[300]; /* the last answer */
};

/* What the server says. libcurl hands each line of SMTP over as a header. */
static size_t
take_reply(char *at, size_t size, size_t n, void *arg)
{
	struct mailer *m = arg;
	struct str line = str_trim((struct str){at, size * n});

	if (m->reply[0] == '4' || m->reply[0] == '5') /* what comes after a refusal is only the farewell */
		return size * n;
	(void)snprintf(m->reply, sizeof m->reply, STR_FMT, STR_ARG(str_slice(line, 0, sizeof m->reply - 1)));
	return size * n;
}

static size_t
give_message(char *to, size_t size, size_t n, void *arg)
{
	struct mailer *m = arg;
	size_t most = size * n < m->message.len ? size * n : m->message.len;

	memcpy(to, m->message.at, most);
	m->message = str_slice(m->message, most, m->message.len);
	return most;
}

static int
watch(CURL *curl, curl_infotype type, char *at, size_t n, void *arg)
{
	struct mailer *m = arg;
	struct str line = {at, n};

	(void)curl;
	if (type != CURLINFO_HEADER_OUT || str_starts(line, STR("QUIT")))
		return 0;
	if (str_starts(line, STR("MAIL FROM")))
		m->phase = PHASE_SENDER;
	else if (str_starts(line, STR("RCPT TO")))
		m->phase = PHASE_RECIPIENT;
	else if (str_starts(line, STR("DATA")))
		m->phase = PHASE_DATA;
	else
		m->phase = PHASE_HELLO;
	return 0;
}

/* Without TLS only to this machine: anything else would send addresses and codes through the open. */
static bool
is_loopback(struct str url)
{
	static const struct str hosts[] = {
	    STR_LITERAL("smtp://localhost"), STR_LITERAL("smtp://127.0.0.1"), STR_LITERAL("smtp://[::1]")};

	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
		if (str_starts(url, hosts[i]) &&
		    (url.len == hosts[i].len || url.at[hosts[i].len] == ':' || url.at[hosts[i].len] == '/'))
			return true;
	return false;
}

static enum err
check_settings(const struct config *cfg, struct fault *f)
{
	struct str url = str_of(cfg->mail_smtp_url), tls = str_of(cfg->mail_tls);

	if (!str_starts(url, STR("smtp://")) && !str_starts(url, STR("smtps://")))
		return fault_set(
		    f, ERR_INVALID, "[mail] smtp_url: write smtp://HOST:PORT or smtps://HOST:PORT");
	if (str_eq(tls, STR("no")) && !is_loopback(url))
		return fault_set(
		    f, ERR_INVALID, "[mail] tls: no is for a mail server on this machine only (localhost)");
	return ERR_NONE;
}

static enum err
set_login(struct mailer *m, const struct config *cfg, struct fault *f)
{
	struct arena a;
	struct str secret = STR_NONE;
	enum err e = ERR_NONE;

	if (cfg->mail_user[0] == '\0')
		return ERR_NONE;
	arena_init(&a, (size_t)1 << 16);
	if (cfg->mail_password_file[0] != '\0')
		e = file_read(&a, cfg->mail_password_file, SECRET_BYTES, &secret, f);
	secret = str_trim(secret);
	if (e == ERR_NONE) {
		char *text = arena_cstr(&a, secret);

		if (secret.len > 0)
			token_wipe((void *)(uintptr_t)secret.at, secret.len);
		if (text == NULL || m->lib.setopt(m->curl, CURLOPT_USERNAME, cfg->mail_user) != CURLE_OK ||
		    m->lib.setopt(m->curl, CURLOPT_PASSWORD, text) != CURLE_OK)
			e = fault_set(f, ERR_MEMORY, "no memory for the mailer");
		if (text != NULL)
			token_wipe(text, secret.len);
	}
	arena_free(&a);
	return e;
}

/* URL with the name we say hello with: the sender's domain. */
static bool
set_url(struct mailer *m, const struct config *cfg)
{
	char url[700];
	const char *domain = strchr(m->from, '@') + 1;
	size_t n = strlen(cfg->mail_smtp_url);

	while (n > 0 && cfg->mail_smtp_url[n - 1] == '/')
		n--;
	(void)snprintf(url, sizeof url, "%.*s/%s", (int)n, cfg->mail_smtp_url, domain);
	return m->lib.setopt(m->curl, CURLOPT_URL, url) == CURLE_OK;
}

static enum err
set_options(struct mailer *m, const struct config *cfg, struct fault *f)
{
	bool tls = str_eq(str_of(cfg->mail_tls), STR("yes"));
	CURL *c = m->curl;
	bool ok = set_url(m, cfg) && m->lib.setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps") == CURLE_OK &&
	          m->lib.setopt(c, CURLOPT_USE_SSL, tls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE) ==
	              CURLE_OK &&
	          m->lib.setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
	          m->lib.setopt(c, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
	          m->lib.setopt(c, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
	          (cfg->mail_ca_file[0] == '\0' ||
	              m->lib.setopt(c, CURLOPT_CAINFO, cfg->mail_ca_file) == CURLE_OK) &&
	          m->lib.setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	          m->lib.setopt(c, CURLOPT_PROXY, "") == CURLE_OK &&
	          m->lib.setopt(c, CURLOPT_CONNECTTIMEOUT, (long)cfg->mail_timeout_s) == CURLE_OK &&
	          m->lib.setopt(c, CURLOPT_TIMEOUT, (long)(2 * cfg->mail_timeout_s)) == CURLE_OK &&
	          m->lib.setopt(c, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)cfg->mail_timeout_s) == CURLE_OK &&
	          m->lib.setopt(c, CURLOPT_MAIL_FROM, m->from) == CURLE_OK &&
	          m->lib.setopt(c, CURLOPT_UPLOAD, 1L) == CURLE_OK &&
	          m->lib.setopt(c, CURLOPT_READFUNCTION, give_message) == CURLE_OK &&
	          m->lib.setopt(c, CURLOPT_READDATA, m) == CURLE_OK &&
	          m->lib.setopt(c, CURLOPT_HEADERFUNCTION, take_reply) == CURLE_OK &&
	          m->lib.setopt(c, CURLOPT_HEADERDATA, m) == CURLE_OK &&
	          m->lib.setopt(c, CURLOPT_VERBOSE, 1L) == CURLE_OK &&
	          m->lib.setopt(c, CURLOPT_DEBUGFUNCTION, watch) == CURLE_OK &&
	          m->lib.setopt(c, CURLOPT_DEBUGDATA, m) == CURLE_OK;

	return ok ? set_login(m, cfg, f) : fault_set(f, ERR_INTERNAL, "the mailer could not be set up");
}

static enum err
set_sender(struct mailer *m, const struct config *cfg, struct fault *f)
{
	const char *from = cfg->mail_from[0] != '\0' ? cfg->mail_from : cfg->site_contact;

	if (!mime_address(str_of(from)))
		return fault_set(f, ERR_INVALID,
		    "[mail] from: mail needs a sender, as redaction@example.org; [site] contact serves when "
		    "it is empty");
	(void)snprintf(m->from, sizeof m->from, "%s", from);
	return ERR_NONE;
}

static enum err
make_folder(const char *folder, struct fault *f)
{
	struct stat st;

	if (mkdir(folder, 0700) == 0)
		return ERR_NONE;
	if (errno == EEXIST && stat(folder, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return ERR_NONE;
		errno = ENOTDIR;
	}
	return fault_set(f, ERR_INTERNAL, "[mail] folder %s: %s", folder, strerror(errno));
}

enum err
mailer_start(struct fault *f)
{
	struct curl_library lib;

	return curl_library_open(&lib, f);
}

enum err
mailer_open(struct mailer **out, const struct config *cfg, struct fault *f)
{
	struct str transport = str_of(cfg->mail_transport);
	struct mailer *m = calloc(1, sizeof *m);
	enum err e = m == NULL ? fault_set(f, ERR_MEMORY, "no memory for the mailer") : set_sender(m, cfg, f);

	if (e == ERR_NONE && str_eq(transport, STR("file"))) {
		m->folder = cfg->mail_folder;
		e = make_folder(m->folder, f);
	} else if (e == ERR_NONE) {
		e = check_settings(cfg, f);
		if (e == ERR_NONE)
			e = curl_library_open(&m->lib, f);
		if (e == ERR_NONE && (m->curl = m->lib.init()) == NULL)
			e = fault_set(f, ERR_MEMORY, "no memory for the mailer");
		if (e == ERR_NONE)
			e = set_options(m, cfg, f);
	}
	if (e != ERR_NONE) {
		mailer_close(m);
		m = NULL;
	}
	*out = m;
	return e;
}

void
mailer_close(struct mailer *m)
{
	if (m == NULL)
		return;
	if (m->curl != NULL)
		m->lib.cleanup(m->curl);
	free(m);
}

struct str
mailer_from(const struct mailer *m)
{
	return str_of(m->from);
}

/* Written whole or not at all; a mail that is repeated after a crash takes the place of its first copy. */
static enum mailer_end
write_file(struct mailer *m, const char *name, struct str message, struct fault *reason)
{
	char path[4200];
	int n = snprintf(path, sizeof path, "%s/%s.eml", m->folder, name);

	if (n < 0 || (size_t)n >= sizeof path)
		return MAILER_REFUSED;
	return file_write(path, message, 0600, true, reason) == ERR_NONE ? MAILER_TAKEN : MAILER_AWAY;
}

/* RFC 5321 4.5.3.1.10: 552 to a recipient is a full mailbox, which may be emptied. 5.7.x (RFC 3463) is about us. */
static enum mailer_end
judge(const struct mailer *m, CURLcode code, long reply)
{
	if (code == CURLE_OK)
		return MAILER_TAKEN;
	if (code == CURLE_LOGIN_DENIED || code == CURLE_USE_SSL_FAILED || reply < 400 || reply > 599)
		return MAILER_AWAY;
	if (reply == 421 || m->phase == PHASE_HELLO)
		return MAILER_AWAY;
	if (reply < 500 || reply == 552)
		return MAILER_LATER;
	if (m->phase == PHASE_SENDER)
		return MAILER_AWAY;
	return m->phase == PHASE_DATA || reply == 530 || strstr(m->reply, " 5.7.") != NULL
	           ? MAILER_REFUSED
	           : MAILER_NO_ADDRESS;
}

enum mailer_end
mailer_send(struct mailer *m, struct str to, const char *name, struct str message, struct fault *reason)
{
	struct curl_slist *rcpt;
	char address[256];
	long reply = 0;
	CURLcode code;

	if (!mime_address(to)) {
		(void)fault_set(reason, ERR_INVALID, "not an address");
		return MAILER_REFUSED;
	}
	if (m->curl == NULL)
		return write_file(m, name, message, reason);
	(void)snprintf(address, sizeof address, STR_FMT, STR_ARG(to));
	rcpt = m->lib.slist_append(NULL, address);
	m->message = message;
	m->phase = PHASE_HELLO;
	m->reply[0] = '\0';
	if (rcpt == NULL || m->lib.setopt(m->curl, CURLOPT_MAIL_RCPT, rcpt) != CURLE_OK ||
	    m->lib.setopt(m->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)message.len) != CURLE_OK) {
		m->lib.slist_free_all(rcpt);
		return MAILER_AWAY;
	}
	code = m->lib.perform(m->curl);
	(void)m->lib.getinfo(m->curl, CURLINFO_RESPONSE_CODE, &reply);
	(void)m->lib.setopt(m->curl, CURLOPT_MAIL_RCPT, NULL);
	m->lib.slist_free_all(rcpt);
	(void)fault_set(
	    reason, ERR_NONE, "%s", m->reply[0] != '\0' && reply >= 400 ? m->reply : m->lib.strerror(code));
	return judge(m, code, reply);
}

static size_t
ignore_answer(char *at, size_t size, size_t n, void *arg)
{
	(void)at;
	(void)arg;
	return size * n;
}

enum err
mailer_post(const char *url, struct str form, struct fault *f)
{
	struct curl_library lib;
	enum err e = curl_library_open(&lib, f);
	CURL *c = e == ERR_NONE ? lib.init() : NULL;
	CURLcode code = CURLE_OUT_OF_MEMORY;
	long reply = 0;

	if (c == NULL)
		return e != ERR_NONE ? e : fault_set(f, ERR_MEMORY, "no memory to write to %s", url);
	if (lib.setopt(c, CURLOPT_URL, url) == CURLE_OK &&
	    lib.setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	    lib.setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)form.len) == CURLE_OK &&
	    lib.setopt(c, CURLOPT_COPYPOSTFIELDS, form.at) == CURLE_OK &&
	    lib.setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	    lib.setopt(c, CURLOPT_CONNECTTIMEOUT, 5L) == CURLE_OK &&
	    lib.setopt(c, CURLOPT_TIMEOUT, 10L) == CURLE_OK &&
	    lib.setopt(c, CURLOPT_WRITEFUNCTION, ignore_answer) == CURLE_OK)
		code = lib.perform(c);
	if (code == CURLE_OK)
		(void)lib.getinfo(c, CURLINFO_RESPONSE_CODE, &reply);
	lib.cleanup(c);
	if (code != CURLE_OK)
		return fault_set(f, ERR_BUSY, "%s: %s", url, lib.strerror(code));
	if (reply < 200 || reply > 299)
		return fault_set(f, ERR_BUSY, "%s: answered %ld", url, reply);
	return ERR_NONE;
}
