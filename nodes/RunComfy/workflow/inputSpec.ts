import { limitOf } from '../schema/jsonSchema';
import type { Choice } from '../schema/modelInputs';
import { isJsonObject } from '../shared/json';
import type { NodeClass } from './objectInfo';

/*
 * What an `object_info` says of one input of a node: `inputSpec(nodeClass, name)`.
 */

/**
 * What an input takes. `socket`: an output of another node, so what is saved there as a text is none of a person's.
 * `open`: something that is not understood, so the saved value tells the type.
 */
export type WidgetType = 'text' | 'integer' | 'number' | 'boolean' | 'choice' | 'open' | 'socket';

/** An input as its class describes it. */
export interface InputSpec {
	type: WidgetType;
	/** Only with the type `choice`: none where the list is empty, made by a server, or holds more than plain values. */
	choices: Choice[];
	options: Record<string, unknown>;
	/** The place in the class, from 0. */
	order: number;
}

const WIDGETS: Record<string, WidgetType> = {
	BOOLEAN: 'boolean',
	COLOR: 'text',
	COMBO: 'choice',
	FLOAT: 'number',
	INT: 'integer',
	STRING: 'text',
};

/** Inputs that ComfyUI's newer nodes build while they are edited: `COMFY_DYNAMICCOMBO_V3`, `COMFY_AUTOGROW_V3`. */
const IS_DYNAMIC = /^COMFY_.*_V\d+$/;

/** More choices than a list of a machine's files ever had are left alone. */
const MAX_CHOICES = 10_000;

/**
 * Reads both published forms of an input: `[["a", "b"], {…}]` and `["COMBO", { options: ["a", "b"] }]`, also where the
 * pair is a bare text or its options are no object (all seen).
 *
 * @returns undefined where the class does not describe the input
 */
export function inputSpec(nodeClass: NodeClass | undefined, name: string): InputSpec | undefined {
	if (!isJsonObject(nodeClass?.input)) return undefined;
	const { input } = nodeClass;
	const [section, given] =
		[input.required, input.optional]
			.filter(isJsonObject)
			.filter((names) => Object.hasOwn(names, name))
			.map((names) => [names, names[name]] as const)[0] ?? [];
	if (section === undefined) return undefined;
	const order = orderOf(nodeClass, input, name);
	const [type, second] = Array.isArray(given) ? (given as unknown[]) : [given];
	const options = isJsonObject(second) ? second : {};
	if (Array.isArray(type)) return { type: 'choice', choices: choicesOf(type, options), options, order };
	if (typeof type !== 'string') return { type: 'open', choices: [], options, order };
	const widget = Object.hasOwn(WIDGETS, type) ? WIDGETS[type] : undefined;
	if (widget === 'choice') return { type: 'choice', choices: choicesOf(options.options, options), options, order };
	return { type: widget ?? unknownType(type), choices: [], options, order };
}

/** Whether the class says that the value comes from ComfyUI itself and not from a person. */
export function isHiddenInput(nodeClass: NodeClass | undefined, name: string): boolean {
	const input = isJsonObject(nodeClass?.input) ? nodeClass.input : {};
	return isJsonObject(input.hidden) && Object.hasOwn(input.hidden, name);
}

/** Whether an input is one of those, whose values have other names than the input. */
export function isDynamicType(spec: unknown): boolean {
	const type: unknown = Array.isArray(spec) ? spec[0] : spec;
	return typeof type === 'string' && IS_DYNAMIC.test(type);
}

/** A socket that takes one of several types may have a widget for one of them. */
function unknownType(type: string): WidgetType {
	if (IS_DYNAMIC.test(type)) return 'open';
	return type.split(',').some((part) => Object.hasOwn(WIDGETS, part.trim())) ? 'open' : 'socket';
}

function choicesOf(list: unknown, options: Record<string, unknown>): Choice[] {
	// A list of another server is not known here, and several choices at once are a list.
	if (!Array.isArray(list) || list.length > MAX_CHOICES || isSet(options.remote) || isSet(options.multiselect))
		return [];
	const plain = list.filter((entry): entry is Choice => ['string', 'number', 'boolean'].includes(typeof entry));
	return plain.length === list.length ? [...new Set(plain)] : [];
}

function isSet(option: unknown): boolean {
	return option !== undefined && option !== null && option !== false;
}

function orderOf(nodeClass: NodeClass | undefined, input: Record<string, unknown>, name: string): number {
	const order = isJsonObject(nodeClass?.input_order) ? nodeClass.input_order : {};
	const listed = [order.required, order.optional].flatMap((names) =>
		Array.isArray(names) ? (names as unknown[]) : [],
	);
	const declared = [input.required, input.optional].filter(isJsonObject).flatMap((names) => Object.keys(names));
	const place = (listed.includes(name) ? listed : declared).indexOf(name);
	return place === -1 ? Number.MAX_SAFE_INTEGER : place;
}

/** A limit of a number: digits beyond 2^53 come as bigints, texts or rounded numbers. */
export function numberLimit(value: unknown): number | undefined {
	return typeof value === 'bigint' ? Number(value) : limitOf(value);
}

/** 2^64: a float that stands for the largest seed was rounded up to it. */
const BEYOND_SEEDS = 1n << 64n;

/** The same as a whole number with all its digits; undefined where it is none. */
export function integerLimit(value: unknown): bigint | undefined {
	if (typeof value === 'bigint') return value;
	if (typeof value === 'string' && /^\s*-?\d{1,400}\s*$/.test(value)) return BigInt(value.trim());
	const number = limitOf(value);
	if (number === undefined || !Number.isInteger(number)) return undefined;
	const limit = BigInt(number);
	return limit === BEYOND_SEEDS ? limit - 1n : limit;
}
