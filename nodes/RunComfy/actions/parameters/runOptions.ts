import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { RunSettings } from '../../execution/run';
import { invalidInput } from '../../shared/failure';
import { readIncludesInput } from './itemOptions';
import { readNumber } from './readParameters';

/** Options that apply to all items of a run. */
export const maxConcurrencyOption: INodeProperties = {
	displayName: 'Max Concurrency',
	name: 'maxConcurrency',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 10,
	description: "Maximum number of items processed in parallel. Only the first item's value is used.",
	// An agent calls the node with one item.
	displayOptions: { hide: { '@tool': [true] } },
};

export const spendLimitOption: INodeProperties = {
	displayName: 'Spend Limit (USD)',
	name: 'spendLimit',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 0,
	description:
		"Maximum amount that one run of this node can spend, estimated from base prices. Items that exceed it aren't submitted. Set to 0 for no limit. Only the first item's value is used.",
};

/** Operations whose runs end with a hint that says what they did. */
const SUMMARIZED = new Set(['submit', 'submitAndWait', 'wait']);

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
		includesInput: readIncludesInput,
		isSummarized: SUMMARIZED.has(String(context.getNodeParameter('operation', 0, ''))),
	};
}

/** A limit whose expression returns nothing is refused instead of being treated as no limit. */
function readSpendLimit(context: IExecuteFunctions, value: unknown): number {
	const { options } = context.getNode().parameters;
	const isSet = typeof options === 'object' && options !== null && 'spendLimit' in options;
	if (isSet && (value === undefined || value === null || (typeof value === 'string' && value.trim() === ''))) {
		throw invalidInput(
			'Spend Limit is set, but its expression returns nothing',
			'Correct the expression in Options, or remove Spend Limit for no limit.',
		);
	}
	return readNumber(value, spendLimitOption);
}
