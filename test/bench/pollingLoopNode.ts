import {
	NodeConnectionTypes,
	sleep,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import type { Readable } from 'node:stream';

/** A loop over requests that never end would hold the bench up for good. */
const MAX_READS = 10_000;

interface Answer {
	request_id: string;
	status: string;
	output?: { video?: string };
}

/**
 * What a Code node or a small script does: submit, read the status at a fixed interval, fetch the result.
 * It is as good as a loop can be: its requests may run all at once, and a file is streamed to n8n's storage.
 */
export class PollingLoopNode implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Polling Loop',
		name: 'pollingLoop',
		group: ['transform'],
		version: 1,
		description: 'Reads the status at a fixed interval',
		defaults: { name: 'Polling Loop' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'runComfyApi', required: true }],
		properties: [
			{ displayName: 'URL', name: 'url', type: 'string', default: '' },
			{ displayName: 'Model', name: 'model', type: 'string', default: '' },
			{ displayName: 'Input', name: 'input', type: 'json', default: '{}' },
			{ displayName: 'Interval (ms)', name: 'intervalMs', type: 'number', default: 5000 },
			{ displayName: 'All at Once', name: 'allAtOnce', type: 'boolean', default: true },
			{ displayName: 'Download', name: 'download', type: 'boolean', default: false },
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const indexes = this.getInputData().map((_, item) => item);
		if (this.getNodeParameter('allAtOnce', 0) === true)
			return [await Promise.all(indexes.map(async (item) => await runItem(this, item)))];
		const out: INodeExecutionData[] = [];
		for (const item of indexes) out.push(await runItem(this, item));
		return [out];
	}
}

async function runItem(context: IExecuteFunctions, item: number): Promise<INodeExecutionData> {
	const parameter = (name: string) => String(context.getNodeParameter(name, item));
	const call = async (method: 'GET' | 'POST', path: string, body?: object) =>
		(await context.helpers.httpRequestWithAuthentication.call(context, 'runComfyApi', {
			method,
			url: `${parameter('url')}/v1/${path}`,
			body,
			json: true,
		})) as Answer;
	const input = JSON.parse(parameter('input')) as object;
	const { request_id: id } = await call('POST', `models/${parameter('model')}`, input);
	let isCompleted = false;
	for (let reads = 0; !isCompleted; reads++) {
		if (reads > MAX_READS) throw new Error(`Request ${id} is not completed after ${MAX_READS} reads`);
		await sleep(Number(parameter('intervalMs')));
		isCompleted = (await call('GET', `requests/${id}/status`)).status === 'completed';
	}
	const result = await call('GET', `requests/${id}/result`);
	const json = { ...result };
	if (context.getNodeParameter('download', item) !== true) return { json, pairedItem: { item } };
	const url = result.output?.video ?? '';
	const stream = (await context.helpers.httpRequest({ url, encoding: 'stream' })) as Readable;
	const data = await context.helpers.prepareBinaryData(stream, 'video.mp4', 'video/mp4');
	return { json, binary: { data }, pairedItem: { item } };
}
