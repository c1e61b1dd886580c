import { readFinishSettings, type FinishSettings } from '../RunComfy/actions/steps/finishRequest';
import { readBoolean, readNumber } from '../RunComfy/actions/parameters/readParameters';
import { cancelOnStopOption } from '../RunComfy/actions/parameters/waitOptions';
import type { ItemContext } from '../RunComfy/execution/itemContext';
import { durableMaxWaitTime } from './durableFields';

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
