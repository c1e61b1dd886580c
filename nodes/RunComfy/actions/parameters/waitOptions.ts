import type { INodeProperties } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import { readBoolean, readChoice, readNumber } from './readParameters';

/** An agent's user is waiting in a chat: better to return an ID to check later. */
const TOOL_MAX_WAIT_SECONDS = 60;

/** What is different for an AI agent. */
export const toolWaitNotice: INodeProperties = {
	displayName: `An agent waits up to ${TOOL_MAX_WAIT_SECONDS} seconds, unless Max Wait Time is set, and then gets the request ID to check again later`,
	name: 'toolWaitNotice',
	type: 'notice',
	default: '',
	displayOptions: { show: { '@tool': [true] } },
};

/** Options of the operations that wait. */
export const maxWaitTimeOption: INodeProperties = {
	displayName: 'Max Wait Time',
	name: 'maxWaitTime',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 1800,
	description:
		'Maximum number of seconds to wait for a request, not including downloads. An AI agent waits up to 60 seconds unless this is set.',
};

/** Deployments may have to start an instance first, which takes minutes. */
export const maxWaitTimeOptionOfDeployments: INodeProperties = { ...maxWaitTimeOption, default: 3600 };

export const onTimeoutOption: INodeProperties = {
	displayName: 'On Timeout',
	name: 'onTimeout',
	type: 'options',
	options: [
		{
			name: 'Continue With an Item',
			value: 'return',
			description: 'Return an item with the request ID and timed_out',
		},
		{
			name: 'Stop With an Error',
			value: 'error',
			description: 'Fail with an error that explains how to get the result later',
		},
	],
	default: 'error',
	description: 'What to do when Max Wait Time is over. The request keeps running in both cases.',
};

export const includeCostOption: INodeProperties = {
	displayName: 'Include Cost',
	name: 'includeCost',
	type: 'boolean',
	default: true,
	description: 'Whether to get the actual cost of the request from RunComfy',
};

/** For operations that submit. */
export const cancelOnStopOption: INodeProperties = {
	displayName: 'Cancel on Stop',
	name: 'cancelOnStop',
	type: 'boolean',
	default: true,
	description:
		'Whether to cancel the request when the execution is stopped. This works only while the request is in the queue.',
};

/** Wait didn't submit the request, so by default it doesn't cancel it. */
export const cancelOnStopOptionOfWait: INodeProperties = { ...cancelOnStopOption, default: false };

/** How to wait for a request. */
export interface WaitSettings {
	/** Seconds. */
	maxWaitTime: number;
	onTimeout: 'error' | 'return';
	includeCost: boolean;
	cancelOnStop: boolean;
}

/** The wait settings of an item. @throws RunComfyFailure `invalid_input` */
export function readWaitSettings(
	item: ItemContext,
	cancelOnStopByDefault: boolean,
	maxWaitTime = maxWaitTimeOption,
): WaitSettings {
	const options = item.options;
	return {
		maxWaitTime: readNumber(options.maxWaitTime, maxWaitTime, item.isTool ? TOOL_MAX_WAIT_SECONDS : undefined),
		onTimeout: readChoice<WaitSettings['onTimeout']>(
			options.onTimeout,
			onTimeoutOption,
			item.isTool ? 'return' : undefined,
		),
		includeCost: readBoolean(options.includeCost, includeCostOption),
		cancelOnStop: readBoolean(options.cancelOnStop, cancelOnStopOption, cancelOnStopByDefault),
	};
}
