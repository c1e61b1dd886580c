import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Graph, Overrides, SimulatedDeployment } from './types';

const FIXTURES = join(__dirname, '..', '..', 'fixtures', 'deployments');
const DEFINITIONS = 'nodeDefinitions.json';

interface DeploymentFixture {
	deployment: Pick<SimulatedDeployment, 'id' | 'name' | 'workflow_id' | 'workflow_version' | 'hardware'>;
	overrides: Overrides | null;
	workflow_api_json: Graph;
}

/** The ids of the deployments that every simulator starts with. */
export const DEPLOYMENTS = {
	textToImage: 'd0000000-0000-4000-8000-000000000001',
	imageToVideo: 'd0000000-0000-4000-8000-000000000002',
	caption: 'd0000000-0000-4000-8000-000000000003',
	lora: 'd0000000-0000-4000-8000-000000000009',
	/** One of the account `other`. */
	foreign: 'd0000000-0000-4000-8000-00000000000f',
} as const;

/** The deployments of a fresh simulator. */
export function loadDeployments(): SimulatedDeployment[] {
	const fixtures = readdirSync(FIXTURES)
		.filter((name) => name.endsWith('.json') && name !== DEFINITIONS)
		.sort()
		.map((name) => JSON.parse(readFileSync(join(FIXTURES, name), 'utf8')) as DeploymentFixture);
	return [
		...fixtures.map(({ deployment, overrides, workflow_api_json: workflow }) =>
			deploymentOf({ ...deployment, overrides, workflow }),
		),
		deploymentOf({ id: DEPLOYMENTS.lora, name: 'My LoRA' }),
		deploymentOf({ id: DEPLOYMENTS.foreign, name: 'Of another account', accountName: 'other' }),
	];
}

/** A deployment with what is usual wherever nothing is given. */
export function deploymentOf(given: Partial<SimulatedDeployment> & { id: string }): SimulatedDeployment {
	return {
		name: `Deployment ${given.id}`,
		workflow_id: `workflow-of-${given.id}`,
		workflow_version: 'v1',
		status: 'standby',
		is_enabled: true,
		hardware: ['AMPERE_48'],
		min_instances: 0,
		max_instances: 1,
		queue_size: 1,
		keep_warm_duration_in_seconds: 60,
		created_at: '2026-09-01T08:00:00Z',
		updated_at: '2026-10-01T08:00:00Z',
		accountName: 'main',
		...given,
	};
}

/** The node definitions of the demo workflows as text: parsed, the largest seed would lose its last digits. */
export function definitionsText(): string {
	return readFileSync(join(FIXTURES, DEFINITIONS), 'utf8');
}
