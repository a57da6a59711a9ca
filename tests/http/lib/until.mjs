// until.mjs: waiting for conditions, not for time.
import { setTimeout as pause } from 'node:timers/promises';

// What ends a wait that would never end. A hang is told by one long limit instead of many short ones: how long something
// takes says how busy the machine is.
export const HANG = 120000;

// Calls test() until it gives something true, and returns that; throws after ms. An error of test() counts as "not yet".
// A shorter limit is for what a requirement promises "within a second". The clock alone gives nothing up: what has to show
// gets as many looks as a machine with nothing else to do would take in that time.
export async function until(what, test, ms = HANG) {
	const end = performance.now() + ms, least = Math.min(100, ms / 10);
	let error;

	for (let looks = 1; ; looks++) {
		try {
			const got = await test();
			if (got) return got;
			error = undefined;
		} catch (e) {
			error = e;
		}
		if (looks >= least && performance.now() > end) throw new Error(`not within ${ms} ms and ${looks} looks: ${what}`, { cause: error });
		await pause(10);
	}
}

// The answer to a request that is asked again as long as it is to come again (Retry-After): for two seconds somebody else
// wrote to the database, or too many passwords waited. What is tested is what comes then.
export async function again(ask, statuses = [503]) {
	const end = performance.now() + HANG;

	for (;;) {
		const r = await ask();
		if (!statuses.includes(r.status) || r.headers['retry-after'] === undefined || performance.now() > end) return r;
		await pause(100);
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
