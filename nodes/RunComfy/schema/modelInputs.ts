import { isJsonObject, jsonText } from '../shared/json';
import { inputTitle } from './inputTitle';
import { guessedType, limitOf, propertiesOf, requiredOf, typeOf, type JsonSchema } from './jsonSchema';
import { mediaHintOf, type MediaHint } from './mediaInputs';
import { schemaScope, scopeOfOne, simplifySchema, type SchemaScope } from './simplifySchema';

/**
 * How a value of an input is written. `union` has one of several forms, and `json` is everything without a simpler form.
 */
export type InputKind = 'text' | 'choice' | 'integer' | 'number' | 'boolean' | 'media' | 'union' | 'json';

/** One value that a choice offers. */
export type Choice = string | number | boolean;

/** One input of a model or of a deployed workflow, in terms that a form, a request body and a message can all be made from. */
export interface ModelInput {
	/** RunComfy's property name; the id `<nodeId>.<inputName>` in a workflow. */
	name: string;
	/** The title for users. */
	title: string;
	kind: InputKind;
	/** Whether the input takes a list of such values. */
	isList: boolean;
	required: boolean;
	choices: Choice[];
	default: unknown;
	/** Only with the kind `media`. */
	media?: MediaHint;
	/** Only with the kind `union`: the forms that one value may take. */
	forms: ModelInput[];
	/** Only with the kind `json`: the properties of an object, or of each object of a list. */
	fields: ModelInput[];
	/** Whether the kind is only implied by limits or a default: values of other types may be valid too. */
	isGuessed: boolean;
	/** Whether rules about the whole input name it: a default filled in by the form could break them. */
	isTiedToOthers: boolean;
	/** The value that counts where nothing is entered, as a deployed workflow stores one. */
	saved?: unknown;
	/** Whether the form shows it only after a person adds it. */
	isAddable?: boolean;
	/** Whether the form has a text field for it: too many choices to list, or numbers that the editor would round. */
	isEnteredAsText?: boolean;
	/** Only with numbers: limits of whole numbers beyond 2^53, which are sent with all their digits. */
	exactRange?: { minimum: bigint; maximum: bigint };
	minimum?: number;
	maximum?: number;
	maxLength?: number;
	minItems?: number;
	maxItems?: number;
	/** Without references and combinations. */
	schema: JsonSchema;
	/** As it was sent. */
	source: JsonSchema;
}

/** All inputs of a model, in the order of the form. */
export interface ModelInputs {
	inputs: ModelInput[];
	/** Names that the schema requires but doesn't declare: a published schema can be wrong. */
	undeclaredRequired: string[];
	/** The schema as it was sent. */
	schema: JsonSchema;
}

/** How deep nested objects are converted; deeper values are sent as entered. */
const MAX_FIELD_DEPTH = 4;

/** Keywords by which a schema without properties still restricts values. */
const RESTRICTS = ['required', 'additionalProperties', 'patternProperties', 'anyOf', 'oneOf', 'allOf', 'not', '$ref'];

/** Reads an input schema. @returns undefined when it isn't a usable schema */
export function describeModelInputs(schema: unknown): ModelInputs | undefined {
	if (!isJsonObject(schema)) return undefined;
	const scope = schemaScope(schema);
	const { schema: simple, branches } = simplifySchema(schema, scope);
	// What only one of several forms of the input declares is optional in the editor; the validator knows the forms.
	const properties = [...new Map([...alternativesOf(branches), ...propertiesOf(simple)])];
	if (properties.length === 0 && !RESTRICTS.some((keyword) => keyword in schema)) return undefined;
	const required = new Set([
		...requiredOf(simple),
		...properties.filter(([, property]) => property.required === true).map(([name]) => name),
	]);
	const tied = tiedNames(schema);
	const declared = new Set(properties.map(([name]) => name));
	const inputs = properties.map(([name, property]) => ({
		...describeInput(name, property, required.has(name), scopeOfOne(scope)),
		isTiedToOthers: tied.has(name),
	}));
	return {
		inputs: inFormOrder(withDifferentTitles(inputs), required),
		undeclaredRequired: [...required].filter((name) => !declared.has(name)),
		schema,
	};
}

/** The properties of several forms of the whole input; one that they declare differently may have either form. */
function alternativesOf(branches: JsonSchema[]): Array<[string, JsonSchema]> {
	const found = new Map<string, Map<string, JsonSchema>>();
	for (const [name, property] of branches.flatMap(propertiesOf)) {
		const known = found.get(name) ?? new Map<string, JsonSchema>();
		found.set(name, known.set(jsonText(property), property));
	}
	return [...found]
		.map(([name, known]) => [name, [...known.values()]] as const)
		.map(([name, forms]) => [
			name,
			forms.length === 1 ? (forms[0] ?? {}) : { title: forms[0]?.title, anyOf: forms },
		]);
}

/** The inputs that rules about the whole input name, such as "needed together" or "only one of them". */
function tiedNames({ dependentRequired, dependencies, anyOf, oneOf, not }: JsonSchema): Set<string> {
	const maps = [dependentRequired, dependencies].filter(isJsonObject);
	const forms = [anyOf, oneOf, [not]].filter(Array.isArray).flat().filter(isJsonObject);
	return new Set([...maps.flatMap((map) => Object.keys(map)), ...forms.flatMap(requiredOf)]);
}

function describeInput(
	name: string,
	property: JsonSchema,
	required: boolean,
	scope: SchemaScope,
	depth = 0,
): ModelInput {
	const { schema, branches } = simplifySchema(property, scope);
	const isList = branches.length === 0 && typeOf(schema) === 'array';
	const listItem = isList && isJsonObject(schema.items) ? schema.items : {};
	const item = isList ? simplifySchema(listItem, scope) : { schema, branches };
	const media = mediaHintOf(
		name,
		schema,
		isList && Object.keys(listItem).length === 0 ? { type: 'string' } : item.schema,
	);
	const forms = item.branches.map((form) => describeInput(name, form, required, scope, depth + 1));
	const kind = media ? 'media' : forms.length > 0 ? 'union' : kindOf(item.schema, isList);
	const fields = kind === 'json' && depth < MAX_FIELD_DEPTH ? propertiesOf(item.schema) : [];
	const requiredFields = new Set(requiredOf(item.schema));
	return {
		name,
		title: inputTitle(name, schema.title),
		kind,
		isList,
		required,
		choices: choicesOf(item.schema),
		default: schema.default ?? undefined,
		media,
		forms,
		fields: fields.map(([field, value]) =>
			describeInput(field, value, requiredFields.has(field), scope, depth + 1),
		),
		isGuessed:
			!isList &&
			(kind === 'text' || kind === 'integer' || kind === 'number' || kind === 'boolean') &&
			typeOf(item.schema) === undefined,
		isTiedToOthers: false,
		minimum: limitOf(item.schema.minimum),
		maximum: limitOf(item.schema.maximum),
		maxLength: limitOf(item.schema.maxLength),
		minItems: isList ? limitOf(schema.minItems) : undefined,
		maxItems: isList ? limitOf(schema.maxItems) : undefined,
		schema,
		source: property,
	};
}

function kindOf(schema: JsonSchema, isListItem: boolean): InputKind {
	if (choicesOf(schema).length > 0) return 'choice';
	switch (typeOf(schema) ?? guessedType(schema)) {
		case 'string':
			return 'text';
		case 'integer':
			return 'integer';
		case 'number':
			return 'number';
		case 'boolean':
			return 'boolean';
		default:
			// A list with unspecified items contains texts wherever it was seen.
			return isListItem && Object.keys(schema).length === 0 ? 'text' : 'json';
	}
}

/** Only if all of them can be shown: a choice that includes objects is entered as JSON. */
function choicesOf(schema: JsonSchema): Choice[] {
	if (!Array.isArray(schema.enum)) return [];
	// An empty text means "not set" here.
	const values = schema.enum.filter((value) => value !== null && value !== '');
	const choices = values.filter((value): value is Choice => ['string', 'number', 'boolean'].includes(typeof value));
	return choices.length === values.length ? [...new Set(choices)] : [];
}

/** Two inputs of one title could not be told apart, neither in the form nor in a message. */
export function withDifferentTitles<Input extends ModelInput>(inputs: Input[]): Input[] {
	const count = new Map<string, number>();
	for (const { title } of inputs) count.set(title.toLowerCase(), (count.get(title.toLowerCase()) ?? 0) + 1);
	return inputs.map((input) =>
		(count.get(input.title.toLowerCase()) ?? 0) > 1 ? { ...input, title: `${input.title} [${input.name}]` } : input,
	);
}

/** Prompt, media, output settings, the rest; required inputs first in each group. */
function inFormOrder(inputs: ModelInput[], required: Set<string>): ModelInput[] {
	const positions = new Map([...required].map((name, index) => [name, index]));
	const position = (input: ModelInput) => positions.get(input.name) ?? positions.size;
	return inputs
		.map((input, index) => ({ input, index }))
		.sort((a, b) => rank(a.input) - rank(b.input) || position(a.input) - position(b.input) || a.index - b.index)
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
