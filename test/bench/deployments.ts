/** Measures the form of a deployed workflow whose node definitions are large, and the calls of a run. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { DEPLOYMENTS } from '../simulator/deployments/demoDeployments';
import { objectInfoText } from '../simulator/deployments/objectInfo';
import { Simulator } from '../simulator/simulator';
import { childRun } from './childRun';
import type { DeploymentsRunFigures, DeploymentsRunSettings } from './deploymentsRun';
import { median } from './statistics';
import { printTable } from './table';

const MB = 1_048_576;
const SIZES_MB = [4, 30];
const TRIES = 3;
/** Longer than the first polls, so that their pauses show. Milliseconds. */
const RUN_MS = 30_000;

async function main(): Promise<void> {
	const simulator = await new Simulator().start();
	const { workflow } = simulator.platform.of(DEPLOYMENTS.textToImage);
	const rows: string[][] = [];
	for (const size of SIZES_MB) {
		const text = Buffer.from(objectInfoText(size * MB));
		// A node whose class is not described has the whole file read.
		const graph = { ...workflow, '999': { class_type: 'Not described', inputs: { text: 'x' } } };
		const server = createServer((request, response) => {
			if (request.url?.includes('object_info')) response.end(text);
			else {
				const payload = {
					workflow_api_json: graph,
					overrides: null,
					object_info_url: `${url}/object_info.json`,
				};
				const deployment = {
					id: DEPLOYMENTS.textToImage,
					workflow_version: 'v1',
					updated_at: '2026-10-01',
					payload,
				};
				response.setHeader('content-type', 'application/json');
				response.end(JSON.stringify(deployment));
			}
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		const figures: DeploymentsRunFigures[] = [];
		for (let attempt = 0; attempt < TRIES; attempt++)
			figures.push(await childRun('deploymentsRun.ts', { kind: 'form', url } satisfies DeploymentsRunSettings));
		const medianOf = (name: keyof DeploymentsRunFigures) => median(figures.map((one) => one[name]));
		rows.push([
			`${size} MB`,
			medianOf('ms').toFixed(0),
			medianOf('blockMs').toFixed(0),
			medianOf('growthMb').toFixed(1),
			String(medianOf('fields')),
		]);
		server.close();
	}
	printTable(['Node definitions', 'form (ms)', 'longest block (ms)', 'peak growth (MB)', 'fields'], rows);

	simulator.settings.plan.runMs = RUN_MS;
	const { ms } = await childRun<DeploymentsRunFigures>('deploymentsRun.ts', {
		kind: 'run',
		url: simulator.url,
	} satisfies DeploymentsRunSettings);
	const calls = (['submit', 'status', 'result', 'deployment', 'objectInfo', 'file'] as const).map((endpoint) =>
		String(simulator.calls(endpoint).length),
	);
	printTable(
		['A run of 30 s, polled', 'submit', 'status', 'result', 'deployment', 'node definitions', 'files'],
		[[`${(ms / 1000).toFixed(1)} s`, ...calls]],
	);
	await simulator.stop();
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
