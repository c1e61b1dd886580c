import type { IDataObject } from 'n8n-workflow';

import type { Simulator } from '../simulator/simulator';

/** What was paid for and what came out. */
export interface Books {
	submits: number;
	accepted: number;
	items: number;
	/** Items whose request is another one's too. */
	twice: number;
	/** Accepted requests that are in no item. */
	missing: string[];
}

/** Compares what the simulator accepted with the items of a workflow. */
export function books(simulator: Simulator, items: IDataObject[]): Books {
	const ids = items.map(({ request_id }) => String(request_id));
	return {
		submits: simulator.calls('submit').length,
		accepted: simulator.accepted.length,
		items: items.length,
		twice: ids.length - new Set(ids).size,
		missing: simulator.accepted.map(({ id }) => id).filter((id) => !ids.includes(id)),
	};
}
