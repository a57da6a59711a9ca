/* mail_write.c: the bytes of a mail, from its row. */
#include "app/mail_write.h"

#include <stdio.h>

#include "base/clock.h"
#include "format/message.h"

void
mail_writer_close(struct mail_writer *w)
{
	letter_free(&w->letter);
	press_close(w->press);
	buf_free(&w->message);
}

void
mail_name(const struct mail_writer *w, const struct outbox_row *row, char out[MAIL_NAME + 1])
{
	char number[40], hash[TOKEN_HASH + 1];

	(void)snprintf(number, sizeof number, "%lld %lld", (long long)row->id, (long long)row->created_at);
	lasting_hash(&w->setup->lasting, "message", str_of(number), hash);
	(void)snprintf(out, MAIL_NAME + 1, "%08lld-%.16s", (long long)row->id, hash);
}

static enum err
write_letter(struct mail_writer *w, const struct outbox_row *row, struct message *m, struct fault *f)
{
	json_error_t error;
	json_t *data = json_loadb(row->data.at, row->data.len, JSON_REJECT_DUPLICATES, &error);
	char template[80];
	enum err e = ERR_INVALID;

	(void)snprintf(template, sizeof template, STR_FMT, STR_ARG(row->template));
	if (data == NULL)
		(void)fault_set(f, ERR_INVALID, "the data is no JSON object: %s", error.text);
	else
		e = letter_render(w->setup->templates, w->setup->common, template, data, &w->letter, f);
	json_decref(data);
	m->subject = str_trim(buf_str(&w->letter.subject));
	m->text = buf_str(&w->letter.text);
	m->html = buf_str(&w->letter.html);
	m->automatic = true;
	return e;
}

static enum err
write_issue(struct mail_writer *w, const struct outbox_row *row, struct message *m, struct fault *f)
{
	const struct setup *s = w->setup;
	struct press_sheet sheet = {.subject = STR_NONE};
	enum err e = ERR_NONE;

	if (w->press == NULL)
		e = press_open(&w->press, &s->config, s->templates, s->common, &s->lasting, f);
	if (e == ERR_NONE)
		e = press_print(w->press, row->issue_id, row->subscription_id, row->to, m->at, &sheet, f);
	if (e == ERR_DENIED)
		(void)fault_set(f, e, "the list is for subscribers, and this reader is none now");
	m->subject = sheet.subject;
	m->text = sheet.text;
	m->html = sheet.html;
	m->list_id = sheet.list_id;
	m->unsubscribe = sheet.unsubscribe;
	return e;
}

enum err
mail_write(
    struct mail_writer *w, const struct outbox_row *row, const char *id, struct str from, struct fault *f)
{
	const struct config *cfg = &w->setup->config;
	struct message m = {
	    .from_name = str_of(cfg->mail_from_name[0] != '\0' ? cfg->mail_from_name : cfg->site_name),
	    .from = from,
	    .to = row->to,
	    .id = str_of(id),
	    .at = clock_now()};
	enum err e;

	buf_clear(&w->message);
	e = row->kind == OUTBOX_NEWSLETTER ? write_issue(w, row, &m, f) : write_letter(w, row, &m, f);

	return e == ERR_NONE ? message_write(&w->message, &m, f) : e;
}
