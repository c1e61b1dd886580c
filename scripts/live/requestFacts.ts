import { objectOf, type BaseUrls, type Exchange } from './client';
import type { Findings } from './findings';
import { answerOf } from './freeChecks';
import type { Observation } from './watch';

const DOCUMENTED_WORDS = ['in_queue', 'in_progress', 'completed', 'cancelled'];

/** What the answer to an accepted submit says. */
export function checkSubmit(exchange: Exchange, urls: BaseUrls, findings: Findings): void {
	findings.check('submit-status', exchange.status === 200, `HTTP ${exchange.status}`);
	findings.check('submit-body', true, 'accepted without a wrapper');
	const { status_url, result_url, cancel_url } = objectOf(exchange);
	const origins = [status_url, result_url, cancel_url].map((url) => originOf(url));
	findings.check(
		'submit-urls',
		origins.every((origin) => origin === new URL(urls.model).origin),
		[...new Set(origins.map((origin) => origin ?? 'none'))].join(', '),
	);
}

/** What status and result of a model request said until its end. */
export function checkObservation(seen: Observation, findings: Findings): void {
	const words = seen.words.map(({ word }) => word);
	findings.check('known-at-once', seen.first.status === 200, answerOf(seen.first));
	findings.check(
		'own-answer',
		seen.foreignIds.length === 0,
		`${seen.foreignIds.length} answers about other requests`,
	);
	if (words.length > 0)
		findings.check(
			'status-words',
			words.every((word) => DOCUMENTED_WORDS.includes(word)),
			words.join(', '),
		);
	const unfinished = objectOf(seen.early);
	if (seen.early.status !== 200 || ['in_queue', 'in_progress'].includes(String(unfinished.status)))
		findings.check('result-before-end', seen.early.status === 200, answerOf(seen.early));
	const positions = seen.queuePositions;
	if (positions.length > 0) {
		findings.check('queue-position', positions.every(isWhole), `${positions.length} positions`);
		findings.check(
			'plain-numbers',
			positions.every((value) => typeof value === 'number'),
			'queue_position',
		);
	}
	if (seen.firstFinal && seen.final) checkResult(seen.firstFinal, seen.final, seen, findings);
}

function checkResult(first: Exchange, final: Exchange, seen: Observation, findings: Findings): void {
	findings.check('valid-json', first.json !== undefined, first.json === undefined ? 'not JSON' : 'JSON');
	const { status, output, cost } = objectOf(final);
	const { status: firstStatus, output: firstOutput } = objectOf(first);
	if (firstStatus === 'succeeded') {
		const isThere = (firstOutput ?? null) !== null;
		findings.check('output-at-once', isThere, isThere ? 'at once' : `after ${seen.outputAfterSeconds} s`);
	}
	if (status === 'succeeded') checkOutputKeys(output, findings);
	const costSeen = objectOf(first).cost;
	if (cost !== undefined) findings.check('plain-numbers', typeof cost === 'number', `cost is a ${typeof cost}`);
	if (status === 'failed') {
		if (seen.words.some(({ word }) => word === 'completed'))
			findings.check('completed-may-fail', true, 'completed, and the result says failed');
		if (cost !== undefined) findings.check('failed-free', Number(cost) === 0, `failed, cost ${String(cost)}`);
	}
	if (status === 'succeeded')
		findings.check(
			'cost',
			costSeen !== undefined,
			costSeen === undefined ? `first result without cost; later ${String(cost)}` : `${String(costSeen)} USD`,
		);
}

function checkOutputKeys(output: unknown, findings: Findings): void {
	const isObject = typeof output === 'object' && output !== null && !Array.isArray(output);
	findings.check('output-keys', isObject, isObject ? `keys: ${Object.keys(output).join(', ')}` : typeof output);
}

/** All URLs of an output, in their order. */
export function urlsIn(value: unknown): string[] {
	const found = JSON.stringify(value ?? null).match(/https?:\/\/[^"\\\s]+/g) ?? [];
	return [...new Set(found)];
}

/** The cost of a result in USD, also where it is written as text. */
export function costOf(result: Exchange | undefined): number | undefined {
	const { cost } = result ? objectOf(result) : {};
	const number = cost === undefined || cost === null ? NaN : Number(cost);
	return Number.isFinite(number) ? number : undefined;
}

const isWhole = (value: unknown) => Number.isInteger(Number(value));
const originOf = (url: unknown) => (typeof url === 'string' && URL.canParse(url) ? new URL(url).origin : undefined);
