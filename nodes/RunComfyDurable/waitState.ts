import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { FailureDetails } from '../RunComfy/shared/failure';
import type { JobRef } from '../RunComfy/shared/job';

/** Where an item carries its state through the loop. */
export const STATE_KEY = 'runComfyWait';

/** A request that an item has. All of it is JSON, for it stands in the item while the execution waits. */
export interface WaitingRequest {
	job: JobRef;
	/** When this batch took it over, and when waiting for it ends. Milliseconds since 1970. */
	since: number;
	deadline: number;
	/** Whether this node submitted the request, and may cancel it. */
	isOwn: boolean;
	warnings: string[];
	/** Since when reads of it have been refused in a row, where they are. Milliseconds since 1970. */
	refusedSince?: number;
	/** Its end was seen; the result is read again when the item leaves, which is free. */
	isOver?: boolean;
	/** It ended badly, in the execution with this id. A person's Retry is another one, and buys again. */
	failedIn?: string;
}

/** What is known of an item. One that goes round the loop always has a state, also before its turn has come. */
export interface WaitState {
	request?: WaitingRequest;
	/** It never became a request, in the execution with this id. */
	refused?: { failure: FailureDetails; executionId: string };
}

/** The state of an item that came through the loop; undefined for one that comes from elsewhere. */
export function readState({ json }: INodeExecutionData): WaitState | undefined {
	const state = json[STATE_KEY];
	return typeof state === 'object' && state !== null ? (state as unknown as WaitState) : undefined;
}

/** What of a state counts in this execution: what ended badly in another one is tried again. */
export function stateIn(executionId: string, { request, refused }: WaitState): WaitState {
	const isOld = (id: string | undefined) => id !== undefined && id !== executionId;
	return {
		...(request && !isOld(request.failedIn) ? { request } : {}),
		...(refused && !isOld(refused.executionId) ? { refused } : {}),
	};
}

/** Whether nothing more is to be waited for. */
export function isOver({ request, refused }: WaitState): boolean {
	return refused !== undefined || request?.isOver === true;
}

/** The data that an item came with, without the state. An earlier failure in it is not its own any more. */
export function ownData({ json }: INodeExecutionData): IDataObject {
	return Object.fromEntries(Object.entries(json).filter(([name]) => name !== STATE_KEY && name !== 'error'));
}

/** The data that an item came with, and its state. */
export function withState({ json }: INodeExecutionData, state: WaitState): IDataObject {
	const data: IDataObject = { ...json, [STATE_KEY]: state };
	// n8n takes an item with both of these for a failed one, and would put an error in the place of its data.
	if ('$json' in data) delete data.$error;
	return data;
}
