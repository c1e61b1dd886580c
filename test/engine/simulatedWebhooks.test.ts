import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

import { submitToDeployment } from '../../nodes/RunComfy/api/deployment/submitToDeployment';
import { openJobs } from '../../nodes/RunComfy/api/families';
import { DEPLOYMENTS } from '../simulator/deployments/demoDeployments';
import { useControlledClock } from './support/controlledClock';
import { openTestTransport } from './support/openTransport';
import { startBench, type Bench } from './support/setup';

let bench: Bench;
let received: Array<Record<string, unknown>> = [];
/** What the receiver answers, call by call; 200 when there is nothing left. */
let answers: number[] = [];

const receiver = createServer((request, response) => {
	void readBody(request).then((body) => {
		received.push(JSON.parse(body) as Record<string, unknown>);
		response.writeHead(answers.shift() ?? 200).end();
	});
});

async function readBody(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString();
}

beforeAll(async () => {
	bench = await startBench();
	await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
	receiver.close();
	await bench.stop();
});
beforeEach(() => {
	bench.reset();
	received = [];
	answers = [];
});

const clock = useControlledClock();

async function submit(intermediate = false) {
	const transport = await openTestTransport(bench);
	const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook?n=1`;
	bench.simulator.nextPlans.push({ queueMs: 60_000, runMs: 60_000 });
	const body = Buffer.from('{"overrides":{"6":{"inputs":{"text":"x"}}}}');
	const { job } = await submitToDeployment(transport, DEPLOYMENTS.textToImage, body, {
		webhook: { url, intermediate },
	});
	return { job, jobs: openJobs(transport) };
}

const statuses = () => received.map(({ status }) => status);
const webhooks = () => bench.simulator.platform.settings.webhooks;

describe("RunComfy's calls", () => {
	it('come once, when the request is over, with its outputs', async () => {
		const { job } = await submit();
		await clock.pass(119_000);
		expect(received).toEqual([]);
		await clock.pass(2_000);

		expect(received).toEqual([
			expect.objectContaining({
				request_id: job.requestId,
				deployment_id: DEPLOYMENTS.textToImage,
				status: 'succeeded',
				outputs: expect.any(Object),
			}),
		]);
	});

	it('come for queue and run as well where that is asked for, and in another order', async () => {
		await submit(true);
		await clock.pass(130_000);
		webhooks().reordered = true;
		await submit(true);
		await clock.pass(130_000);

		expect(statuses()).toEqual(['in_queue', 'in_progress', 'succeeded', 'succeeded', 'in_progress', 'in_queue']);
	});

	it.each([409, 404, 500])('are repeated after %i with growing pauses, and may come twice', async (status) => {
		webhooks().copies = 2;
		answers = [status, 200, status, status];
		await submit();
		await clock.pass(140_000);

		expect(statuses()).toEqual(Array(5).fill('succeeded'));
		const times = bench.simulator.platform.webhooks.attempts.map(({ at }) => at);
		expect(times.at(-1)! - times[0]!).toBeGreaterThanOrEqual(7_000);
	});

	it('end after a day', async () => {
		answers = Array<number>(200).fill(503);
		await submit();
		await clock.pass(120_000 + 1_000);
		webhooks().firstRetryMs = 86_400_000;
		await clock.pass(5_000);
		const count = received.length;
		await clock.pass(120_000);

		expect(count).toBeGreaterThan(1);
		expect(received).toHaveLength(count);
	});

	it('never come where they are lost, and report a cancel or not', async () => {
		webhooks().lost = true;
		await submit();
		await clock.pass(130_000);
		expect(received).toEqual([]);
		webhooks().lost = false;
		const cancelled = await submit(true);
		await clock.pass(1_000);
		await cancelled.jobs.cancel(cancelled.job);
		await clock.pass(1_000);
		expect(statuses()).toEqual(['in_queue', 'cancelled']);
		await clock.pass(130_000);
		webhooks().onCancel = false;
		const silent = await submit();
		await silent.jobs.cancel(silent.job);
		await clock.pass(130_000);

		expect(statuses()).toEqual(['in_queue', 'cancelled']);
	});
});
