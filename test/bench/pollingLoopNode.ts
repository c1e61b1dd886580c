import {
	NodeConnectionTypes,
	sleep,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

/** A loop over requests that never end would hold the bench up for good. */
const MAX_ROUNDS = 1_000;

/** A plain loop, as a Code node or a simple community node has it: submit all items, then read all statuses at a fixed interval. */
export class PollingLoopNode implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Polling Loop',
		name: 'pollingLoop',
		group: ['transform'],
		version: 1,
		description: 'All requests at a fixed interval',
		defaults: { name: 'Polling Loop' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'runComfyApi', required: true }],
		properties: [
			{ displayName: 'URL', name: 'url', type: 'string', default: '' },
			{ displayName: 'Model', name: 'model', type: 'string', default: '' },
			{ displayName: 'Input', name: 'input', type: 'json', default: '{}' },
			{ displayName: 'Interval (ms)', name: 'intervalMs', type: 'number', default: 5000 },
			{ displayName: 'Download', name: 'download', type: 'boolean', default: false },
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
			})) as IDataObject & { request_id: string; status: string; output?: { video?: string } };
		const file = async (address: string) => {
			const bytes = (await this.helpers.httpRequest({ url: address, encoding: 'arraybuffer' })) as Buffer;
			return await this.helpers.prepareBinaryData(bytes, 'video.mp4', 'video/mp4');
		};
		const ids: string[] = [];
		for (let item = 0; item < this.getInputData().length; item++) {
			const input = JSON.parse(String(this.getNodeParameter('input', item))) as object;
			ids.push((await call('POST', `models/${String(this.getNodeParameter('model', item))}`, input)).request_id);
		}
		const open = new Set(ids);
		const items = new Map<string, INodeExecutionData>();
		for (let round = 0; open.size > 0; round++) {
			if (round >= MAX_ROUNDS) throw new Error(`${open.size} requests are not completed after ${round} rounds`);
			await sleep(Number(this.getNodeParameter('intervalMs', 0)));
			for (const id of [...open]) {
				if ((await call('GET', `requests/${id}/status`)).status !== 'completed') continue;
				open.delete(id);
				const json = await call('GET', `requests/${id}/result`);
				const isWanted = this.getNodeParameter('download', 0) === true && json.output?.video !== undefined;
				items.set(id, { json, ...(isWanted ? { binary: { data: await file(json.output!.video!) } } : {}) });
			}
		}
		return [ids.map((id, item) => ({ ...items.get(id)!, pairedItem: { item } }))];
	}
}
