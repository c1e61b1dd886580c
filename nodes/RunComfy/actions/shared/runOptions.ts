import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { RunSettings } from '../../execution/run';
import { invalidInput } from '../../shared/failure';
import { readNumber } from './readParameters';

/** Options that hold for all items of a run. */
export const maxConcurrencyOption: INodeProperties = {
	displayName: 'Max Concurrency',
	name: 'maxConcurrency',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 10,
	description: 'How many items to work on at once. The value of the first item counts.',
	// An agent calls with one item.
	displayOptions: { hide: { '@tool': [true] } },
};

export const spendLimitOption: INodeProperties = {
	displayName: 'Spend Limit',
	name: 'spendLimit',
	type: 'number',
	typeOptions: { minValue: 0, numberPrecision: 4 },
	default: 0,
	description:
		'USD that one run of this node may spend, 0 for no limit. It is an estimate from base prices; items beyond it are not submitted. The value of the first item counts.',
};

/**
 * Reads the options of the first item.
 *
 * @param maxConcurrency as the node describes it
 * @throws RunComfyFailure `invalid_input`
 */
export function readRunSettings(context: IExecuteFunctions, maxConcurrency = maxConcurrencyOption): RunSettings {
	const options = context.getNodeParameter('options', 0, {}) as Record<string, unknown>;
	return {
		maxConcurrency: Math.floor(readNumber(options.maxConcurrency, maxConcurrency)),
		spendLimit: readSpendLimit(context, options.spendLimit),
	};
}

/** A limit that an expression leaves empty is none that anybody wants to rely on. */
function readSpendLimit(context: IExecuteFunctions, value: unknown): number {
	const { options } = context.getNode().parameters;
	const isSet = typeof options === 'object' && options !== null && 'spendLimit' in options;
	if (isSet && (value === undefined || value === null || (typeof value === 'string' && value.trim() === ''))) {
		throw invalidInput('Spend Limit is set, but its expression gives nothing', 'Correct the expression in Options, or remove Spend Limit for no limit.');
	}
	return readNumber(value, spendLimitOption);
}
