import axios from 'axios';

import { credentialFor } from '../simulator/accounts';
import { Simulator } from '../simulator/simulator';

const MODEL = 'google/nano-banana-2-lite/text-to-image';
let now = 0;
let simulator: Simulator;
beforeEach(async () => (simulator = await new Simulator({}, () => now).start()));
afterEach(async () => await simulator.stop());

async function call(method: string, path: string, data?: unknown): Promise<{ status: number; data: unknown }> {
	const { url } = simulator;
	const headers = { authorization: `Bearer ${credentialFor(url).apiToken}` };
	return await axios.request({ url: `${url}${path}`, method, headers, data, validateStatus: () => true });
}
const submit = async () => await call('POST', `/v1/models/${MODEL}`, { prompt: 'a boat' });
const balance = async () => (await call('GET', '/prod/v2/balance')).data;

describe("the simulator's balance", () => {
	it('falls with accepted requests alone', async () => {
		await submit();
		await call('POST', `/v1/models/${MODEL}`, { prompt: 1 });
		expect(await balance()).toEqual({ balance_usd: 24.88, balance_microdollars: 24_880_000, currency: 'USD' });
	});

	it('gets back what was cancelled or has failed', async () => {
		simulator.nextPlans.push({ queueMs: 1_000 }, { runMs: 1_000, outcome: 'failed' });
		const { data } = await submit();
		await submit();
		expect(await balance()).toMatchObject({ balance_usd: 24.76 });
		await call('POST', `/v1/requests/${(data as { request_id: string }).request_id}/cancel`);
		now += 1_000;
		expect(await balance()).toMatchObject({ balance_usd: 25 });
	});

	it.each([
		['allowed', 200, -0.12],
		['refused', 402, 0],
	] as const)('may be overdrawn or not (%s)', async (overdraft, status, left) => {
		simulator.settings.overdraft = overdraft;
		simulator.nextPlans.push({ cost: 25 });
		await submit();
		expect(await submit()).toMatchObject({ status });
		expect(await balance()).toMatchObject({ balance_usd: left });
	});
});
