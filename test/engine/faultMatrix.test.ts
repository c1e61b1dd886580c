import { TOKENS } from '../simulator/accounts';
import type { Endpoint } from '../simulator/faults';
import { FAULT_KINDS } from './support/faultKinds';
import { fieldInput, useBench } from './support/setup';

/*
 * Every fault at every endpoint, once and for good, for one item and for twenty. What is expected of an item that is hit
 * stands in these tables: a failure's code with what it says of the charge, or "succeeded". All other items succeed.
 */
const bench = useBench();

type Outcomes = Record<string, { once: string; always: string }>;

const both = (outcome: string) => ({ once: outcome, always: outcome });
const passes = (always: string) => ({ once: 'succeeded', always });

const OF_SUBMIT: Outcomes = {
	...Object.fromEntries(Object.keys(FAULT_KINDS).map((name) => [name, both('submit_outcome_unknown/unknown')])),
	delay: both('succeeded'),
	'HTTP 404': both('not_found/no'),
	'HTTP 429': passes('rate_limited/no'),
};
/** Of a read that nobody waits with. */
const OF_READ: Outcomes = {
	drop: passes('service_unavailable/unknown'),
	hang: passes('service_unavailable/unknown'),
	delay: both('succeeded'),
	'half an answer': passes('unexpected_response/unknown'),
	'an answer cut on the way': passes('service_unavailable/unknown'),
	'an empty 200': passes('unexpected_response/unknown'),
	'a web page': passes('unexpected_response/unknown'),
	'an unknown error code': passes('service_unavailable/unknown'),
	'a redirect': both('unexpected_response/unknown'),
	'HTTP 404': both('not_found/unknown'),
	'HTTP 408': passes('service_unavailable/unknown'),
	'HTTP 429': passes('rate_limited/unknown'),
	'HTTP 500': passes('service_unavailable/unknown'),
	'HTTP 503': passes('service_unavailable/unknown'),
};
/** Of an own request: where the status does not tell, the result does. */
const OF_STATUS: Outcomes = Object.fromEntries(Object.keys(FAULT_KINDS).map((name) => [name, both('succeeded')]));
/** What says nothing about the end is read again until the time is up; a refusal is believed after a minute. */
const OF_RESULT: Outcomes = {
	...Object.fromEntries(Object.keys(FAULT_KINDS).map((name) => [name, passes('timeout/unknown')])),
	delay: both('succeeded'),
	'HTTP 404': passes('not_found/unknown'),
};
/** Without the live schema the bundled one serves, with a hint. */
const OF_MODEL: Outcomes = Object.fromEntries(Object.keys(FAULT_KINDS).map((name) => [name, both('succeeded')]));
/** What cannot be looked at is sent all the same, with a hint. All items have the same picture, which is looked at once. */
const OF_MEDIA: Outcomes = {
	...OF_MODEL,
	'a web page': both('media_rejected/no'),
	'HTTP 404': both('media_rejected/no'),
};

const OF_FILE: Outcomes = {
	...Object.fromEntries(Object.keys(FAULT_KINDS).map((name) => [name, passes('download_failed/yes')])),
	delay: both('succeeded'),
	// With a length that fits what came, nobody can tell.
	'half an answer': both('succeeded'),
	'a web page': both('download_failed/yes'),
	'an unknown error code': both('download_failed/yes'),
	'a redirect': both('download_failed/yes'),
};

const EXPECTED: Partial<Record<Endpoint, Outcomes>> = {
	submit: OF_SUBMIT,
	status: OF_STATUS,
	result: OF_RESULT,
	model: OF_MODEL,
	media: OF_MEDIA,
	file: OF_FILE,
};

const cases = Object.entries(EXPECTED).flatMap(([on, outcomes]) =>
	Object.entries(outcomes).flatMap(([name, { once, always }]) => [
		[on as Endpoint, name, 'once', once] as const,
		[on as Endpoint, name, 'always', always] as const,
	]),
);

describe.each(cases)('%s: %s, %s', (on, name, howOften, expected) => {
	it.each([1, 20])(`ends as ${expected}, with %d items`, async (itemCount) => {
		bench.simulator.fault({ on, action: FAULT_KINDS[name]!, times: howOften === 'once' ? 1 : undefined });
		const items = Array.from({ length: itemCount }, (_, index) => ({ json: { index } }));
		const parameters = fieldInput(bench.dreaminaInput({ prompt: '={{ "item " + $json.index }}' }), {
			downloadOutput: on === 'file',
			options: { maxWaitTime: 300 },
		});
		const execution = await bench.runFast(parameters, { items, node: { onError: 'continueRegularOutput' } });

		const out = execution
			.items('RunComfy')
			.map(({ json }) => json as { status?: string; error?: Record<string, string> });
		const hit = howOften === 'once' && on !== 'media' ? 1 : itemCount;
		const outcomes = out.map(({ error, status }) => (error ? `${error.code}/${error.charged}` : status)).sort();
		expect(outcomes).toEqual(
			[...Array<string>(hit).fill(expected), ...Array<string>(itemCount - hit).fill('succeeded')].sort(),
		);

		// The books: no item is accepted twice, and every accepted request is named, or said to be unknown.
		const prompts = bench.simulator.accepted.map(({ input }) => input.prompt);
		expect(new Set(prompts).size).toBe(prompts.length);
		const told = JSON.stringify(out);
		const unnamed = bench.simulator.accepted.filter(({ id }) => !told.includes(id)).length;
		expect(unnamed).toBeLessThanOrEqual(out.filter(({ error }) => error?.code === 'submit_outcome_unknown').length);
		expect(told + JSON.stringify(bench.engine.log)).not.toContain(TOKENS.main);
	});
});

describe.each(Object.entries(FAULT_KINDS))('cancel: %s', (name, action) => {
	it.each([1, undefined])('ends in data or a failure, %s times', async (times) => {
		bench.simulator.nextPlans.push({ queueMs: 600_000 });
		const submit = await bench.run(fieldInput(bench.dreaminaInput(), { operation: 'submit' }));
		bench.simulator.fault({ on: 'cancel', action, times });
		const requestId = submit.items('RunComfy')[0]?.json.request_id as string;
		const execution = await bench.runFast({ operation: 'cancel', requestId });

		const { once, always } = OF_READ[name]!;
		const expected = times === 1 ? once : always;
		const details = execution.error('RunComfy')?.context.details;
		const outcome = details ? `${String(details.code)}/${String(details.charged)}` : 'succeeded';
		expect(outcome).toBe(expected);
		if (details) expect(details.request_id).toBe(requestId);
		else expect(execution.items('RunComfy')[0]?.json.outcome).toBe('cancelled');
	});
});

describe.each(['balance', 'models'] as const)('%s', (on) => {
	const parameters =
		on === 'balance'
			? { resource: 'account', operation: 'getBalance' }
			: { resource: 'model', operation: 'getAll' };

	it.each(Object.entries(FAULT_KINDS))('is read again after %s, where that can help', async (name, action) => {
		const outcomeOf = async (times?: number) => {
			bench.reset();
			bench.simulator.fault({ on, action, times });
			const execution = await bench.runFast(parameters);
			const code = execution.error('RunComfy')?.context.details?.code;
			return code ?? (execution.items('RunComfy').length > 0 ? 'succeeded' : 'nothing');
		};
		// A redirect and a 404 are answers, and the same ones the next time.
		const { once, always } = OF_READ[name]!;
		expect([await outcomeOf(1), await outcomeOf()]).toEqual([once.split('/')[0], always.split('/')[0]]);
	});
});
