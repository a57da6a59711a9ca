/* sandbox.c: process-wide restrictions. */
#include "app/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* LeakSanitizer looks into the process as a debugger does. */
#ifdef POTERNE_SANITIZED
#define DUMPABLE 1
#else
#define DUMPABLE 0
#endif

enum err
sandbox_enter(struct fault *f)
{
	const struct rlimit none = {0, 0};

	(void)umask(0077);
	if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, DUMPABLE, 0, 0, 0) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return fault_set(f, ERR_INTERNAL, "sandbox: %s", strerror(errno));
	return ERR_NONE;
}

#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define MACHINE AUDIT_ARCH_AARCH64
#endif

#ifdef MACHINE
#define REFUSE BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES)
#define WITHOUT(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), REFUSE

/* seccomp(2). Calls that open, start, reach or change something beyond what the process holds. */
static const struct sock_filter sealed[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 1, 0), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
#ifdef __x86_64__
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1), /* the numbers of the x32 interface */
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS), WITHOUT(open), WITHOUT(creat), WITHOUT(fork),
    WITHOUT(vfork), WITHOUT(unlink), WITHOUT(rename), WITHOUT(link), WITHOUT(symlink), WITHOUT(mkdir),
    WITHOUT(chmod), WITHOUT(chown),
#endif
    WITHOUT(openat), WITHOUT(openat2), WITHOUT(open_by_handle_at), WITHOUT(execve), WITHOUT(execveat),
    WITHOUT(socket), WITHOUT(socketpair), WITHOUT(connect), WITHOUT(bind), WITHOUT(sendto), WITHOUT(sendmsg),
    WITHOUT(sendmmsg), WITHOUT(ptrace), WITHOUT(process_vm_readv), WITHOUT(process_vm_writev),
    WITHOUT(pidfd_open), WITHOUT(pidfd_getfd), WITHOUT(kill), WITHOUT(unlinkat), WITHOUT(renameat2),
    WITHOUT(linkat), WITHOUT(symlinkat), WITHOUT(mkdirat), WITHOUT(fchmodat), WITHOUT(fchownat),
    WITHOUT(truncate), WITHOUT(mount), WITHOUT(bpf), WITHOUT(io_uring_setup), WITHOUT(perf_event_open),
    WITHOUT(keyctl), WITHOUT(userfaultfd), WITHOUT(memfd_create),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
#endif

enum err
sandbox_seal(struct fault *f)
{
#ifdef MACHINE
	const struct sock_fprog program = {
	    sizeof sealed / sizeof *sealed, (struct sock_filter *)(uintptr_t)sealed};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0)
		return fault_set(f, ERR_INTERNAL, "sandbox: %s", strerror(errno));
#endif
	return ERR_NONE;
}
