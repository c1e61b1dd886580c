import { convertValue } from '../schema/convertValue';
import type { ModelInputs } from '../schema/modelInputs';
import { isLeftOut } from '../schema/requestBody';
import { validateInput, type InputProblem } from '../schema/validateInput';
import { formatValue } from '../schema/formatValue';
import { isSameJson } from '../shared/json';
import { truncate } from '../shared/text';
import { fieldId } from './candidates';
import { fieldChange, storedTitle, type StoredField } from './changes';
import { splitFieldId, type EnteredWorkflow, type WorkflowValue } from './entered';
import { linkOf } from './graph';
import { targetProblem } from './targets';
import { choiceProblem, mayBeFile, mediaProblem, valueHints } from './valueHints';
import type { WorkflowInput } from './workflowInput';
import type { Workflow } from './workflowInputs';

/*
 * Values for a workflow, converted and checked: `checkWorkflowValues(workflow, entered, storedFields)`; for one that is not
 * known: `uncheckedWorkflowValues(entered)`.
 */

/** One value that ComfyUI would refuse, or that has no place any more. */
export interface WorkflowProblem extends InputProblem {
	/** With the name of the input as the form shows it, and the id of its node. */
	sentence: string;
}

/** What became of the entered values. */
export interface CheckedValues {
	/** What is sent, in the types of the workflow; those that equal the saved ones are left out. */
	values: WorkflowValue[];
	problems: WorkflowProblem[];
	/** Hints on what is sent anyway. */
	warnings: string[];
	/** The inputs of the values that are sent, for the checks of media; the body for them is `flatValues(values)`. */
	inputs: ModelInputs;
}

/**
 * Gives values the types of their inputs and checks them. Nothing is thrown: what is refused is listed, and stays among the
 * values as it was entered, for where the checks are off.
 *
 * @param storedFields the fields as the editor stored them; the workflow may have changed since
 */
export function checkWorkflowValues(
	workflow: Workflow,
	entered: EnteredWorkflow,
	storedFields: StoredField[] = [],
): CheckedValues {
	const check = new ValueCheck(workflow, new Map(storedFields.map((field) => [field.id, field])));
	for (const value of entered.values.values()) check.add(value);
	return check.result(entered.hints);
}

/** The values for a workflow that is not known: all that can be done is to leave out what was not set. */
export function uncheckedWorkflowValues({ values }: EnteredWorkflow): WorkflowValue[] {
	return [...values.values()].filter(
		({ value, source }) => value !== undefined && !isLeftOut(value, undefined, source),
	);
}

/** Values by their field ids. */
export function flatValues(values: WorkflowValue[]): Record<string, unknown> {
	return Object.fromEntries(values.map(({ nodeId, inputName, value }) => [fieldId(nodeId, inputName), value]));
}

/** Ids in JSON may be of any length. Characters. */
const MAX_ID = 80;

/** So many problems say what was probably meant: to find that for thousands of wrong ids would block n8n for minutes. */
const MAX_EXPLAINED = 5;

class ValueCheck {
	private readonly values: WorkflowValue[] = [];

	private readonly problems: WorkflowProblem[] = [];

	private readonly warnings: string[] = [];

	private readonly inputs: WorkflowInput[] = [];

	/** What the shared validator checks: values of the right type. */
	private readonly converted = new Map<string, unknown>();

	constructor(
		private readonly workflow: Workflow,
		private readonly stored: Map<string, StoredField>,
	) {}

	add(entered: WorkflowValue): void {
		const { nodeId, inputName, value, source } = entered;
		const id = fieldId(nodeId, inputName);
		const input = this.workflow.find(nodeId, inputName);
		if (value === undefined || isLeftOut(value, input, source)) return;
		const stored = source === 'fields' ? this.stored.get(id) : undefined;
		const { problem, warning } = targetProblem(this.workflow, entered, this.isExplained);
		if (warning !== undefined) this.warnings.push(warning);
		if (problem !== undefined) this.refuse(id, problem, stored && (storedTitle(stored) ?? id));
		if (problem !== undefined || input === undefined || (source === 'json' && linkOf(value) !== undefined))
			this.values.push(entered);
		else this.addInput(input, entered, stored);
	}

	private addInput(input: WorkflowInput, entered: WorkflowValue, stored: StoredField | undefined): void {
		const change = fieldChange(stored, input);
		const title = (stored && storedTitle(stored)) ?? input.title;
		if (change === 'replaced') {
			this.refuse(input.name, `is no longer in this workflow. Its ID now belongs to ${input.place}`, title);
			this.values.push(entered);
			return;
		}
		if (change === 'renamed')
			this.warnings.push(
				`${title} is now ${input.place} in this workflow. Open the node and refresh its inputs.`,
			);
		if (isSaved(this.workflow, input, entered.value)) {
			if (input.isOverridden) this.values.push(entered);
			return;
		}
		this.convert(input, entered);
	}

	private convert(input: WorkflowInput, entered: WorkflowValue): void {
		const conversion = convertValue(input, entered.value);
		this.inputs.push(input);
		if ('problem' in conversion) {
			this.values.push(entered);
			if (input.kind === 'choice' && mayBeFile(input, entered.value))
				this.warn(
					input,
					`is ${formatValue(entered.value)}, which isn't in its list of files. The node submits it anyway; the list may be from another version.`,
				);
			else
				this.refuse(
					input.name,
					(this.isExplained && input.kind === 'choice' && choiceProblem(input, entered.value)) ||
						conversion.problem,
				);
			return;
		}
		const { value } = conversion;
		if (isSaved(this.workflow, input, value) && !input.isOverridden) return;
		this.values.push({ ...entered, value });
		const local = input.group === 'media' ? mediaProblem(value) : undefined;
		if (local !== undefined) this.refuse(input.name, local, undefined, true);
		// The range of a long number was checked by its conversion, digit by digit.
		else if (typeof value !== 'bigint') this.converted.set(input.name, value);
		for (const hint of valueHints(input, value)) this.warn(input, hint);
	}

	result(hints: string[]): CheckedValues {
		const { inputs, values, problems, warnings, workflow } = this;
		const properties = Object.fromEntries(inputs.map(({ name, schema }) => [name, schema]));
		const described: ModelInputs = { inputs, undeclaredRequired: [], schema: { type: 'object', properties } };
		for (const { name, text } of validateInput(described, Object.fromEntries(this.converted)).problems)
			this.refuse(name, text);
		const isUnchecked = !workflow.isDescribed && values.length > 0;
		const notice = isUnchecked
			? [
					"The node definitions of this workflow (object_info) couldn't be read, so only the types of values were checked.",
				]
			: [];
		return {
			values,
			problems,
			warnings: [...new Set([...hints, ...warnings, ...notice, ...workflow.hints])],
			inputs: described,
		};
	}

	private get isExplained(): boolean {
		return this.problems.length < MAX_EXPLAINED;
	}

	private warn(input: WorkflowInput, text: string): void {
		this.warnings.push(`${input.place} ${text}`);
	}

	private placeOf(id: string): string {
		const { nodeId, inputName } = splitFieldId(this.workflow.graph, id);
		const isKnown = this.workflow.graph.nodes.get(nodeId)?.inputs.has(inputName) === true;
		return isKnown ? this.workflow.placeOf(nodeId, inputName) : truncate(id, MAX_ID);
	}

	/** @param title of a field that the workflow may not have any more */
	private refuse(id: string, text: string, title?: string, isMedia = false): void {
		const sentence = `${title ?? this.placeOf(id)} ${text}`;
		this.problems.push({ name: id, text, ...(isMedia ? { isMedia } : {}), sentence });
	}
}

/** What its author saved is right, whatever its class says. */
function isSaved({ graph }: Workflow, { nodeId, inputName, kind }: WorkflowInput, value: unknown): boolean {
	const saved = graph.nodes.get(nodeId)?.inputs.get(inputName);
	if (isSameJson(saved, value)) return true;
	// Long seeds are texts or bigints, as they came.
	const isNumber = kind === 'integer' || kind === 'number';
	return isNumber && ['string', 'bigint'].includes(typeof saved) && String(saved) === String(value);
}
