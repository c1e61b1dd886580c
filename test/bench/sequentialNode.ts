import {
	NodeConnectionTypes,
	sleep,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

/** A loop over requests that never end would hold the bench up for good. */
const MAX_READS = 10_000;

/** What is commonly done: submit an item, ask for its status at a fixed interval, fetch the result, take the next item. */
export class SequentialNode implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Sequential',
		name: 'sequential',
		group: ['transform'],
		version: 1,
		description: 'One request after another',
		defaults: { name: 'Sequential' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'runComfyApi', required: true }],
		properties: [
			{ displayName: 'URL', name: 'url', type: 'string', default: '' },
			{ displayName: 'Model', name: 'model', type: 'string', default: '' },
			{ displayName: 'Input', name: 'input', type: 'json', default: '{}' },
			{ displayName: 'Interval (ms)', name: 'intervalMs', type: 'number', default: 5000 },
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const url = String(this.getNodeParameter('url', 0));
		const call = async (method: 'GET' | 'POST', path: string, body?: object) =>
			(await this.helpers.httpRequestWithAuthentication.call(this, 'runComfyApi', {
				method,
				url: `${url}/v1/${path}`,
				body,
				json: true,
			})) as { request_id: string; status: string };
		const out: INodeExecutionData[] = [];
		for (let item = 0; item < this.getInputData().length; item++) {
			const model = String(this.getNodeParameter('model', item));
			const input = JSON.parse(String(this.getNodeParameter('input', item))) as object;
			const { request_id: id } = await call('POST', `models/${model}`, input);
			let isCompleted = false;
			for (let reads = 0; !isCompleted; reads++) {
				if (reads > MAX_READS) throw new Error(`Request ${id} is not completed after ${MAX_READS} reads`);
				await sleep(Number(this.getNodeParameter('intervalMs', item)));
				isCompleted = (await call('GET', `requests/${id}/status`)).status === 'completed';
			}
			out.push({ json: await call('GET', `requests/${id}/result`), pairedItem: { item } });
		}
		return [out];
	}
}
