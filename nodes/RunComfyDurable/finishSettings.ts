import { readFinishSettings, type FinishSettings } from '../RunComfy/actions/steps/finishRequest';
import { readBoolean, readNumber } from '../RunComfy/actions/parameters/readParameters';
import { cancelOnStopOption } from '../RunComfy/actions/parameters/waitOptions';
import type { ItemContext } from '../RunComfy/execution/itemContext';
import { withSubmittedIds } from '../RunComfy/failures/nodeError';
import { durableMaxWaitTime } from './durableFields';
import type { WaitingRequest } from './durableStore';

/**
 * The settings of an item. Stop cancels what was not saved yet, unless the author says otherwise: saved requests also keep
 * running when a waiting execution is stopped, and n8n's shutdown cannot be told from Stop.
 *
 * @param isOwn whether this node submitted the request
 * @param isNew whether it did so in this round
 * @throws RunComfyFailure `invalid_input`
 */
export function finishSettings(item: ItemContext, isOwn: boolean, isNew: boolean): FinishSettings {
	const { options } = item;
	return {
		...readFinishSettings(item, isOwn),
		cancelOnStop: readBoolean(options.cancelOnStop, cancelOnStopOption, isOwn && isNew),
		maxWaitTime: readNumber(options.maxWaitTime, durableMaxWaitTime),
	};
}

/**
 * The settings of an item that has a request already: a failure to read them names the request, which may be charged.
 *
 * @throws RunComfyFailure with the request's ID
 */
export function requestSettings(
	item: ItemContext,
	{ job }: WaitingRequest,
	isOwn: boolean,
	isNew: boolean,
): FinishSettings {
	try {
		return finishSettings(item, isOwn, isNew);
	} catch (error) {
		throw withSubmittedIds(error, [job.requestId]);
	}
}
