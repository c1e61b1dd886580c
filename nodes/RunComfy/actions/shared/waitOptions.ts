import type { INodeProperties } from 'n8n-workflow';

/** Options of the operations that wait. */
export const maxWaitTimeOption: INodeProperties = {
	displayName: 'Max Wait Time',
	name: 'maxWaitTime',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 1800,
	description:
		'Seconds to wait for one request, downloads not included. As an AI tool it is 60 unless it is set here.',
};

export const onTimeoutOption: INodeProperties = {
	displayName: 'On Timeout',
	name: 'onTimeout',
	type: 'options',
	options: [
		{
			name: 'Return the Request ID',
			value: 'return',
			description: 'Go on with an item that holds the request ID and timed_out',
		},
		{
			name: 'Stop With a Message',
			value: 'error',
			description: 'Let the item end with the code timeout; the request itself goes on',
		},
	],
	default: 'error',
	description: 'What to do when Max Wait Time is over. The request itself goes on in both cases.',
};

export const includeCostOption: INodeProperties = {
	displayName: 'Include Cost',
	name: 'includeCost',
	type: 'boolean',
	default: true,
	description: 'Whether to ask RunComfy for the real cost of the request',
};

/** For operations that submit. */
export const cancelOnStopOption: INodeProperties = {
	displayName: 'Cancel on Stop',
	name: 'cancelOnStop',
	type: 'boolean',
	default: true,
	description: 'Whether to cancel the request at RunComfy when the execution is stopped',
};

/** A wait watches a request that it did not submit, so it leaves that one alone unless it is told to. */
export const cancelOnStopOptionOfWait: INodeProperties = { ...cancelOnStopOption, default: false };
