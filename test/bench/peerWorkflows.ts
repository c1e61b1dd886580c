import type { IConnections, INode, INodeParameters } from 'n8n-workflow';

import { runComfyNode } from '../engine/support/engine';
import { INPUT_IMAGE } from '../simulator/media';

/** What is compared, each as a good user would set it up. */
export const PEERS = ['this node', 'HTTP Request, Wait 5 s, IF', 'a loop, every 2 s', 'a loop, every 5 s'] as const;
export type Peer = (typeof PEERS)[number];

/** A workflow, and the node whose items are its results. */
export interface PeerWorkflow {
	nodes: INode[];
	connections: IConnections;
	settings: { executionOrder: 'v1' };
	last: string;
}

const MODEL = 'bytedance/dreamina-3-0/image-to-video';

/**
 * @param url of the simulator
 * @param wantsFile whether the result's file is fetched too
 */
export function peerWorkflow(peer: Peer, url: string, items: number, wantsFile: boolean): PeerWorkflow {
	const input = { prompt: 'a boat', image_urls: [`${url}/files/inputs/${INPUT_IMAGE}`] };
	switch (peer) {
		case 'this node':
			return singleNode(
				runComfyNode({
					specifyInput: 'json',
					inputJson: JSON.stringify(input),
					downloadOutput: wantsFile,
					options: { maxConcurrency: items },
				}),
			);
		case 'HTTP Request, Wait 5 s, IF':
			return httpWorkflow(url, input, wantsFile);
		default: {
			const intervalMs = peer === 'a loop, every 2 s' ? 2_000 : 5_000;
			const parameters = { url, model: MODEL, input: JSON.stringify(input), intervalMs, download: wantsFile };
			return singleNode({ ...runComfyNode(parameters), type: 'bench.pollingLoop' });
		}
	}
}

function singleNode(node: INode): PeerWorkflow {
	return workflow([node], {}, node.name, node.name);
}

/** What users build today, from n8n's own nodes: submit, pause, read the status, and pause again where it isn't completed. */
function httpWorkflow(url: string, input: object, wantsFile: boolean): PeerWorkflow {
	const requests = `=${url}/v1/requests/{{ $json.request_id }}`;
	const body = { sendBody: true, specifyBody: 'json', jsonBody: JSON.stringify(input) };
	const file = { response: { response: { responseFormat: 'file', outputPropertyName: 'data' } } };
	const nodes = [
		node('Submit', 'httpRequest', 4.2, request('POST', `${url}/v1/models/${MODEL}`, body)),
		node('Wait', 'wait', 1.1, { resume: 'timeInterval', amount: 5, unit: 'seconds' }),
		node('Status', 'httpRequest', 4.2, request('GET', `${requests}/status`)),
		node('Completed?', 'if', 2.2, { conditions: equals('={{ $json.status }}', 'completed'), options: {} }),
		node('Result', 'httpRequest', 4.2, request('GET', `${requests}/result`)),
		...(wantsFile
			? [
					node('File', 'httpRequest', 4.2, {
						method: 'GET',
						url: '={{ $json.output.video }}',
						options: file,
					}),
				]
			: []),
	];
	const connections = {
		Submit: [['Wait']],
		Wait: [['Status']],
		Status: [['Completed?']],
		'Completed?': [['Result'], ['Wait']],
		...(wantsFile ? { Result: [['File']] } : {}),
	};
	return workflow(nodes, connections, 'Submit', wantsFile ? 'File' : 'Result');
}

function request(method: string, url: string, more: INodeParameters = {}): INodeParameters {
	const authentication = { authentication: 'predefinedCredentialType', nodeCredentialType: 'runComfyApi' };
	return { method, url, ...authentication, ...more, options: {} };
}

function equals(leftValue: string, rightValue: string): INodeParameters {
	return {
		options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
		conditions: [{ id: 'one', leftValue, rightValue, operator: { type: 'string', operation: 'equals' } }],
		combinator: 'and',
	};
}

function node(name: string, type: string, typeVersion: number, parameters: INodeParameters): INode {
	return { ...runComfyNode(parameters), id: name, name, type: `n8n-nodes-base.${type}`, typeVersion };
}

function workflow(nodes: INode[], connections: Record<string, string[][]>, first: string, last: string): PeerWorkflow {
	const trigger = { ...runComfyNode({}), id: 'trigger', name: 'Trigger', type: 'n8n-nodes-base.manualTrigger' };
	const all = { Trigger: [[first]], ...connections };
	return {
		nodes: [trigger, ...nodes],
		connections: Object.fromEntries(
			Object.entries(all).map(([name, outputs]) => [
				name,
				{ main: outputs.map((targets) => targets.map((target) => ({ node: target, type: 'main', index: 0 }))) },
			]),
		),
		settings: { executionOrder: 'v1' },
		last,
	};
}
