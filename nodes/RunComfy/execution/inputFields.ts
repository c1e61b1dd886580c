import type { INodeExecutionData } from 'n8n-workflow';

import type { Clock } from '../shared/clock';
import { TimeSlice } from '../shared/timeSlice';

/**
 * Fields of an input item that mean something to n8n or to the durable node, or that an earlier request left there and that
 * say how this one went: an item that still said `timed_out` would wait in a loop without end.
 */
const NOT_PASSED_ON = [
	'error',
	'$error',
	'runComfyWait',
	'timed_out',
	'waited_seconds',
	'reused',
	'attempts',
	'warnings',
];

/**
 * Output items with the fields and files of their input items. In slices: thousands of items with many fields would block n8n.
 *
 * @param inputAt the input item of an index; undefined where its fields are not wanted
 */
export async function includeInputFields(
	clock: Clock,
	outputs: INodeExecutionData[],
	inputAt: (itemIndex: number) => INodeExecutionData | undefined,
): Promise<INodeExecutionData[]> {
	const turns = new TimeSlice(clock);
	const included: INodeExecutionData[] = [];
	for (const output of outputs) {
		const { item } = output.pairedItem as { item: number };
		included.push(withInputFields(output, inputAt(item)));
		if (turns.isUsedUp()) await turns.renew();
	}
	return included;
}

/**
 * An output item with the fields and files of its input item, where it has none of that name itself. An item that failed
 * stays as it is: n8n expects its error alone.
 */
export function withInputFields(output: INodeExecutionData, input: INodeExecutionData | undefined): INodeExecutionData {
	if (input === undefined || output.json.error !== undefined) return output;
	const ofAnother = ofAnotherRequest(output);
	const own = Object.entries(input.json).filter(([name]) => !ofAnother.has(name));
	const binary = { ...input.binary, ...output.binary };
	return {
		...output,
		json: { ...Object.fromEntries(own), ...output.json },
		...(Object.keys(binary).length > 0 ? { binary } : {}),
	};
}

/** A cost would be counted twice, and a request has one target. */
function ofAnotherRequest({ json }: INodeExecutionData): Set<string> {
	const names = new Set(NOT_PASSED_ON);
	if (json.status === 'succeeded') names.add('cost');
	if (json.model_id !== undefined) names.add('deployment_id');
	if (json.deployment_id !== undefined) names.add('model_id');
	return names;
}
