import type { INodeProperties } from 'n8n-workflow';

import { description as deploymentSubmitAndWait } from '../RunComfy/actions/deploymentRequest/submitAndWait.operation';
import { description as deploymentWait } from '../RunComfy/actions/deploymentRequest/wait.operation';
import { description as submitAndWait } from '../RunComfy/actions/request/submitAndWait.operation';
import { description as wait } from '../RunComfy/actions/request/wait.operation';
import { maxConcurrencyOption } from '../RunComfy/actions/parameters/runOptions';
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
	default: 60,
	description:
		'How long to watch new requests before they go to the Wait node, which saves their IDs. Short requests then finish without it. Until they are saved, the IDs are only in the log. Set to 0 to save them immediately.',
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
				'Run the nodes after Done each time items finish, provided they are above the Wait node on the canvas',
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

/** The operations of a resource. */
function operationField(resource: string, family: 'model' | 'deployment'): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource] } },
		options: [
			{
				name: 'Submit and Wait',
				value: 'submitAndWait',
				description: 'Start a paid generation for each item and wait for it across restarts',
				action:
					family === 'model'
						? 'Generate images videos or audio across restarts'
						: 'Run ComfyUI workflows across restarts',
			},
			{
				name: 'Wait',
				value: 'wait',
				description: 'Wait across restarts for requests submitted earlier',
				action: `Wait for ${family} requests across restarts`,
			},
		],
		default: 'submitAndWait',
	};
}

/** The parameters of the node: those of Submit and Wait, and how to wait durably. */
export const durableFields: INodeProperties[] = [
	{
		displayName:
			"Connect Pending to a Wait node and the Wait node back to the input of this node. Set the Wait node to resume At Specified Time <code>{{ $json.runComfyWait.resumeAt }}</code>. Finished and failed items leave through Done. While requests run, the execution waits in n8n's database and survives restarts.",
		name: 'loopNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Model Request', value: 'request' },
			{ name: 'Deployment Request (ComfyUI)', value: 'deploymentRequest' },
		],
		default: 'request',
	},
	operationField('request', 'model'),
	operationField('deploymentRequest', 'deployment'),
	// How to wait stands above Options, which end the form.
	...[...submitAndWait, ...wait, ...deploymentSubmitAndWait, ...deploymentWait].map(durable).filter(isNotOptions),
	watchSecondsField,
	returnItemsField,
	...[...submitAndWait, ...wait, ...deploymentSubmitAndWait, ...deploymentWait].map(durable).filter(isOptions),
];

function isOptions({ name }: INodeProperties): boolean {
	return name === 'options';
}

function isNotOptions(property: INodeProperties): boolean {
	return !isOptions(property);
}

/** An operation's parameter with the defaults of this node. */
function durable(property: INodeProperties): INodeProperties {
	if (property.name !== 'options') return property;
	const options = (property.options ?? []) as INodeProperties[];
	return { ...property, options: options.map(changed) };
}

function changed(option: INodeProperties): INodeProperties {
	return { ...option, ...CHANGED[option.name] };
}

/** Options that this node describes with other defaults than the main node. */
export const durableMaxConcurrency = changed(maxConcurrencyOption);
export const durableMaxWaitTime = changed(maxWaitTimeOption);
