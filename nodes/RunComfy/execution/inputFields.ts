import type { INodeExecutionData } from 'n8n-workflow';

/** Fields of an input item that mean something to n8n or to the durable node, and nothing on another item. */
const NOT_PASSED_ON = new Set(['error', '$error', 'runComfyWait']);

/**
 * An output item with the fields and files of its input item, where it has none of that name itself. An item that failed
 * stays as it is: n8n expects its error alone.
 */
export function withInputFields(output: INodeExecutionData, input: INodeExecutionData | undefined): INodeExecutionData {
	if (input === undefined || output.json.error !== undefined) return output;
	const own = Object.entries(input.json).filter(([name]) => !NOT_PASSED_ON.has(name));
	const binary = { ...input.binary, ...output.binary };
	return {
		...output,
		json: { ...Object.fromEntries(own), ...output.json },
		...(Object.keys(binary).length > 0 ? { binary } : {}),
	};
}
