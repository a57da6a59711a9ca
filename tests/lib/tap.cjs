// tap.cjs: reads the Test Anything Protocol as node and cmocka write it.
'use strict';

// What an error says of itself, on one line: node's "error:" in the YAML below its case, cmocka's first comment.
function reasonIn(lines) {
	const at = lines.findIndex((line) => /^ *error: /.test(line));
	const said = at < 0 ? lines.find((line) => /^ *# \S/.test(line)) ?? ''
		: /: [|>]-?$/.test(lines[at]) ? lines.slice(at + 1).find((line) => line.trim() !== '') ?? '' : lines[at].replace(/^ *error: /, '');

	return said.trim().replace(/^# |^'|'$/g, '').slice(0, 160);
}

// Leaves of TAP, nested ones too: a parent that fails although no child did has failed by itself.
// { cases: [{ name, result, reason }], planned, seen }; the last two are of the outermost level.
function readTap(text) {
	const cases = [], children = [], failedChildren = [], plans = [];
	let yaml = false, below = [];

	for (const line of text.split('\n')) {
		const plan = /^( *)1\.\.(\d+)/.exec(line);
		if (/^ *---$/.test(line)) yaml = true;
		else if (/^ *\.\.\.$/.test(line)) yaml = false;
		if (!yaml && plan && plan[1] === '') plans.push(Number(plan[2]));
		const m = yaml ? null : /^( *)(not ok|ok) (\d+)(?: - | )?(.*)$/.exec(line);
		if (!m) {
			below.push(line);
			continue;
		}
		const depth = m[1].length / 4, inner = children[depth + 1] || 0, innerFailed = failedChildren[depth + 1] || 0;
		const skip = /(?:^| )# (?:SKIP|TODO)\b/i.exec(m[4]), failed = m[2] === 'not ok' && !skip;
		below = [];
		children[depth + 1] = failedChildren[depth + 1] = 0;
		children[depth] = (children[depth] || 0) + 1;
		failedChildren[depth] = (failedChildren[depth] || 0) + (failed ? 1 : 0);
		if (inner === 0 || (failed && innerFailed === 0)) cases.push({ name: m[4], result: failed ? 'failed' : skip ? 'skipped' : 'passed', below });
	}
	return { cases: cases.map(({ below: lines, ...c }) => (c.result === 'failed' ? { ...c, reason: reasonIn(lines) } : c)),
		planned: plans.reduce((a, b) => a + b, 0), seen: children[0] || 0 };
}

module.exports = { readTap };
