/* Any bytes as the parts of a mail: refused, or a message with exactly our headers, CRLF only, no line too long. */
#include <stdlib.h>
#include <string.h>

#include "format/message.h"
#include "format/mime.h"
#include "format/plain.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const char *const names[] = {"Date: ", "From: ", "To: ", "Subject: ", "Message-ID: ", "List-Id:",
    "List-Unsubscribe:", "List-Unsubscribe-Post: ", "Precedence: ", "MIME-Version: ", "Content-Type: "};

static void
check_head(struct str head)
{
	struct str line;
	size_t at = 0;

	while (str_split(&head, '\n', &line)) {
		size_t i = 0;

		if (line.len == 0 || line.at[0] == ' ')
			continue;
		for (i = at; i < sizeof names / sizeof *names && !str_starts(line, str_of(names[i])); i++)
			;
		if (i == sizeof names / sizeof *names)
			abort();
		at = i + 1;
	}
}

static void
check_lines(struct str s)
{
	size_t column = 0;

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if (c >= 0x80 || c == 0)
			abort();
		if (c == '\r' && (i + 1 == s.len || s.at[i + 1] != '\n'))
			abort();
		if (c == '\n' && (i == 0 || s.at[i - 1] != '\r'))
			abort();
		if (c == '.' && column == 0)
			abort();
		column = c == '\n' ? 0 : column + 1;
		if (column > 999)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str rest = {(const char *)bytes, n}, parts[6] = {{NULL, 0}};
	struct buf out = BUF_EMPTY, plain = BUF_EMPTY;
	struct message m;

	for (size_t i = 0; i < 6; i++)
		if (!str_split(&rest, '\1', &parts[i]))
			parts[i] = STR_NONE;
	m = (struct message){.from = STR("a@example.org"),
	    .from_name = parts[0],
	    .to = parts[1].len > 0 ? parts[1] : STR("b@example.org"),
	    .subject = parts[2],
	    .id = STR("0123456789"),
	    .at = 1780000000,
	    .text = parts[3],
	    .html = parts[4],
	    .list_id = parts[5].len > 0 ? STR("l.example.org") : STR_NONE,
	    .unsubscribe = parts[5]};
	if (message_write(&out, &m, NULL) == ERR_NONE) {
		check_lines(buf_str(&out));
		check_head(str_slice(buf_str(&out), 0, str_find(buf_str(&out), STR("\r\n\r\n"))));
	} else if (out.len != 0) {
		abort();
	}
	plain_from_html(&plain, parts[4]);
	buf_free(&plain);
	buf_free(&out);
	return 0;
}
