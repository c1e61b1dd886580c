import { NodeConnectionTypes, type IExecuteFunctions } from 'n8n-workflow';

import { NOTHING_SUBMITTED } from '../shared/charge';
import { invalidInput } from '../shared/failure';
import { isJsonObject, jsonText } from '../shared/json';

/** n8n runs a node as a tool under a type of its own, whose name ends in "Tool". */
export function isToolRun(context: IExecuteFunctions): boolean {
	return context.getNode().type.endsWith('Tool');
}

/** Whether n8n runs a tool for an agent's own call, and not as a node of the workflow. n8n 1.x has no name for it. */
export function isCalledByAgent(context: IExecuteFunctions): boolean {
	const { isToolExecution } = context as Partial<IExecuteFunctions>;
	return isToolExecution === undefined
		? context.constructor.name === 'SupplyDataContext'
		: isToolExecution.call(context);
}

/**
 * Makes sure that the parameters are those of this call. n8n numbers the calls of a tool anew for each set of tools that an
 * agent takes; where two calls have one number, `$fromAI` gives the second one the values of the first (seen in n8n 2.40.7, with
 * an agent that works on several items at once), and it would be paid for the wrong thing.
 *
 * @throws RunComfyFailure `invalid_input`
 */
export function requireOwnArguments(context: IExecuteFunctions): void {
	const [call] = context.getInputData(0, NodeConnectionTypes.AiTool);
	const given = isJsonObject(call?.json) ? call.json : {};
	const isOwn = Object.entries(given).every(
		([name, value]) => jsonText(seenByExpressions(context, name, value) ?? null) === jsonText(value ?? null),
	);
	if (isOwn) return;
	throw invalidInput(
		'n8n gave this tool call the values of another call',
		`${NOTHING_SUBMITTED} Call the tool again after the other call has finished. To avoid this, set the agent's Batch Size to 1.`,
	);
}

/** What an expression with `$fromAI` gets; `value` where n8n does not answer, for a name that it does not take. */
function seenByExpressions(context: IExecuteFunctions, name: string, value: unknown): unknown {
	try {
		const { $fromAI: fromAI } = context.getWorkflowDataProxy(0) as { $fromAI?: (name: string) => unknown };
		return fromAI === undefined ? value : fromAI(name);
	} catch {
		return value;
	}
}
