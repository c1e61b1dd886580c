import type { IDataObject } from 'n8n-workflow';

import type { OutputItem } from './runItems';

/** What a run of several items did, in one sentence for its hint. */
interface Counts {
	requests: number;
	succeeded: number;
	failed: number;
	running: number;
	submitted: number;
	reused: number;
	/** USD. */
	cost: number;
	withCost: number;
	/** Requests that may have cost something: not those that were reused, or submitted again because they failed for free. */
	chargeable: number;
}

/**
 * Summarizes the items of a run before input fields are added to them.
 *
 * @param tookMs milliseconds
 * @param submittedIds how many requests the run is known to have submitted: failed items don't list their failed attempts
 * @returns undefined for a single item, and for items without requests
 */
export function runSummary(itemOutputs: OutputItem[][], tookMs: number, submittedIds = 0): string | undefined {
	const counts: Counts = {
		requests: 0,
		succeeded: 0,
		failed: 0,
		submitted: 0,
		running: 0,
		reused: 0,
		cost: 0,
		withCost: 0,
		chargeable: 0,
	};
	for (const { json } of itemOutputs.flat()) count(counts, json);
	const { succeeded, failed, submitted, running, reused, cost, withCost, chargeable } = counts;
	const requests = Math.max(counts.requests, submittedIds + reused);
	if (itemOutputs.length < 2 || requests === 0) return undefined;
	const parts = [
		...(submitted > 0 ? [`${submitted} submitted`] : []),
		...((submitted === 0 && reused === 0) || succeeded > 0 ? [`${succeeded} succeeded`] : []),
		`${failed} failed`,
		...(running > 0 ? [`${running} still running`] : []),
		...(reused > 0 ? [`${reused} reused and not charged again`] : []),
	];
	const known = withCost < chargeable ? ` (known for ${withCost} of ${chargeable} requests)` : '';
	const charged = withCost === 0 ? '' : ` Cost: ${dollars(cost)} USD${known}.`;
	return `${itemOutputs.length} items, ${requests} ${requests === 1 ? 'request' : 'requests'}: ${parts.join(', ')}.${charged} Time: ${duration(tookMs)}.`;
}

function count(counts: Counts, json: IDataObject): void {
	const error = json.error as { request_id?: unknown } | undefined;
	const attempts = Array.isArray(json.attempts) ? json.attempts.length : 0;
	const isReused = json.reused === true;
	if (error !== undefined) counts.failed += 1;
	else if (json.status === 'succeeded') counts.succeeded += 1;
	else if (json.timed_out === true) counts.running += 1;
	else if (!isReused) counts.submitted += 1;
	if (isReused) counts.reused += 1;
	if ((error ?? json).request_id !== undefined) {
		counts.requests += 1 + attempts;
		if (!isReused) counts.chargeable += 1;
	}
	if (typeof json.cost !== 'number' || isReused) return;
	counts.cost += json.cost;
	counts.withCost += 1;
}

/** Cents as people write them, and what is less than a cent. */
function dollars(usd: number): string {
	return usd.toFixed(4).replace(/(\.\d\d\d*?)0+$/, '$1');
}

function duration(ms: number): string {
	const seconds = Math.round(ms / 1_000);
	const parts = [
		[Math.floor(seconds / 3_600), 'h'],
		[Math.floor((seconds % 3_600) / 60), 'min'],
		[seconds % 60, 's'],
	] as const;
	const shown = parts.filter(([amount, unit]) => amount > 0 || (unit === 's' && seconds < 60));
	return shown.map(([amount, unit]) => `${amount} ${unit}`).join(' ');
}
