/* fastcgi_record.h: an answer as FastCGI records (FastCGI specification 1.0, 3.3 and 5.3), sent without copying. */
#ifndef WEB_FASTCGI_RECORD_H
#define WEB_FASTCGI_RECORD_H

#include <stdbool.h>
#include <sys/uio.h>

/* STDOUT records of all parts, the empty one, END_REQUEST. False when the peer is gone or does not read in time. */
bool record_send_answer(int fd, int request_id, const struct iovec *parts, int n);

/* An answer for when there is no other. */
enum record_refusal { RECORD_BUSY, RECORD_FAILED };
struct iovec record_refusal(enum record_refusal which);

/* Fewer than size at the end of the input; SIZE_MAX when it cannot be read. */
size_t record_read_plain(int fd, char *bytes, size_t size);

/* The bytes alone, as a plain CGI program writes them. */
bool record_send_plain(int fd, const struct iovec *parts, int n);

#endif
