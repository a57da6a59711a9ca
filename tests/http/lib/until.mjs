// until.mjs: waiting for conditions, not for time.
import { setTimeout as pause } from 'node:timers/promises';

// Calls test() until it gives something true, and returns that; throws after ms. An error of test() counts as "not yet".
export async function until(what, test, ms = 10000) {
	const end = performance.now() + ms;
	let error;

	for (;;) {
		try {
			const got = await test();
			if (got) return got;
			error = undefined;
		} catch (e) {
			error = e;
		}
		if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`, { cause: error });
		await pause(10);
	}
}

// The promise's value, or an error after ms.
export async function within(what, ms, promise) {
	let timer;
	const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${what}`)), ms); });

	try {
		return await Promise.race([promise, late]);
	} finally {
		clearTimeout(timer);
	}
}
