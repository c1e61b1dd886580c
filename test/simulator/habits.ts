import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

import type { FaultAction, PlannedAnswer } from './faults';

/** What services, proxies and caches of the world do besides answering. Each is off unless it is switched on. */
export interface Habits {
	/** So many reads of a new request are answered with 404: its replicas do not know it yet. */
	unseenReads?: number;
	/** So many results of a finished request say `succeeded` and have no output yet. */
	lateOutputs?: number;
	/** So many reads of a new file are answered with this status. */
	lateFiles?: { reads: number; status: 403 | 404 | 503 };
	/** Words that nobody documented, in place of the status's own. */
	statusWords?: Record<string, string>;
	/** Numbers come as texts, and whole ones of the output have 20 digits. */
	oddNumbers?: boolean;
	/** `NaN` and `Infinity` stand in the JSON of results. */
	noNumbers?: boolean;
	/** Bodies are compressed, whatever was asked for. */
	compression?: 'gzip' | 'br' | 'deflate';
	/** JSON begins with a byte order mark. */
	byteOrderMark?: boolean;
	/** A cancel is only promised, or is said to have worked while the request goes on. */
	looseCancel?: 'promised' | 'claimed';
	/** Every so manieth read is answered with what belongs to another request. */
	mixedUpEvery?: number;
	/** Every so manieth read meets one of these answers of a proxy in front. */
	proxyEvery?: number;
}

/** What proxies, gateways and login pages answer in place of the service. */
export const PROXY_ANSWERS: readonly FaultAction[] = [
	{ type: 'answer', status: 401, body: '{"message":"Invalid API key"}' },
	{ type: 'answer', status: 403, body: '<html><h1>Forbidden</h1></html>' },
	{ type: 'answer', status: 407, body: '<html><h1>Proxy Authentication Required</h1></html>' },
	{ type: 'answer', status: 429, headers: { 'retry-after': '3600' }, body: '{}' },
	{ type: 'answer', status: 502, body: '<html><h1>Bad Gateway</h1></html>' },
	{ type: 'answer', status: 504, body: '' },
	{ type: 'answer', status: 302, headers: { location: 'https://example.com/login' }, body: '' },
	{ type: 'answer', status: 200, body: '<!doctype html><h1>Maintenance</h1>' },
	{ type: 'answer', status: 200, body: '' },
	{ type: 'drip', pieces: 100, everyMs: 2_000 },
];

/** Counts what habits have to know of earlier calls, and says how the next one goes. */
export class HabitMemory {
	private readonly counts = new Map<string, number>();

	/** @returns whether this is one of the first `times` calls of that name */
	isAmongFirst(name: string, times: number): boolean {
		const count = (this.counts.get(name) ?? 0) + 1;
		this.counts.set(name, count);
		return count <= times;
	}

	/** @returns the count of the call where it is one of every `every`, else 0 */
	isEvery(name: string, every: number): number {
		const count = (this.counts.get(name) ?? 0) + 1;
		this.counts.set(name, count);
		return count % every === 0 ? count : 0;
	}

	clear(): void {
		this.counts.clear();
	}
}

/** Writes an answer about a request the way a service with these habits does. */
export function withHabits(
	habits: Habits,
	endpoint: 'status' | 'result' | 'cancel',
	sent: Record<string, unknown>,
): string {
	const answer: Record<string, unknown> = { ...sent };
	const word = habits.statusWords?.[String(answer.status)];
	if (word !== undefined) answer.status = word;
	if (habits.oddNumbers) {
		if (typeof answer.cost === 'number') answer.cost = String(answer.cost);
		if (typeof answer.queue_position === 'number') answer.queue_position = String(answer.queue_position);
	}
	const text = JSON.stringify(answer);
	if (endpoint !== 'result') return text;
	const extras = [
		...(habits.oddNumbers ? ['"seed":18446744073709551615'] : []),
		...(habits.noNumbers ? ['"score":NaN', '"max":-Infinity'] : []),
	];
	return extras.length > 0 ? `{${extras.join(',')},${text.slice(1)}` : text;
}

/** The bytes of an answer, as they go over the line. */
export function encoded(habits: Habits, answer: PlannedAnswer): PlannedAnswer {
	const isJson = (answer.headers['content-type'] ?? '').includes('json');
	const body = habits.byteOrderMark && isJson ? Buffer.concat([Buffer.from('\ufeff'), answer.body]) : answer.body;
	if (habits.compression === undefined || !isJson) return { ...answer, body };
	const compress = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync }[habits.compression];
	return { ...answer, headers: { ...answer.headers, 'content-encoding': habits.compression }, body: compress(body) };
}
