import type { FailureDetails } from '../../nodes/RunComfy/shared/failure';
import { TOKENS } from '../simulator/accounts';
import type { Endpoint, Fault } from '../simulator/faults';
import { numbers } from '../support/numbers';
import type { Habits } from '../simulator/habits';
import { FAULT_KINDS } from './support/faultKinds';
import { fieldInput, startBench, type Bench } from './support/setup';

/** Enough for every kind of fault to meet every endpoint; the seed makes a failure repeatable. */
const EXECUTIONS = 500;
const SEED = 20_261_122;

let bench: Bench;

beforeAll(async () => {
	bench = await startBench();
});
afterAll(async () => await bench.stop());

const random = numbers(SEED);
const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;

const ACTIONS = Object.values(FAULT_KINDS);
const ENDPOINTS: readonly Endpoint[] = ['submit', 'status', 'result', 'model', 'file', 'media', 'cancel'];

function randomFault(): Fault {
	const action = pick(ACTIONS);
	// A refusal is none of something that took effect: the contract takes 4xx for certain, but for 408.
	const isRefusal = action.type === 'answer' && action.status >= 400 && action.status < 500 && action.status !== 408;
	const carriedOut = !isRefusal && random() < 0.5;
	return { on: pick(ENDPOINTS), action, carriedOut, times: pick([1, 1, 2, 4, 20]), skip: pick([0, 0, 1, 3]) };
}

/** The habits of the world, each on by chance. */
function randomHabits(): Habits {
	const on = () => random() < 0.15;
	return {
		...(on() ? { unseenReads: pick([1, 3]) } : {}),
		...(on() ? { lateOutputs: pick([1, 3]) } : {}),
		...(on() ? { lateFiles: { reads: pick([1, 3]), status: pick([403, 404, 503] as const) } } : {}),
		...(on()
			? {
					statusWords: pick<Record<string, string>>([
						{ completed: 'done' },
						{ completed: ' COMPLETED' },
						{ in_progress: 'warming_up', in_queue: 'scheduled' },
					]),
				}
			: {}),
		...(on() ? { oddNumbers: true } : {}),
		...(on() ? { noNumbers: true } : {}),
		...(on() ? { compression: pick(['gzip', 'br', 'deflate'] as const) } : {}),
		...(on() ? { byteOrderMark: true } : {}),
		...(on() ? { looseCancel: pick(['promised', 'claimed'] as const) } : {}),
		...(on() ? { mixedUpEvery: pick([3, 7]) } : {}),
		...(on() ? { proxyEvery: pick([2, 5]) } : {}),
	};
}

/** Runs one execution with random faults and habits, and returns all that a person could read of it. */
async function runOnce() {
	bench.reset();
	const itemCount = pick([1, 1, 2, 5]);
	for (let index = 0; index < itemCount; index++) {
		bench.simulator.nextPlans.push({
			queueMs: pick([0, 0, 20_000]),
			runMs: pick([0, 5_000, 40_000]),
			outcome: pick(['succeeded', 'succeeded', 'failed']),
		});
	}
	bench.simulator.settings.habits = randomHabits();
	for (let faults = pick([0, 1, 2, 3]); faults > 0; faults--) bench.simulator.fault(randomFault());
	const options = { maxWaitTime: 120, onTimeout: pick(['error', 'return']), maxConcurrency: pick([1, 3, 10]) };
	const retry = random() < 0.3 ? { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 } : {};
	const onError = pick(['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput']);
	const items = Array.from({ length: itemCount }, (_, index) => ({ json: { index } }));
	const parameters = fieldInput(bench.dreaminaInput({ prompt: '={{ "item " + $json.index }}' }), { options });
	const execution = await bench.runFast(parameters, { items, node: { onError, ...retry } });
	const error = execution.error('RunComfy');
	const failed = [...execution.items('RunComfy'), ...execution.items('RunComfy', 1)].flatMap(
		({ json, pairedItem }) => {
			const details = json.error as unknown as FailureDetails | undefined;
			return details ? [{ itemIndex: (pairedItem as { item: number }).item, details }] : [];
		},
	);
	if (error)
		failed.push({
			itemIndex: error.context.itemIndex as number,
			details: error.context.details as unknown as FailureDetails,
		});
	return {
		failed,
		told: JSON.stringify([
			execution.items('RunComfy'),
			execution.items('RunComfy', 1),
			error?.context,
			error?.message,
			error?.description,
		]),
		log: JSON.stringify(bench.engine.log),
	};
}

describe('random faults', () => {
	it('lose no request, pay none twice and show no token', async () => {
		for (let execution = 0; execution < EXECUTIONS; execution++) {
			const { told, log, failed } = await runOnce();
			const where = `execution ${execution} of seed ${SEED}`;

			const perItem = new Map<unknown, number>();
			for (const { id, input, cancelledAt } of bench.simulator.accepted) {
				if (cancelledAt === undefined) perItem.set(input.prompt, (perItem.get(input.prompt) ?? 0) + 1);
				// Every accepted request is returned, reported or cancelled, or its outcome is said to be unknown.
				const isUnknown =
					told.includes('submit_outcome_unknown') || /unknown outcome|it's unknown whether/i.test(told);
				const isKnown = told.includes(id) || cancelledAt !== undefined || isUnknown;
				expect([where, id, isKnown]).toEqual([where, id, true]);
			}
			// What is said to cost nothing was not accepted, or ended without cost.
			for (const { itemIndex, details } of failed) {
				const isPaid = bench.simulator.accepted.some(
					({ input, cancelledAt }) => input.prompt === `item ${itemIndex}` && cancelledAt === undefined,
				);
				const mayBePaid = details.charged !== 'no' || details.code === 'generation_failed';
				expect([where, itemIndex, details.code, isPaid && !mayBePaid]).toEqual([
					where,
					itemIndex,
					details.code,
					false,
				]);
			}
			expect([where, Math.max(0, ...perItem.values())]).toEqual([where, Math.min(1, perItem.size)]);
			expect([where, `${told}${log}`.includes(TOKENS.main)]).toEqual([where, false]);
		}
	}, 300_000);
});
