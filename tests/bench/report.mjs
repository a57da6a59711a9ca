// report.mjs: what was measured as a table, as JSON and as a chart.

const whole = (n) => Math.round(n).toLocaleString('en').replaceAll(',', ' ');
const right = (text, width) => String(text).padStart(width);

export function table(rows) {
	const lines = [['', 'req/s', 'reference', 'ratio', 'goal', 'daemon µs', 'ref. µs', 'nginx µs', 'ref. µs', 'p99 µs']];
	for (const r of rows)
		lines.push([r.name, whole(r.subject.rate), whole(r.reference.rate), r.ratio.toFixed(2), r.goal === null ? '-' : r.goal.toFixed(2),
			r.subject.behind.toFixed(1), r.reference.behind.toFixed(1), r.subject.front.toFixed(1), r.reference.front.toFixed(1),
			whole(r.subject.p99)]);
	const widths = lines[0].map((_, i) => Math.max(...lines.map((line) => line[i].length)));
	return lines.map((line) => line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : right(cell, widths[i]))).join('  ')).join('\n');
}

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

// A bar a subject: its ratio to the reference, the goal as a tick.
export function chart(rows, subtitle) {
	const left = 330, unit = 260, step = 30, top = 64;
	const width = left + Math.ceil(Math.max(1.3, ...rows.map((r) => r.ratio)) * unit) + 70, height = top + rows.length * step + 30;
	const bars = rows.map((r, i) => {
		const y = top + i * step, met = r.goal === null || r.ratio >= r.goal;
		return `<text x="${left - 10}" y="${y + 14}" text-anchor="end">${escape(r.name)}</text>`
			+ `<rect x="${left}" y="${y}" width="${(r.ratio * unit).toFixed(1)}" height="18" fill="${met ? '#2f6f4f' : '#b3541e'}"/>`
			+ (r.goal === null ? '' : `<rect x="${(left + r.goal * unit - 1).toFixed(1)}" y="${y - 4}" width="2" height="26" fill="#111"/>`)
			+ `<text x="${(left + r.ratio * unit + 6).toFixed(1)}" y="${y + 14}">${r.ratio.toFixed(2)}</text>`;
	});
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" `
		+ `font-family="system-ui, sans-serif" font-size="13"><rect width="100%" height="100%" fill="#fff"/>`
		+ `<text x="20" y="26" font-size="17" font-weight="600">Throughput beside the reference (1.00 = as fast)</text>`
		+ `<text x="20" y="46" fill="#555">${escape(subtitle)}</text>${bars.join('')}</svg>\n`;
}
