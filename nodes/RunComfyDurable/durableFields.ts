import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';

import { properties as submitAndWaitProperties } from '../RunComfy/actions/request/submitAndWait.operation';
import { requestIdField } from '../RunComfy/actions/parameters/requestIdField';
import { maxConcurrencyOption, spendLimitOption } from '../RunComfy/actions/parameters/runOptions';
import { submitFields } from '../RunComfy/actions/request/submitFields';
import {
	additionalInputsOption,
	checkMediaOption,
	validationOption,
} from '../RunComfy/actions/parameters/submitOptions';
import { maxWaitTimeOption } from '../RunComfy/actions/parameters/waitOptions';

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
		"How long to watch new requests before their IDs are saved. Short requests then don't have to wait for n8n, which resumes executions once a minute. Until they are saved, the IDs are only in the log. Set to 0 to save them immediately.",
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
			description: 'Run the nodes after Done once, with all items',
		},
		{
			name: 'As They Finish',
			value: 'finished',
			description:
				'Run the nodes after Done each time items finish, provided they are above this node on the canvas',
		},
	],
	default: 'together',
	description: 'When to return finished items',
};

/** Other defaults for waits of hours. */
const CHANGED: Record<string, Partial<INodeProperties>> = {
	cancelOnStop: {
		description:
			"Whether to cancel requests when the running execution is stopped. Unless this is set, requests whose IDs are already saved keep running. While the execution waits, Stop can't cancel anything.",
	},
	maxConcurrency: {
		default: DEFAULT_CONCURRENCY,
		description:
			"Maximum number of requests running in parallel. They are submitted and saved together. Only the first item's value is used.",
	},
	maxWaitTime: {
		default: DEFAULT_MAX_WAIT_SECONDS,
		description: 'Maximum number of seconds to wait for a request, not including downloads',
	},
};

/** Options that say nothing about a wait. */
const SUBMIT_OPTIONS = [additionalInputsOption, checkMediaOption, spendLimitOption, validationOption].map(
	({ name }) => name,
);

const submitNames = new Set(submitFields.map(({ name }) => name));

/** The parameters of the node: those of Submit and Wait, and how to wait durably. */
export const durableFields: INodeProperties[] = [
	{
		displayName:
			"Connect the Loop output back to the input of this node. Finished items leave through Done. While requests run, the execution waits in n8n's database and survives restarts. Remove the Loop connection before you deactivate this node; otherwise, n8n passes its items around endlessly.",
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
				action: 'Submit paid model requests and wait across restarts',
			},
			{
				name: 'Wait',
				value: 'wait',
				description: 'Wait across restarts for requests submitted earlier',
				action: 'Wait for model requests across restarts',
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
	return {
		...option,
		...CHANGED[option.name],
		...(isOfSubmit ? { displayOptions: { show: { '/operation': ['submitAndWait'] } } } : {}),
	} as INodeProperties;
}

/** Options that this node describes with other defaults than the main node. */
export const durableMaxConcurrency = changed(maxConcurrencyOption);
export const durableMaxWaitTime = changed(maxWaitTimeOption);
