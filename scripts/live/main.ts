/** `npm run check:live`: tries the facts of docs/facts.md against RunComfy, and writes a report. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { readSettings } from './arguments';
import { runCheck } from './runCheck';

const PROJECT = resolve(__dirname, '..', '..');
const IMAGE = join(PROJECT, 'test', 'simulator', 'media', 'input-1280x720.jpg');
const POLL_MS = 1_000;
const MAX_MODEL_MS = 10 * 60_000;
const MAX_DEPLOYMENT_MS = 40 * 60_000;

async function main(): Promise<number> {
	const settings = readSettings(process.argv.slice(2), process.env);
	// Checked before anything is paid: what was learned would be lost otherwise.
	mkdirSync(dirname(resolve(PROJECT, settings.reportFile)), { recursive: true });
	writeFileSync(resolve(PROJECT, settings.reportFile), "The check hasn't finished yet.\n");
	const stop = new AbortController();
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
	const { signal } = stop;
	const { report, findings, problem } = await runCheck(settings, {
		image: `data:image/jpeg;base64,${readFileSync(IMAGE).toString('base64')}`,
		watch: {
			model: { pollMs: POLL_MS, maxMs: MAX_MODEL_MS, signal },
			deployment: { pollMs: POLL_MS, maxMs: MAX_DEPLOYMENT_MS, signal },
		},
		print: (line) => console.log(line),
	});
	writeFileSync(resolve(PROJECT, settings.reportFile), report);
	for (const { id, text } of findings.facts) {
		const finding = findings.of(id);
		if (finding?.verdict === 'contradicted') console.log(`Contradicted  ${id}: ${text}. Seen: ${finding.seen}`);
	}
	console.log(`Report     ${settings.reportFile}`);
	if (problem !== undefined) console.error(problem);
	return problem === undefined && !signal.aborted ? 0 : 1;
}

main().then(
	(code) => process.exit(code),
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exit(1);
	},
);
