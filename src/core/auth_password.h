/* auth_password.h: signing in by password. */
#ifndef CORE_AUTH_PASSWORD_H
#define CORE_AUTH_PASSWORD_H

#include "core/auth.h"
#include "core/password.h"
#include "core/throttle.h"

struct auth_guard {
	struct password_gate *gate;
	struct throttle *throttle;
};

/* ERR_DENIED: not this password, or none, or no such account: no difference in answer or work. ERR_BUSY: come again in
 * *wait_s seconds (LG2, LG3). */
enum err auth_enter_by_password(const struct auth_desk *d, const struct auth_guard *guard, struct str email,
    struct str password, struct auth_entry *out, int64_t *wait_s, struct fault *f);

#endif
