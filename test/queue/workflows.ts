import type { IDataObject, INodeExecutionData, INodeParameters, IWorkflowBase } from 'n8n-workflow';

import type { StoredCredential, StoredExecution } from '../e2e/n8nRest';
import { DEPLOYMENTS } from '../simulator/deployments/demoDeployments';
import { INPUT_IMAGE } from '../simulator/media';
import type { Simulator } from '../simulator/simulator';

const DURABLE = 'RunComfy Durable Wait';

const manualTrigger = {
	id: 'trigger',
	name: 'Manual Trigger',
	type: 'n8n-nodes-base.manualTrigger',
	typeVersion: 1,
	position: [0, 0] as [number, number],
	parameters: {},
};

export const items = (count: number): INodeExecutionData[] =>
	Array.from({ length: count }, (_, index) => ({ json: { name: `item ${index}` } }));

/** A node of the package, with the input of every test. */
function node(
	type: string,
	name: string,
	parameters: INodeParameters,
	credential: StoredCredential,
	simulator: Simulator,
) {
	const value = { image_urls: [`${simulator.url}/files/inputs/${INPUT_IMAGE}`], prompt: '={{ $json.name }}' };
	return {
		id: name,
		name,
		type: `n8n-nodes-runcomfy.${type}`,
		typeVersion: 1,
		position: [300, 0] as [number, number],
		credentials: { runComfyApi: { id: credential.id, name: credential.name } },
		parameters: {
			specifyInput: 'fields',
			modelInput: { mappingMode: 'defineBelow', value, matchingColumns: [], schema: [] },
			downloadOutput: false,
			...parameters,
		} as INodeParameters,
	};
}

function workflow(
	name: string,
	nodes: IWorkflowBase['nodes'],
	connections: IWorkflowBase['connections'],
	count: number,
): Partial<IWorkflowBase> {
	return {
		name,
		nodes: [manualTrigger, ...nodes],
		connections,
		settings: { executionOrder: 'v1' },
		pinData: { [manualTrigger.name]: items(count) },
	};
}

const to = (...names: string[]) => names.map((name) => ({ node: name, type: 'main' as const, index: 0 }));

/** n8n's own Wait node, as the durable loop needs it. */
const n8nWait = {
	...manualTrigger,
	id: 'wait',
	name: 'Wait',
	type: 'n8n-nodes-base.wait',
	typeVersion: 1.1,
	webhookId: '2f1c7d34-90b5-4d0e-8a41-6f3a5c2b9e10',
	parameters: { resume: 'specificTime', dateTime: '={{ $json.runComfyWait.resumeAt }}' } as INodeParameters,
};

/** Items through the durable wait. */
export function durable(
	count: number,
	credential: StoredCredential,
	simulator: Simulator,
	parameters: INodeParameters = {},
): Partial<IWorkflowBase> {
	const wait = node(
		'runComfyDurable',
		DURABLE,
		{
			resource: 'request',
			operation: 'submitAndWait',
			options: { maxConcurrency: 100 },
			watchSeconds: 0,
			...parameters,
		},
		credential,
		simulator,
	);
	const done = { ...manualTrigger, id: 'done', name: 'Done', type: 'n8n-nodes-base.noOp' };
	return workflow(
		'Durable',
		[wait, done, n8nWait],
		{
			[manualTrigger.name]: { main: [to(DURABLE)] },
			[DURABLE]: { main: [to('Done'), to(n8nWait.name)] },
			[n8nWait.name]: { main: [to(DURABLE)] },
		},
		count,
	);
}

/** The same for requests of a deployed ComfyUI workflow. */
export function durableDeployments(
	count: number,
	credential: StoredCredential,
	simulator: Simulator,
): Partial<IWorkflowBase> {
	const value = { '6.text': '={{ $json.name }}' };
	return durable(count, credential, simulator, {
		resource: 'deploymentRequest',
		deployment: { __rl: true, mode: 'id', value: DEPLOYMENTS.textToImage } as never,
		workflowInput: { mappingMode: 'defineBelow', value, matchingColumns: [], schema: [] },
	});
}

/** Items through the wait in process. */
export function inProcess(
	count: number,
	credential: StoredCredential,
	simulator: Simulator,
	parameters: INodeParameters = {},
): Partial<IWorkflowBase> {
	const wait = node(
		'runComfy',
		'RunComfy',
		{ resource: 'request', operation: 'submitAndWait', ...parameters },
		credential,
		simulator,
	);
	return workflow('In process', [wait], { [manualTrigger.name]: { main: [to('RunComfy')] } }, count);
}

/** A workflow that is over at once. */
export function quick(): Partial<IWorkflowBase> {
	const end = { ...manualTrigger, id: 'end', name: 'End', type: 'n8n-nodes-base.noOp' };
	return workflow('Quick', [end], { [manualTrigger.name]: { main: [to('End')] } }, 1);
}

/** All items that left the node, over all its runs. */
export function results({ data }: StoredExecution, nodeName = DURABLE): IDataObject[] {
	return (data.resultData.runData[nodeName] ?? [])
		.flatMap((task) => task.data?.main?.[0] ?? [])
		.map(({ json }) => json);
}
