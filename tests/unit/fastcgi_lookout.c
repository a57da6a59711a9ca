/* fastcgi_lookout.c: who is told of what arrives, with two turns taken by one thread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "web/fastcgi_lookout.h"

#define ITEMS 3

struct fixture {
	struct lookouts *l;
	struct lookout_item listening, items[ITEMS];
	struct lookout_turn one, two;
	int peers[ITEMS];
};

static void
start(struct fixture *x)
{
	const struct sockaddr_un any = {.sun_family = AF_UNIX};
	struct fault f = {""};

	*x = (struct fixture){.l = NULL};
	x->listening.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_true(x->listening.fd >= 0);
	assert_int_equal(bind(x->listening.fd, (const struct sockaddr *)&any, sizeof any.sun_family), 0);
	assert_int_equal(listen(x->listening.fd, 8), 0);
	assert_int_equal(lookouts_open(&x->l, 1, &x->listening, &f), ERR_NONE);
	for (int i = 0; i < ITEMS; i++) {
		int pair[2];

		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
		x->items[i].fd = pair[0];
		x->peers[i] = pair[1];
		assert_true(lookout_add(x->l, &x->items[i]));
	}
}

static void
end(struct fixture *x)
{
	lookouts_close(x->l);
	for (int i = 0; i < ITEMS; i++) {
		(void)close(x->items[i].fd);
		(void)close(x->peers[i]);
	}
	(void)close(x->listening.fd);
}

static void
say(struct fixture *x, int i)
{
	assert_int_equal(write(x->peers[i], "x", 1), 1);
}

static void
hear(struct fixture *x, struct lookout_turn *t, int i)
{
	char byte;

	assert_ptr_equal(lookout_next(x->l, t), &x->items[i]);
	assert_int_equal(read(x->items[i].fd, &byte, 1), 1);
}

static void
what_is_kept_is_told_again(void **state)
{
	struct fixture x;

	(void)state;
	start(&x);
	for (int n = 0; n < 3; n++) {
		say(&x, n % 2);
		hear(&x, &x.one, n % 2);
		assert_true(lookout_keep(x.l, &x.one, &x.items[n % 2]));
	}
	assert_true(atomic_load(&x.one.came_round));
	end(&x);
}

static void
who_leaves_is_replaced_and_keeps_what_he_serves(void **state)
{
	struct fixture x;

	(void)state;
	start(&x);
	say(&x, 0);
	say(&x, 1);
	hear(&x, &x.one, 0);
	lookout_leave(x.l, &x.one);
	lookout_leave(x.l, &x.one);
	say(&x, 0); /* nobody is told, for the first one has not done with it */
	hear(&x, &x.two, 1);
	assert_true(lookout_keep(x.l, &x.two, &x.items[1]));
	say(&x, 2);
	hear(&x, &x.two, 2);
	assert_true(lookout_keep(x.l, &x.one, &x.items[0]));
	assert_true(lookout_keep(x.l, &x.two, &x.items[2]));
	hear(&x, &x.two, 0);
	lookout_drop(x.l, &x.two, &x.items[0]);
	end(&x);
}

static void
who_does_not_come_back_is_relieved(void **state)
{
	struct fixture x;

	(void)state;
	start(&x);
	say(&x, 0);
	say(&x, 1);
	hear(&x, &x.one, 0);
	hear(&x, &x.two, 1); /* after a while */
	assert_true(lookout_keep(x.l, &x.two, &x.items[1]));
	assert_true(lookout_keep(x.l, &x.one, &x.items[0]));
	say(&x, 0);
	hear(&x, &x.two, 0);
	lookout_drop(x.l, &x.two, &x.items[0]);
	end(&x);
}

static void
what_is_lent_comes_back_from_anywhere(void **state)
{
	struct fixture x;

	(void)state;
	start(&x);
	say(&x, 0);
	hear(&x, &x.one, 0);
	lookout_lend(x.l, &x.one, &x.items[0]);
	say(&x, 0);
	say(&x, 1);
	hear(&x, &x.one, 1);
	assert_true(lookout_keep(x.l, &x.one, &x.items[1]));
	assert_true(lookout_keep(x.l, NULL, &x.items[0]));
	hear(&x, &x.one, 0);
	lookout_drop(x.l, &x.one, &x.items[0]);
	end(&x);
}

static void
at_the_end_what_has_arrived_is_told_and_no_more(void **state)
{
	struct fixture x;

	(void)state;
	start(&x);
	say(&x, 0);
	lookouts_stop(x.l);
	hear(&x, &x.one, 0);
	lookout_drop(x.l, &x.one, &x.items[0]);
	assert_null(lookout_next(x.l, &x.one));
	assert_null(lookout_next(x.l, &x.two));
	end(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_kept_is_told_again),
	    cmocka_unit_test(who_leaves_is_replaced_and_keeps_what_he_serves),
	    cmocka_unit_test(who_does_not_come_back_is_relieved),
	    cmocka_unit_test(what_is_lent_comes_back_from_anywhere),
	    cmocka_unit_test(at_the_end_what_has_arrived_is_told_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
