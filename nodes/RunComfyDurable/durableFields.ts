import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';

import { properties as submitAndWaitProperties } from '../RunComfy/actions/request/submitAndWait.operation';
import { requestIdField } from '../RunComfy/actions/shared/requestIdField';
import { maxConcurrencyOption, spendLimitOption } from '../RunComfy/actions/shared/runOptions';
import { submitFields } from '../RunComfy/actions/shared/submitFields';
import { additionalInputsOption, checkMediaOption, validationOption } from '../RunComfy/actions/shared/submitOptions';
import { maxWaitTimeOption } from '../RunComfy/actions/shared/waitOptions';

/** A day: what is waited for here takes no worker and no memory. */
const DEFAULT_MAX_WAIT_SECONDS = 86_400;
/** All of these are submitted before they are saved, so it bounds what a crash can lose. */
const DEFAULT_CONCURRENCY = 50;

/** How long to watch new requests before they are saved. */
export const watchSecondsField: INodeProperties = {
	displayName: 'Watch First (Seconds)',
	name: 'watchSeconds',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 20,
	description:
		'How long to watch new requests before their IDs are saved, so that short ones need not wait for n8n, which resumes once a minute. Until they are saved, the IDs are only in the log: with 0 they are saved at once.',
};

/** When finished items leave. */
export const returnItemsField: INodeProperties = {
	displayName: 'Return Items',
	name: 'returnItems',
	type: 'options',
	options: [
		{
			name: 'All Together',
			value: 'together',
			description: 'The nodes behind Done run once, with all items',
		},
		{
			name: 'As They Finish',
			value: 'finished',
			description: 'The nodes behind Done run each time some items are finished, if they lie above this node on the canvas',
		},
	],
	default: 'together',
	description: 'When finished items leave the node',
};

/** Other defaults for waits of hours. */
const CHANGED: Record<string, Partial<INodeProperties>> = {
	cancelOnStop: {
		description:
			'Whether to cancel requests at RunComfy when the running execution is stopped. Unless it is set here, those whose IDs are saved already go on. While the execution waits, Stop cannot cancel anything.',
	},
	maxConcurrency: {
		default: DEFAULT_CONCURRENCY,
		description: 'How many requests to have under way at once. They are submitted in one go and saved together. The value of the first item counts.',
	},
	maxWaitTime: {
		default: DEFAULT_MAX_WAIT_SECONDS,
		description: 'Seconds to wait for one request, downloads not included',
	},
};

/** Options that say nothing about a wait. */
const SUBMIT_OPTIONS = [additionalInputsOption, checkMediaOption, spendLimitOption, validationOption].map(({ name }) => name);

const submitNames = new Set(submitFields.map(({ name }) => name));

/** The parameters of the node: those of Submit and Wait, and how to wait durably. */
export const durableFields: INodeProperties[] = [
	{
		displayName:
			'Connect the output Loop back to the input of this node. Finished items leave by Done. While requests run, the execution waits in the database of n8n and survives restarts. Remove the Loop connection before you deactivate this node: n8n would pass its items round without end.',
		name: 'loopNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Submit and Wait',
				value: 'submitAndWait',
				description: 'Start a paid generation for each item and wait for it across restarts',
				action: 'Submit paid requests and wait across restarts',
			},
			{
				name: 'Wait',
				value: 'wait',
				description: 'Wait across restarts for requests that were submitted earlier',
				action: 'Wait for requests across restarts',
			},
		],
		default: 'submitAndWait',
	},
	{ ...requestIdField, displayOptions: { show: { operation: ['wait'] } } },
	...submitAndWaitProperties.map((property) => {
		if (property.name === 'options') return { ...property, options: (property.options ?? []).map(changed) };
		if (!submitNames.has(property.name)) return property;
		const { show, ...others } = property.displayOptions ?? {};
		return { ...property, displayOptions: { show: { operation: ['submitAndWait'], ...show }, ...others } };
	}),
	watchSecondsField,
	returnItemsField,
];

function changed(option: INodeProperties | INodePropertyOptions | INodePropertyCollection) {
	const isOfSubmit = SUBMIT_OPTIONS.includes(option.name);
	return { ...option, ...CHANGED[option.name], ...(isOfSubmit ? { displayOptions: { show: { '/operation': ['submitAndWait'] } } } : {}) } as INodeProperties;
}

/** Options that this node describes with other defaults than the main node. */
export const durableMaxConcurrency = changed(maxConcurrencyOption);
export const durableMaxWaitTime = changed(maxWaitTimeOption);
