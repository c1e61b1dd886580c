import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

/** Where an item carries its key through the loop. */
const STATE_KEY = 'runComfyWait';

/** What an item carries through the loop. All that counts is in the node's store, under its key. */
export interface LoopState {
	key: string;
	/** When to come back. ISO date. */
	resumeAt: string;
	/** For people. */
	request_id?: string;
}

/** What an item brings along: no state, one that could be the node's own, or something else in its place. */
export function loopStateOf({ json }: INodeExecutionData): 'none' | 'malformed' | { key: string } {
	const state = json[STATE_KEY];
	if (state === undefined || state === null) return 'none';
	const key = typeof state === 'object' ? (state as IDataObject).key : undefined;
	return typeof key === 'string' ? { key } : 'malformed';
}

/** A copy of an item for the loop. An earlier node's error would make n8n replace its data. */
export function toLoopItem(item: INodeExecutionData, itemIndex: number, state: LoopState): INodeExecutionData {
	const json: IDataObject = { ...item.json, [STATE_KEY]: state };
	// n8n takes an item with both of these for a failed one, and would put an error in the place of its data.
	if ('$json' in json) delete json.$error;
	const copy = { ...item, json, pairedItem: { item: itemIndex } };
	delete copy.error;
	return copy;
}
