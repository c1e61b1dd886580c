import { RateLimiter } from '../../nodes/RunComfy/execution/rateLimiter';
import { STATUS_RATE } from '../../nodes/RunComfy/execution/jobWatcher';
import { Poller } from '../../nodes/RunComfy/jobs/poller';
import { JobWatch } from '../../nodes/RunComfy/jobs/jobWatch';
import { openJobs } from '../../nodes/RunComfy/api/families';
import { modelJob } from '../../nodes/RunComfy/shared/job';
import type { ApiCall, ApiTransport } from '../../nodes/RunComfy/transport/apiTransport';
import { RequestStore, type SimulatedRequest } from '../simulator/requests';
import { loadCatalog } from '../simulator/catalog';
import { numbers } from './numbers';
import { SimulatedClock } from './simulatedClock';

/** A request to be waited for. Milliseconds. */
export interface SimulatedWait {
	queueMs?: number;
	runMs: number;
	/** The usual run time of the model, where it is known. */
	usualMs?: number;
}

/** What waiting for one request took. */
export interface WaitFigures {
	/** Status reads before the one that found the end. */
	calls: number;
	/** Milliseconds from the end to the read that found it. */
	lateMs: number;
}

/** All status reads of the waits, in milliseconds from their start, and the figures of each. */
export interface SimulatedWaits {
	waits: WaitFigures[];
	readsAt: number[];
}

const [MODEL] = loadCatalog();

/**
 * Lets one node run's poller wait for requests that are submitted together, on a clock of its own.
 *
 * @param random where the pauses' chances come from: the same each time by default
 */
export async function simulateWaits(
	waits: SimulatedWait[],
	maxWaitTime = 100_000,
	random = numbers(1),
): Promise<SimulatedWaits> {
	const clock = new SimulatedClock();
	const startedAt = clock.now();
	const store = new RequestStore(clock.now, () => 'https://files.runcomfy.net');
	const reads = new Map<string, number[]>();
	const transport = memoryTransport(clock, store, reads);
	const rate = new RateLimiter(clock, STATUS_RATE);
	const poller = new Poller(clock, rate);
	const requests = waits.map(({ queueMs = 0, runMs, usualMs }) => {
		const plan = { queueMs, runMs, outcome: 'succeeded' as const, reason: '' };
		return { usualMs, request: store.accept('main', MODEL!, {}, plan) };
	});
	const watch = async ({
		request,
		usualMs,
	}: {
		request: SimulatedRequest;
		usualMs?: number;
	}): Promise<WaitFigures> => {
		const watched = new JobWatch({
			jobs: openJobs(transport),
			clock,
			job: modelJob(request.id),
			maxWaitTime,
			includeCost: false,
			rate,
			random,
			usualMs: () => usualMs,
		});
		const outcome = await poller.watch(watched);
		if (outcome.kind !== 'succeeded') throw new Error('The time was up');
		const times = reads.get(request.id) ?? [];
		const { queueMs, runMs } = request.plan;
		return { calls: times.length - 1, lateMs: (times.at(-1) ?? 0) - (request.submittedAt + queueMs + runMs) };
	};
	const figures = await clock.run(Promise.all(requests.map(watch)));
	return {
		waits: figures,
		readsAt: [...reads.values()]
			.flat()
			.map((at) => at - startedAt)
			.sort((a, b) => a - b),
	};
}

/** RunComfy's answers without the network: what is measured here is when it is asked. */
function memoryTransport(clock: SimulatedClock, store: RequestStore, reads: Map<string, number[]>): ApiTransport {
	const read = async ({ path, rate }: ApiCall) => {
		rate?.report({ tookMs: 0, isBusy: false });
		const [, , , id = '', part] = path.split('/');
		const request = store.all.get(id) as SimulatedRequest;
		if (part === 'status') reads.set(id, [...(reads.get(id) ?? []), clock.now()]);
		const json = part === 'status' ? store.statusAnswer(request, '') : store.resultAnswer(request, false);
		return { httpStatus: 200, headers: {}, json, text: JSON.stringify(json) };
	};
	const readPieces = () => {
		throw new Error('no file is read here');
	};
	return { endpoints: { modelApi: '', platformApi: '' }, account: 'memory', read, submit: read, readPieces };
}
