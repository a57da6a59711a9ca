// workers.mjs: a few at a time.

// Calls one(item, n) for each item, `count` at once; n is the number of the worker.
export async function together(items, count, one) {
	const queue = [...items];

	await Promise.all(Array.from({ length: count }, async (_, n) => {
		for (let item = queue.shift(); item !== undefined; item = queue.shift()) await one(item, n);
	}));
}
