import { isJsonObject } from '../shared/json';
import { inputTitle } from './inputTitle';
import { propertiesOf, requiredOf, typeOf, type JsonSchema } from './jsonSchema';

/** How a value of an input is written down. `json` is everything that has no simpler form. */
export type InputKind = 'text' | 'choice' | 'integer' | 'number' | 'boolean' | 'media' | 'json';

/** One value that a choice offers. */
export type Choice = string | number | boolean;

/** One input of a model, in terms that a form, a request body and a message can all be made from. */
export interface ModelInput {
	/** RunComfy's property name. */
	name: string;
	/** What a person reads. */
	title: string;
	kind: InputKind;
	/** Whether the input takes a list of such values. */
	isList: boolean;
	required: boolean;
	choices: Choice[];
	default: unknown;
	mediaType?: 'image' | 'video' | 'audio';
	minimum?: number;
	maximum?: number;
	maxLength?: number;
	minItems?: number;
	maxItems?: number;
	schema: JsonSchema;
}

/** All inputs of a model, in the order of the form. */
export interface ModelInputs {
	inputs: ModelInput[];
	/** Names that the schema requires and does not declare: a published schema can be wrong. */
	undeclaredRequired: string[];
	schema: JsonSchema;
}

/** Reads an input schema. @returns undefined when it is none that could be read */
export function describeModelInputs(schema: unknown): ModelInputs | undefined {
	if (!isJsonObject(schema)) return undefined;
	const properties = propertiesOf(schema);
	if (properties.length === 0) return undefined;
	const required = requiredOf(schema);
	const declared = new Set(properties.map(([name]) => name));
	const inputs = properties.map(([name, property]) => describeInput(name, property, required.includes(name)));
	return {
		inputs: inFormOrder(inputs, required),
		undeclaredRequired: required.filter((name) => !declared.has(name)),
		schema,
	};
}

function describeInput(name: string, schema: JsonSchema, required: boolean): ModelInput {
	const isList = typeOf(schema) === 'array';
	const item = isList && isJsonObject(schema.items) ? schema.items : isList ? {} : schema;
	const mediaType = mediaTypeOf(schema) ?? mediaTypeOf(item);
	return {
		name,
		title: inputTitle(name, schema.title),
		kind: mediaType ? 'media' : kindOf(item, isList),
		isList,
		required,
		choices: choicesOf(item),
		default: schema.default ?? undefined,
		mediaType,
		minimum: numberOf(item.minimum),
		maximum: numberOf(item.maximum),
		maxLength: numberOf(item.maxLength),
		minItems: isList ? numberOf(schema.minItems) : undefined,
		maxItems: isList ? numberOf(schema.maxItems) : undefined,
		schema,
	};
}

function kindOf(schema: JsonSchema, isListItem: boolean): InputKind {
	if (choicesOf(schema).length > 0) return 'choice';
	switch (typeOf(schema)) {
		case 'string':
			return 'text';
		case 'integer':
			return 'integer';
		case 'number':
			return 'number';
		case 'boolean':
			return 'boolean';
		default:
			// A list that says nothing of its items holds texts wherever it was seen.
			return isListItem && Object.keys(schema).length === 0 ? 'text' : 'json';
	}
}

function choicesOf(schema: JsonSchema): Choice[] {
	if (!Array.isArray(schema.enum)) return [];
	return schema.enum.filter((value): value is Choice => ['string', 'number', 'boolean'].includes(typeof value));
}

/** `image_uri`, `image_uris` and so on (seen in published schemas). */
function mediaTypeOf(schema: JsonSchema): ModelInput['mediaType'] {
	const match = /^(image|video|audio)_uris?$/.exec(typeof schema.format === 'string' ? schema.format : '');
	return match?.[1] as ModelInput['mediaType'];
}

function numberOf(value: unknown): number | undefined {
	return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Prompt, media, what shapes the output, the rest; in each group the required ones first. */
function inFormOrder(inputs: ModelInput[], required: string[]): ModelInput[] {
	const place = (input: ModelInput) => (input.required ? required.indexOf(input.name) : required.length);
	return inputs
		.map((input, index) => ({ input, index }))
		.sort((a, b) => rank(a.input) - rank(b.input) || place(a.input) - place(b.input) || a.index - b.index)
		.map(({ input }) => input);
}

const SHAPES_OUTPUT = /duration|frames|resolution|aspect|ratio|size|width|height|quality|format|fps|num_/i;

function rank(input: ModelInput): number {
	if (input.name === 'prompt') return 0;
	if (input.kind === 'media') return input.required ? 1 : 3;
	if (input.required) return 2;
	if (input.kind === 'json') return 7;
	if (/seed$/i.test(input.name)) return 6;
	return SHAPES_OUTPUT.test(input.name) ? 4 : 5;
}
