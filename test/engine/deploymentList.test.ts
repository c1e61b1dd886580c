import type { ILoadOptionsFunctions } from 'n8n-workflow';

import { DEPLOYMENTS, deploymentOf } from '../simulator/deployments/demoDeployments';
import { startBench, type Bench } from './support/setup';

let bench: Bench;

beforeAll(async () => {
	bench = await startBench();
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.reset());

describe('the deployment list', () => {
	const search = async (filter?: string, paginationToken?: string) => {
		const context = bench.engine.loadOptions({}, bench.credential()) as unknown as ILoadOptionsFunctions;
		const { searchDeployments } = bench.engine.nodeType.methods!.listSearch!;
		return await searchDeployments!.call(context, filter, paginationToken);
	};

	it('shows name, version, hardware and status; what is switched off comes last', async () => {
		bench.simulator.platform.of(DEPLOYMENTS.caption).is_enabled = false;
		const { results } = await search();

		expect(results.map(({ name }) => name)).toEqual([
			'Wan image to video',
			'SDXL text to image',
			'My LoRA',
			'Caption an image (disabled)',
		]);
		expect(results[0]).toEqual({
			name: 'Wan image to video',
			value: DEPLOYMENTS.imageToVideo,
			description: 'v1 · HOPPER_141 · standby',
		});
	});

	it.each(['wan', 'VIDEO image', DEPLOYMENTS.imageToVideo, '000000000002'])('is searched for "%s"', async (text) => {
		expect((await search(text)).results.map(({ value }) => value)).toEqual([DEPLOYMENTS.imageToVideo]);
	});

	it('is read once for all keys and pages', async () => {
		const many = Array.from({ length: 60 }, (_, index) =>
			deploymentOf({ id: `many-${index}`, name: `Many ${index}` }),
		);
		bench.simulator.platform.deployments.push(...many);
		const first = await search('many');
		const second = await search('many', first.paginationToken);
		expect([first.results.length, second.results.length]).toEqual([50, 10]);
		expect(second.paginationToken).toBeUndefined();
		expect(bench.simulator.calls('deployments')).toHaveLength(1);
	});

	it('says why there is none', async () => {
		bench.simulator.fault({ on: 'deployments', action: { type: 'answer', status: 403, body: '{}' } });

		await expect(search()).rejects.toMatchObject({ message: "The API token doesn't have permission for this" });
	});
});
