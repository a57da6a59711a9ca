// verdict.cjs: what the end of a test program means.
'use strict';

// A busy machine does none of these: a sanitizer has spoken, or something crashed.
const grave = /ERROR: AddressSanitizer|LeakSanitizer|WARNING: ThreadSanitizer|runtime error:|\bSIG(?:SEGV|ABRT|BUS|FPE|ILL)\b|Test failed with exception|(?:exit|ended with) 99\b/;

// { passed, skipped: numbers, failed: [{ name, reason }], grave: failed in a way that is believed at once }. A program
// that crashes, hangs or says less than it planned counts as one failure more.
function judge({ cases, planned, seen, code, signal, late, output }, hung) {
	const count = (what) => cases.filter((c) => c.result === what).length;
	const failed = cases.filter((c) => c.result === 'failed').map(({ name, reason }) => ({ name, reason }));
	const reason = late ? `did not end within ${hung} s` : signal ? `ended by ${signal}` : code !== 0 && failed.length === 0 ? `exit ${code}`
		: cases.length === 0 ? 'no case ran' : seen < planned ? `${seen} of ${planned} cases ran` : undefined;

	if (reason) failed.push({ name: '(the program)', reason });
	return { passed: count('passed'), skipped: count('skipped'), failed,
		grave: failed.length > 0 && (code === 99 || grave.test(`${signal ?? ''}\n${output}`)) };
}

module.exports = { judge };
