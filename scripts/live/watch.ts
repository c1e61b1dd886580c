import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

import { objectOf, type Api, type Exchange, type LiveClient } from './client';

const RUNNING = ['in_queue', 'in_progress'];
const ENDED = ['succeeded', 'failed', 'cancelled', 'canceled'];
/** Reads of a result that says `succeeded` and has no output yet. */
const MAX_LATE_READS = 20;
/** Reads in a row that may fail. */
const MAX_FAILED_READS = 30;

/** An accepted request. */
export interface LiveRequest {
	id: string;
	api: Api;
	/** Path of the request, without `/status` and the like. */
	path: string;
}

/** How long and how often to read. */
export interface WatchSettings {
	pollMs: number;
	/** After so long the request is left to itself. Milliseconds. */
	maxMs: number;
	/** Ends the watch: Ctrl+C. */
	signal: AbortSignal;
}

/** What was seen of a request from its submit to its end. */
export interface Observation {
	/** Each word of the status once, with the seconds after which it was first seen. */
	words: Array<{ word: string; afterSeconds: number }>;
	first: Exchange;
	/** The result that was read right after the first status. */
	early: Exchange;
	queuePositions: unknown[];
	/** The first result that told the end, and the one that the watch ended with. */
	firstFinal: Exchange | undefined;
	final: Exchange | undefined;
	/** From the first result that told the end to its output. Seconds. */
	outputAfterSeconds: number;
	/** Ids that answers gave besides the request's own. */
	foreignIds: string[];
}

/** Reads the status until the end, and then the result until it has its output. */
export async function watch(
	client: LiveClient,
	request: LiveRequest,
	settings: WatchSettings,
	report: (line: string) => void,
): Promise<Observation> {
	const startedAt = performance.now();
	const seconds = () => Math.round((performance.now() - startedAt) / 100) / 10;
	const readStatus = async () => await client.get(request.api, `${request.path}/status`);
	const readResult = async () => await client.get(request.api, `${request.path}/result?include_cost=true`);
	const seen: Observation = {
		words: [],
		first: await readStatus(),
		early: await readResult(),
		queuePositions: [],
		firstFinal: undefined,
		final: undefined,
		outputAfterSeconds: 0,
		foreignIds: [],
	};
	const note = (exchange: Exchange) => {
		const { request_id: id } = objectOf(exchange);
		if (exchange.status === 200 && id !== undefined && id !== request.id) seen.foreignIds.push(String(id));
	};
	note(seen.early);
	let failures = 0;
	let status = seen.first;
	while (!settings.signal.aborted && performance.now() - startedAt < settings.maxMs && failures < MAX_FAILED_READS) {
		note(status);
		const { status: word, queue_position: position } = objectOf(status);
		failures = typeof word === 'string' ? 0 : failures + 1;
		if (position !== undefined) seen.queuePositions.push(position);
		if (typeof word === 'string' && !seen.words.some((known) => known.word === word)) {
			seen.words.push({ word, afterSeconds: seconds() });
			report(`  ${seconds().toFixed(1).padStart(6)} s  ${word}`);
		}
		// Nobody documented other words, so that only the result can say what they mean.
		if (typeof word === 'string' && !RUNNING.includes(word)) {
			const result = await readResult();
			note(result);
			if (ENDED.includes(String(objectOf(result).status)) || word === 'completed') {
				await readOutput(result, seen, readResult, settings);
				return seen;
			}
		}
		await rest(settings);
		status = await readStatus();
	}
	return seen;
}

async function readOutput(
	first: Exchange,
	seen: Observation,
	readResult: () => Promise<Exchange>,
	settings: WatchSettings,
): Promise<void> {
	const endedAt = performance.now();
	seen.firstFinal = first;
	seen.final = first;
	for (let read = 0; read < MAX_LATE_READS && lacksOutput(seen.final); read++) {
		if (settings.signal.aborted) return;
		await rest(settings);
		seen.final = await readResult();
		seen.outputAfterSeconds = Math.round((performance.now() - endedAt) / 100) / 10;
	}
}

/** Whether a result is no result yet: not readable, unfinished, or without what it promises. */
function lacksOutput(result: Exchange): boolean {
	const { status, output, outputs } = objectOf(result);
	if (status === 'failed' || status === 'cancelled' || status === 'canceled') return false;
	return (output ?? outputs ?? null) === null;
}

async function rest({ pollMs, signal }: WatchSettings): Promise<void> {
	await pause(pollMs, undefined, { signal }).catch(() => undefined);
}
