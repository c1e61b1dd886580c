import { setTimeout as pause } from 'node:timers/promises';

import type { Exchange, LiveClient } from './client';
import type { Findings } from './findings';
import { answerOf } from './freeChecks';
import type { WatchSettings } from './watch';

/** What the package itself sends to hosts of files. */
const BROWSER = 'Mozilla/5.0 (compatible; n8n-nodes-runcomfy)';
const PROGRAM = 'Python-urllib/3.12';
const MAX_TRIES = 5;

/** Fetches a file of a result: at which host, without the token, how soon, and for whom. */
export async function checkFile(
	client: LiveClient,
	url: string,
	findings: Findings,
	settings: WatchSettings,
): Promise<void> {
	const { protocol, hostname, origin } = new URL(url);
	const isRunComfy = protocol === 'https:' && /\.runcomfy\.(net|com)$/.test(hostname);
	// A simulator or a proxy serves files at its own address.
	const isConfigured = Object.values(client.urls).some((base) => new URL(base).origin === origin);
	findings.check('file-hosts', isRunComfy || isConfigured, origin);
	const first = await client.file(url, BROWSER);
	findings.check('file-at-once', first.status === 200, answerOf(first));
	const file = await fetchLate(client, url, first, settings);
	findings.check('file-without-token', file.status === 200, `${answerOf(file)}, ${file.bytes} bytes`);
	findings.measure('File', `${file.headers['content-type'] ?? 'no type'}, ${file.bytes} bytes`);
	if (file.status !== 200) return;
	const program = await client.file(url, PROGRAM);
	findings.check('file-agents', program.status === 200, `as ${PROGRAM}: ${answerOf(program)}`);
}

async function fetchLate(
	client: LiveClient,
	url: string,
	first: Exchange,
	{ pollMs, signal }: WatchSettings,
): Promise<Exchange> {
	let file = first;
	for (let tries = 1; tries < MAX_TRIES && file.status !== 200 && !signal.aborted; tries++) {
		await pause(pollMs, undefined, { signal }).catch(() => undefined);
		file = await client.file(url, BROWSER);
	}
	return file;
}
