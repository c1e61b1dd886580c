import { NodeConnectionTypes, type IExecuteFunctions } from 'n8n-workflow';

import { NOTHING_SUBMITTED } from '../shared/charge';
import { invalidInput } from '../shared/failure';
import { isJsonObject, jsonText } from '../shared/json';

/** Whether n8n runs the node as a tool, which has a node type of its own whose name ends in "Tool". */
export function isToolRun(context: IExecuteFunctions): boolean {
	return context.getNode().type.endsWith('Tool');
}

/**
 * Whether an agent calls the tool itself, as opposed to n8n running it like a node of the workflow. n8n 2.x says so; in
 * n8n 1.x only the class of the context tells. A tool run in an unknown class counts as a call: it keeps no record then,
 * because the record of another call could be taken for its own.
 */
export function isCalledByAgent(context: IExecuteFunctions): boolean {
	const { isToolExecution } = context as Partial<IExecuteFunctions>;
	if (isToolExecution !== undefined) return isToolExecution.call(context);
	const { name } = context.constructor;
	return name === 'SupplyDataContext' || (name !== 'ExecuteContext' && isToolRun(context));
}

/**
 * Makes sure that the parameters belong to this call. n8n numbers the calls of a tool anew for each set of tools that an
 * agent gets. When two calls have the same number, `$fromAI` gives the second one the values of the first (seen in n8n
 * 2.40.7, with an agent that processes several items at once), and the wrong thing would be paid for.
 *
 * @throws RunComfyFailure `invalid_input` when they belong to another call, or when n8n does not show them
 */
export function requireOwnArguments(context: IExecuteFunctions): void {
	const [call] = context.getInputData(0, NodeConnectionTypes.AiTool);
	const given = isJsonObject(call?.json) ? call.json : {};
	const isOwn = Object.entries(given).every(
		([name, value]) => jsonText(valueInExpressions(context, name, value) ?? null) === jsonText(value ?? null),
	);
	if (isOwn) return;
	throw invalidInput(
		'n8n gave this tool call the values of another call',
		`${NOTHING_SUBMITTED} Call the tool again after the other call has finished. To avoid this, set the agent's Batch Size to 1.`,
	);
}

/** What an expression with `$fromAI` gets; `value` for a name that n8n's own check of names refuses. */
function valueInExpressions(context: IExecuteFunctions, name: string, value: unknown): unknown {
	const { $fromAI: fromAI } = context.getWorkflowDataProxy(0) as { $fromAI?: (name: string) => unknown };
	if (fromAI === undefined) return undefined;
	try {
		return fromAI(name);
	} catch {
		return value;
	}
}
