/** The workflows of `npm run bench -- peers`: one job, built in the ways that people build it. */
import type { IConnections, INode, INodeParameters } from 'n8n-workflow';

import { runComfyNode } from '../engine/support/engine';
import type { BaseNode } from './n8nBaseNodes';
import type { Peer } from './peersPlan';

/** What a workflow does with each of its items. */
export interface PeerJob {
	/** The simulator's base URL. */
	url: string;
	model: string;
	input: INodeParameters;
	/** Seconds between two status reads; the node itself has its own intervals. */
	intervalSeconds: number;
	/** Whether the video of the result is stored as a file. */
	download: boolean;
	/** How many items there are; the node's Max Concurrency. */
	requests: number;
}

/** A workflow, and the name of the node whose items are its results. */
export interface PeerWorkflow {
	nodes: INode[];
	connections: IConnections;
	settings: { executionOrder: 'v1' };
	last: string;
}

/** @param versions the versions of n8n's own nodes, from `addBaseNodes` */
export function peerWorkflow(peer: Peer, job: PeerJob, versions: Map<BaseNode, number>): PeerWorkflow {
	if (peer === 'httpRequest') return httpRequestWorkflow(job, versions);
	const node = runComfyNode(peer === 'node' ? nodeParameters(job) : loopParameters(peer, job));
	const type = peer === 'node' ? node.type : 'bench.pollingLoop';
	return chain([{ ...node, type }]);
}

function nodeParameters({ model, input, download, requests }: PeerJob): INodeParameters {
	return {
		resource: 'request',
		operation: 'submitAndWait',
		model: { __rl: true, mode: 'id', value: model },
		specifyInput: 'json',
		inputJson: JSON.stringify(input),
		downloadOutput: download,
		options: { maxConcurrency: requests },
	};
}

function loopParameters(peer: Peer, { url, model, input, intervalSeconds, download }: PeerJob): INodeParameters {
	const intervalMs = intervalSeconds * 1000;
	return { url, model, input: JSON.stringify(input), intervalMs, allAtOnce: peer !== 'sequential2', download };
}

/** What users build today. Items whose requests are not completed go around through the Wait node. */
function httpRequestWorkflow(
	{ url, model, input, intervalSeconds, download }: PeerJob,
	versions: Map<BaseNode, number>,
): PeerWorkflow {
	const node = (name: string, type: BaseNode, parameters: INodeParameters): INode => ({
		...runComfyNode(parameters),
		id: name,
		name,
		type: `n8n-nodes-base.${type}`,
		typeVersion: versions.get(type) ?? 1,
		credentials: type === 'httpRequest' ? { httpHeaderAuth: { id: '1', name: 'RunComfy' } } : undefined,
	});
	const authentication = { authentication: 'genericCredentialType', genericAuthType: 'httpHeaderAuth' };
	const read = (name: string, path: string) =>
		node(name, 'httpRequest', {
			method: 'GET',
			url: `=${url}/v1/requests/{{ $json.request_id }}/${path}`,
			...authentication,
			options: {},
		});
	const submit = node('Submit', 'httpRequest', {
		method: 'POST',
		url: `${url}/v1/models/${model}`,
		...authentication,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: JSON.stringify(input),
		options: {},
	});
	const wait = node('Wait', 'wait', { resume: 'timeInterval', amount: intervalSeconds, unit: 'seconds' });
	const isCompleted = {
		id: 'completed',
		leftValue: '={{ $json.status }}',
		rightValue: 'completed',
		operator: { type: 'string', operation: 'equals' },
	};
	const completed = node('Completed?', 'if', {
		conditions: {
			options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
			combinator: 'and',
			conditions: [isCompleted],
		},
		options: {},
	});
	const file = node('Download', 'httpRequest', {
		method: 'GET',
		url: '={{ $json.output.video }}',
		options: { response: { response: { responseFormat: 'file', outputPropertyName: 'data' } } },
	});
	const nodes = [submit, wait, read('Status', 'status'), completed, read('Result', 'result')];
	const workflow = chain(download ? [...nodes, file] : nodes);
	const [whenCompleted = []] = workflow.connections['Completed?']?.main ?? [];
	workflow.connections['Completed?'] = { main: [whenCompleted, [{ node: 'Wait', type: 'main', index: 0 }]] };
	return workflow;
}

/** A trigger, then these nodes one after another. */
function chain(nodes: INode[]): PeerWorkflow {
	const trigger = { ...runComfyNode({}), id: 'trigger', name: 'Trigger', type: 'n8n-nodes-base.manualTrigger' };
	const all = [trigger, ...nodes];
	const connections: IConnections = {};
	for (const [index, { name }] of nodes.entries())
		connections[all[index]?.name ?? ''] = { main: [[{ node: name, type: 'main', index: 0 }]] };
	return { nodes: all, connections, settings: { executionOrder: 'v1' }, last: all.at(-1)?.name ?? '' };
}
