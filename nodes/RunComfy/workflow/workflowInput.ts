import type { Choice, InputKind, ModelInput } from '../schema/modelInputs';
import type { JsonSchema } from '../schema/jsonSchema';
import type { Candidate } from './candidates';
import { groupOf, mediaKindOf, type InputGroup } from './groups';
import { integerLimit, numberLimit } from './inputSpec';

/*
 * One input of a workflow as a field: `describeWorkflowInput(candidate, naming)`.
 */

/** An input of a workflow, described as those of models are, so that forms, conversions and messages are the same. */
export interface WorkflowInput extends ModelInput {
	nodeId: string;
	inputName: string;
	classType: string;
	group: InputGroup;
	/** For messages: `KSampler #3: steps`. */
	place: string;
	/** ComfyUI accepts values between the steps too. */
	step?: number;
	/** What the machine of the deployment offers for an input for media: names of files. */
	files: Choice[];
	/** Whether its author named it in the saved overrides of the deployment. */
	isOverridden: boolean;
	/** Whether its class is known; without, only its type is checked. */
	isDescribed: boolean;
}

/** What a description needs beside the input itself. */
export interface InputNaming {
	title: string;
	place: string;
	isAddable: boolean;
	/** Whether the saved overrides of the deployment name the input, and the value there. */
	override?: { value: unknown };
}

/** A longer list is nothing to choose from in the editor. */
const MAX_OPTIONS = 200;

/** No seed of ComfyUI is larger (seen in node definitions). */
const LARGEST_SEED = (1n << 64n) - 1n;

/** Describes an input. Nothing is filled in, but a boolean, which the editor cannot leave empty. */
export function describeWorkflowInput(candidate: Candidate, naming: InputNaming): WorkflowInput {
	const { id, node, inputName, spec, saved } = candidate;
	const group = groupOf(candidate);
	const media = group === 'media' ? mediaKindOf(candidate) : undefined;
	const kind = media === undefined ? kindOf(candidate, group) : 'media';
	const choices = kind === 'choice' ? choicesOf(candidate) : [];
	const range = kind === 'integer' || kind === 'number' ? rangeOf(candidate) : {};
	const exactRange = kind === 'integer' || spec === undefined ? exactRangeOf(candidate) : undefined;
	const schema = schemaOf(kind, choices, range, media);
	const { override } = naming;
	const current = override === undefined || override.value === saved ? saved : undefined;
	return {
		name: id,
		title: naming.title,
		kind,
		isList: false,
		required: false,
		choices,
		default: kind === 'boolean' && typeof current === 'boolean' ? current : undefined,
		...(media === undefined ? {} : { media: { type: media, isDeclared: false } }),
		forms: [],
		fields: [],
		isGuessed: false,
		isTiedToOthers: false,
		...range,
		schema,
		source: schema,
		saved: current,
		isAddable: naming.isAddable,
		isEnteredAsText: (kind === 'integer' && exactRange !== undefined) || choices.length > MAX_OPTIONS,
		exactRange,
		nodeId: node.id,
		inputName,
		classType: node.classType,
		group,
		place: naming.place,
		step: numberLimit(spec?.options.step),
		files: spec?.choices ?? [],
		isOverridden: override !== undefined,
		isDescribed: spec !== undefined,
	};
}

function kindOf({ spec, saved }: Candidate, group: InputGroup): InputKind {
	switch (spec?.type) {
		case 'text':
			return 'text';
		case 'integer':
		case 'number':
		case 'boolean':
			return spec.type;
		case 'choice':
			// Any file may go into an input that takes files.
			return spec.choices.length > 0 && group !== 'media' ? 'choice' : kindOfValue(saved);
		default:
			return group === 'seed' ? 'integer' : kindOfValue(saved);
	}
}

/** Of a number alone nobody can tell whether a fraction is allowed. */
function kindOfValue(saved: unknown): InputKind {
	if (typeof saved === 'boolean') return 'boolean';
	return typeof saved === 'number' || typeof saved === 'bigint' ? 'number' : 'text';
}

/** What its author saved is one of the choices, also where the list is that of another machine. */
function choicesOf({ spec, saved }: Candidate): Choice[] {
	const choices = spec?.choices ?? [];
	const isMissing =
		(typeof saved === 'string' || typeof saved === 'number' || typeof saved === 'boolean') &&
		saved !== '' &&
		!choices.includes(saved);
	return (isMissing ? [...choices, saved] : choices).filter((choice) => choice !== '');
}

function rangeOf({ spec }: Candidate): { minimum?: number; maximum?: number } {
	const minimum = numberLimit(spec?.options.min);
	const maximum = numberLimit(spec?.options.max);
	return { ...(minimum === undefined ? {} : { minimum }), ...(maximum === undefined ? {} : { maximum }) };
}

/** Undefined where all values are exact as numbers of JavaScript. */
function exactRangeOf({ spec, saved }: Candidate): WorkflowInput['exactRange'] {
	const maximum = integerLimit(spec?.options.max);
	const minimum = integerLimit(spec?.options.min);
	const isLong = (limit: bigint | undefined) =>
		limit !== undefined && (limit > Number.MAX_SAFE_INTEGER || limit < Number.MIN_SAFE_INTEGER);
	const isSavedLong = typeof saved !== 'boolean' && isLong(integerLimit(saved));
	if (spec !== undefined && !isLong(maximum) && !isLong(minimum) && !isSavedLong) return undefined;
	return { minimum: minimum ?? -LARGEST_SEED, maximum: maximum ?? LARGEST_SEED };
}

function schemaOf(
	kind: InputKind,
	choices: Choice[],
	range: { minimum?: number; maximum?: number },
	media: string | undefined,
): JsonSchema {
	switch (kind) {
		case 'choice':
			return { enum: choices };
		case 'media':
			return { type: 'string', format: `${media}_uri` };
		case 'text':
			return { type: 'string' };
		case 'boolean':
			return { type: 'boolean' };
		default:
			return { type: kind, ...range };
	}
}
