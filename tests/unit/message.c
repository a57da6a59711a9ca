/* Mail as bytes: headers that cannot be broken out of, bodies that every mail server carries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "format/message.h"
#include "format/mime.h"
#include "format/plain.h"

static struct message
sample(void)
{
	return (struct message){.from_name = STR("Le Perron"),
	    .from = STR("contact@leperron.example"),
	    .to = STR("lea@example.org"),
	    .subject = STR("La lettre"),
	    .id = STR("00000001-abcdef"),
	    .at = 1780000000,
	    .text = STR("Bonjour"),
	    .html = STR("<p>Bonjour</p>")};
}

static void
ML2_a_whole_message_as_it_leaves(void **state)
{
	static const char golden[] =
	    "Date: Thu, 28 May 2026 20:26:40 +0000\r\n"
	    "From: =?UTF-8?Q?=C3=89ditions?= <contact@leperron.example>\r\n"
	    "To: <lea@example.org>\r\n"
	    "Subject: =?UTF-8?Q?L=C2=AB=E2=80=AF=C3=A9t=C3=A9?=\r\n"
	    "Message-ID: <00000001-abcdef@leperron.example>\r\n"
	    "List-Id: <idees.leperron.example>\r\n"
	    "List-Unsubscribe:\r\n "
	    "<https://leperron.example/newsletter/unsubscribe/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA>\r\n"
	    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
	    "Precedence: bulk\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: multipart/alternative; boundary=\"=_00000001-abcdef\"\r\n"
	    "\r\n"
	    "--=_00000001-abcdef\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n"
	    "\r\n"
	    "=C3=89t=C3=A9=20\r\n"
	    "=2E\r\n"
	    "=46rom here\r\n"
	    "--=_00000001-abcdef\r\n"
	    "Content-Type: text/html; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n"
	    "\r\n"
	    "<p class=3D\"a\">x</p>\r\n"
	    "--=_00000001-abcdef--\r\n";
	struct message m = sample();
	struct buf out = BUF_EMPTY;

	(void)state;
	m.from_name = STR("Éditions");
	m.subject = STR("L«\u202fété");
	m.text = STR("Été \n.\r\nFrom here");
	m.html = STR("<p class=\"a\">x</p>\n");
	m.list_id = STR("idees.leperron.example");
	m.unsubscribe = STR(
	    "https://leperron.example/newsletter/unsubscribe/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	assert_int_equal(message_write(&out, &m, NULL), ERR_NONE);
	buf_putc(&out, '\0');
	assert_string_equal(out.data, golden);
	buf_free(&out);
}

static void
ML1_only_addresses_are_addresses(void **state)
{
	static const struct str good[] = {STR_LITERAL("a@b.fr"),
	    STR_LITERAL("lea.martin+x@mairie-x.example.org"), STR_LITERAL("o'neil@x.ie"),
	    STR_LITERAL("a@xn--mairie-x.fr")};
	static const struct str bad[] = {STR_LITERAL(""), STR_LITERAL("a"), STR_LITERAL("a@b"),
	    STR_LITERAL("@b.fr"), STR_LITERAL("a@"), STR_LITERAL("a@b.fr\r\nRCPT TO:<c@d.fr>"),
	    STR_LITERAL("a@b.fr\n"), STR_LITERAL("a@b.fr>"), STR_LITERAL("<a@b.fr>"), STR_LITERAL("a\0@b.fr"),
	    STR_LITERAL("a@b.fr\0"), STR_LITERAL("a\x7f@b.fr"), STR_LITERAL("a b@c.fr"),
	    STR_LITERAL("a@b..fr"), STR_LITERAL(".a@b.fr"), STR_LITERAL("a.@b.fr"), STR_LITERAL("a@-b.fr"),
	    STR_LITERAL("a@b-.fr"), STR_LITERAL("a@b.fr."), STR_LITERAL("a@b@c.fr"),
	    STR_LITERAL("\"a\"@b.fr"), STR_LITERAL("a@[127.0.0.1]"), STR_LITERAL("é@b.fr"),
	    STR_LITERAL("a@é.fr"), STR_LITERAL("a,b@c.fr"), STR_LITERAL("a@b_c.fr")};
	char longest[260];

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(mime_address(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (mime_address(bad[i]))
			fail_msg("accepted: %.*s", (int)bad[i].len, bad[i].at);
	memset(longest, 'a', sizeof longest);
	memcpy(longest + 64, "@b.fr", 5);
	assert_true(mime_address((struct str){longest, 69}));
	memcpy(longest + 64, "a@b.f", 5);
	assert_false(mime_address((struct str){longest, 69}));
}

static void
ML2_no_header_can_be_broken_out_of(void **state)
{
	static const struct str evil[] = {STR_LITERAL("x\r\nBcc: all@example.org"),
	    STR_LITERAL("x\nBcc: a@b.fr"), STR_LITERAL("x\ry"), STR_LITERAL("x\0y"), STR_LITERAL("x\x1by"),
	    STR_LITERAL("x\x7fy"), STR_LITERAL("x\xffy"), STR_LITERAL("\xc3"), STR_LITERAL("x\ty")};
	struct buf out = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < sizeof evil / sizeof *evil; i++) {
		struct message subject = sample(), name = sample(), from = sample(), to = sample(),
		               list = sample();

		subject.subject = evil[i];
		name.from_name = evil[i];
		from.from = to.to = list.list_id = evil[i];
		list.unsubscribe = STR("https://x.example/u");
		assert_int_equal(message_write(&out, &subject, NULL), ERR_INVALID);
		assert_int_equal(message_write(&out, &name, NULL), ERR_INVALID);
		assert_int_equal(message_write(&out, &from, NULL), ERR_INVALID);
		assert_int_equal(message_write(&out, &to, NULL), ERR_INVALID);
		assert_int_equal(message_write(&out, &list, NULL), ERR_INVALID);
		assert_int_equal(out.len, 0);
	}
	buf_free(&out);
}

static void
U2_leaving_takes_one_https_address(void **state)
{
	static const struct str bad[] = {STR_LITERAL(""), STR_LITERAL("http://x.example/u"),
	    STR_LITERAL("mailto:a@b.fr"), STR_LITERAL("https://x.example/u> <https://y.example/"),
	    STR_LITERAL("https://x.example/a b"), STR_LITERAL("https://x.example/a,b")};
	struct buf out = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct message m = sample();

		m.list_id = STR("idees.example.org");
		m.unsubscribe = bad[i];
		assert_int_equal(message_write(&out, &m, NULL), ERR_INVALID);
	}
	buf_free(&out);
}

/* Every line: ended by CRLF, no bare CR or LF, at most so long. */
static void
check_lines(struct str s, size_t most)
{
	size_t column = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '\r') {
			assert_true(i + 1 < s.len && s.at[i + 1] == '\n');
			continue;
		}
		if (s.at[i] == '\n') {
			assert_true(i > 0 && s.at[i - 1] == '\r');
			column = 0;
			continue;
		}
		assert_true(++column <= most);
		assert_false((s.at[i] == '.') && column == 1);
	}
}

static void
ML3_every_line_ends_in_CRLF_and_none_begins_with_a_dot(void **state)
{
	static const struct str bodies[] = {STR_LITERAL("a\n.\nMAIL FROM:<x@y.fr>\n"), STR_LITERAL("a\r.\rb"),
	    STR_LITERAL("\r\n.\r\n"), STR_LITERAL("\n\n\n"), STR_LITERAL(""), STR_LITERAL("."),
	    STR_LITERAL("x \n\ty\t\n z ")};
	char text[2000];

	(void)state;
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		struct buf out = BUF_EMPTY;

		mime_quoted_printable(&out, bodies[i]);
		check_lines(buf_str(&out), 76);
		buf_free(&out);
	}
	for (size_t n = 0; n < 400; n++) {
		struct buf out = BUF_EMPTY;

		for (size_t i = 0; i < n; i++)
			text[i] = i % 7 == 3 ? '.' : i % 11 == 5 ? ' ' : i % 13 == 2 ? '\xc3' : 'F';
		mime_quoted_printable(&out, (struct str){text, n});
		check_lines(buf_str(&out), 76);
		buf_free(&out);
	}
}

static void
ML2_encoded_words_are_short_and_whole(void **state)
{
	static const char *const subjects[] = {"Été",
	    "« Chaque commune a son idée », dit la maire de Saint-Élophe, et nous l’avons suivie",
	    "plain words that are long enough to be folded over several lines because there are many of them "
	    "here",
	    "=?UTF-8?Q?fake?=",
	    "👩‍🚒👩‍🚒👩‍🚒👩‍🚒👩‍🚒👩‍🚒👩‍🚒👩‍🚒",
	    "a  b", "",
	    "averyveryveryveryveryveryveryveryveryveryveryveryveryveryveryverylongwordthatneverendsandgoesona"
	    "ndon"};

	(void)state;
	for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
		struct buf out = BUF_EMPTY;
		struct str rest, line;

		assert_true(mime_header_text(&out, "Subject", str_of(subjects[i])));
		check_lines(buf_str(&out), 76);
		rest = buf_str(&out);
		while (str_split(&rest, ' ', &line)) {
			size_t at = str_find(line, STR("=?UTF-8?Q?"));
			size_t end = str_find(line, STR("\r"));

			if (at == line.len)
				continue;
			assert_true(end - at <= 75);
			assert_true(str_ends(str_slice(line, at, end), STR("?=")));
		}
		buf_free(&out);
	}
}

static void
plain_text_of_our_own_html(void **state)
{
	static const char html[] = "<h2>Titre &amp; suite</h2>\n<p>Un <strong>mot</strong>, un <a "
	                           "href=\"https://x.example/a?b=1&amp;c\">lien</a>.</p>\n"
	                           "<ul>\n<li>un</li>\n<li>deux</li>\n</ul>\n<blockquote>\n<p>Cité</p>\n</"
	                           "blockquote><hr /><p>L&#39;eau &lt;claire&gt;</p>";
	struct buf out = BUF_EMPTY;

	(void)state;
	plain_from_html(&out, str_of(html));
	buf_putc(&out, '\0');
	assert_string_equal(out.data, "Titre & suite\n\nUn mot, un lien <https://x.example/a?b=1&c>.\n\n- "
	                              "un\n- deux\n\n> Cité\n\n* * *\n\nL'eau <claire>\n");
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ML2_a_whole_message_as_it_leaves),
	    cmocka_unit_test(ML1_only_addresses_are_addresses),
	    cmocka_unit_test(ML2_no_header_can_be_broken_out_of),
	    cmocka_unit_test(U2_leaving_takes_one_https_address),
	    cmocka_unit_test(ML3_every_line_ends_in_CRLF_and_none_begins_with_a_dot),
	    cmocka_unit_test(ML2_encoded_words_are_short_and_whole),
	    cmocka_unit_test(plain_text_of_our_own_html),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
