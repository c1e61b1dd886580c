import type { ResourceMapperField } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import { isJsonObject } from '../../shared/json';
import {
	checkWorkflowValues,
	flatValues,
	uncheckedWorkflowValues,
	type CheckedValues,
	type WorkflowProblem,
} from '../../workflow/checkValues';
import { enteredFields, mergeEntered, setEntered, type EnteredWorkflow } from '../../workflow/entered';
import type { WorkflowGraph } from '../../workflow/graph';
import { overridesBody } from '../../workflow/overridesBody';
import { readWorkflowJson } from '../../workflow/workflowJson';
import { describeWorkflow, type Workflow } from '../../workflow/workflowInputs';
import { readBoolean, readChoice } from '../parameters/readParameters';
import { checkMediaOption, validationOption } from '../parameters/submitOptions';
import { openBinaryInputs, type BinaryInput } from '../steps/binaryInputs';
import type { CheckedInput, NamedProblem } from '../steps/checkedInput';
import { checkBinaryFields, mediaProblems } from '../steps/checkFiles';
import { asJson } from '../steps/enteredInput';
import { workflowOf } from './workflowOf';

/**
 * Builds the body of a submit from an item and checks it against the deployed workflow: values and files. Nothing is encoded
 * yet, and the only calls to RunComfy are free reads of the deployment.
 *
 * @throws RunComfyFailure `invalid_input` when a parameter can't be read at all, and what the reads throw
 */
export async function checkInput(item: ItemContext, deploymentId: string): Promise<CheckedInput> {
	const validation = readChoice<CheckedInput['validation']>(item.options.validation, validationOption);
	const wantsMediaCheck = readBoolean(item.options.checkMedia, checkMediaOption);
	const files = await openBinaryInputs(item);
	const { workflow: deployed, reading, problem } = await workflowOf(item, deploymentId);
	// All items wait for the same workflow; the work on each of them must not come in one go.
	await item.run.nextTurn();
	const { entered, storedFields } = readEntered(item, deployed?.graph, files);
	// Another workflow runs with the nodes of the deployment, whose classes are known as far as both share them.
	const workflow =
		entered.graph === undefined ? deployed : describeWorkflow(entered.graph, { classes: deployed?.classes });
	const notices = workflow === undefined ? [unknownWorkflow(reading.kind)] : problem ? [incomplete(problem)] : [];
	if (workflow === undefined || entered.body !== undefined) {
		const { body, warnings } = overridesBody(entered, uncheckedWorkflowValues(entered));
		return { body, files, problems: [], warnings: [...entered.hints, ...notices, ...warnings], validation };
	}
	const checked = checkWorkflowValues(workflow, entered, storedFields);
	const { body, warnings } = overridesBody(entered, checked.values);
	if (validation === 'off')
		return { body, files, problems: [], warnings: [...entered.hints, ...warnings], validation };
	const media = await filesOf(item, workflow, checked, files, wantsMediaCheck);
	return {
		body,
		files,
		problems: [...checked.problems.map(named), ...media.problems],
		warnings: [...notices, ...checked.warnings, ...warnings, ...media.warnings],
		validation,
	};
}

/** What was entered by the form or as JSON, with additional inputs and files in it. */
function readEntered(
	item: ItemContext,
	graph: WorkflowGraph | undefined,
	files: BinaryInput[],
): { entered: EnteredWorkflow; storedFields: ResourceMapperField[] } {
	const isJson = item.parameter('specifyInput', 'fields') === 'json';
	const mapper = isJson ? {} : item.parameter('workflowInput', {});
	const { value, schema } = isJsonObject(mapper) ? mapper : {};
	const own = isJson
		? readWorkflowJson(graph, plain(item, item.parameter('inputJson', '{}')))
		: enteredFields(graph, asJson(item, isJsonObject(value) ? value : {}));
	const additional = plain(item, item.options.additionalInputs ?? {});
	const entered = mergeEntered(own, readWorkflowJson(graph, additional, 'Additional Inputs'));
	for (const { field, placeholder } of files) setEntered(entered, graph, field, placeholder);
	return { entered, storedFields: Array.isArray(schema) ? (schema as ResourceMapperField[]) : [] };
}

/** JSON text stays as it is, so that long numbers keep their digits and messages can tell where it breaks. */
function plain(item: ItemContext, value: unknown): unknown {
	return isJsonObject(value) ? asJson(item, value) : value;
}

async function filesOf(
	item: ItemContext,
	workflow: Workflow,
	{ inputs, values }: CheckedValues,
	files: BinaryInput[],
	wantsMediaCheck: boolean,
): Promise<{ problems: NamedProblem[]; warnings: string[] }> {
	const sentence = ({ name, text }: { name: string; text: string }) =>
		`${inputs.inputs.find((input) => input.name === name)?.title ?? workflow.inputs.find((input) => input.name === name)?.title ?? name} ${text}`;
	const { problems, warnings } = await mediaProblems(item, inputs, flatValues(values), files, wantsMediaCheck);
	// A field that the workflow doesn't have is reported by its values already.
	const known = files.filter(({ field }) => workflow.inputs.some(({ name }) => name === field));
	const all = [...checkBinaryFields('workflow', workflow, known), ...problems];
	return { problems: all.map((one) => ({ ...one, sentence: sentence(one), isOfSchema: false })), warnings };
}

function named(problem: WorkflowProblem): NamedProblem {
	return { ...problem, isOfSchema: problem.isMedia !== true };
}

function unknownWorkflow(kind: string): string {
	return kind === 'none'
		? "This deployment has no ComfyUI workflow, so the input wasn't checked."
		: "The workflow of this deployment can't be read, so the input wasn't checked.";
}

function incomplete(problem: string): string {
	return `The node definitions of this workflow (object_info) are incomplete: ${problem}. Some values weren't checked.`;
}
