import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { FailureDetails } from '../RunComfy/shared/failure';

/** Where an item carries its state through the loop. */
export const STATE_KEY = 'runComfyWait';

/** What is known of an item whose request was submitted, or refused. All of it is JSON. */
export interface WaitState {
	requestId?: string;
	modelId?: string;
	/** When this batch took it over, and when waiting for it ends. Milliseconds since 1970. */
	since: number;
	deadline: number;
	/** Whether this node submitted the request, and may cancel it. */
	isOwn: boolean;
	warnings: string[];
	/** Its end was seen; the result is read again when the item leaves, which is free. */
	isFinished?: boolean;
	/** It never became a request. */
	failure?: FailureDetails;
}

/** The state of an item that came through the loop; undefined for a new one. */
export function readState({ json }: INodeExecutionData): WaitState | undefined {
	const state = json[STATE_KEY];
	const isState = typeof state === 'object' && state !== null && typeof (state as IDataObject).since === 'number';
	return isState ? (state as unknown as WaitState) : undefined;
}

/** The data that an item came with, without the state. */
export function withoutState({ json }: INodeExecutionData): IDataObject {
	return Object.fromEntries(Object.entries(json).filter(([name]) => name !== STATE_KEY));
}

/** The data that an item came with, and its state. */
export function withState(item: INodeExecutionData, state: WaitState | undefined): IDataObject {
	return state === undefined ? withoutState(item) : { ...withoutState(item), [STATE_KEY]: state as unknown as IDataObject };
}
