import type { AcceptedJob } from '../../../nodes/RunComfy/api/jobApi';
import { submitToDeployment, type Webhook } from '../../../nodes/RunComfy/api/deployment/submitToDeployment';
import type { ApiTransport } from '../../../nodes/RunComfy/transport/apiTransport';
import { DEPLOYMENTS } from '../../simulator/deployments/demoDeployments';
import { openTestTransport } from './openTransport';
import { useBench, type Bench } from './setup';

/** A change of the demo workflow's prompt. */
export const PROMPT = { overrides: { '6': { inputs: { text: 'a red boat' } } } };

/** A bench whose tests call the platform API by a transport of their own. */
export function useDeploymentBench() {
	const bench: Bench = useBench();
	let transport: ApiTransport | undefined;
	beforeEach(async () => {
		transport = await openTestTransport(bench);
	});
	const current = () => {
		if (transport === undefined) throw new Error('The transport is opened before each test: use it inside of one.');
		return transport;
	};
	return {
		bench,
		transport: current,
		settings: () => bench.simulator.platform.settings,
		submit: async (
			body: unknown = PROMPT,
			id: string = DEPLOYMENTS.textToImage,
			webhook?: Webhook,
		): Promise<AcceptedJob> => {
			const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
			return await submitToDeployment(current(), id, bytes, { webhook });
		},
	};
}
