import { isJsonObject } from '../shared/json';
import type { JsonSchema } from './jsonSchema';

/** File formats as published descriptions name them, such as "Upload JPEG/PNG format" (seen). */
const FORMATS = /\b(jpe?g|png|webp|gif|bmp|tiff?|heic|avif|mp4|mov|webm|mkv|avi|mp3|wav|m4a|aac|flac|ogg)\b/gi;
/** "no GIF" and "except GIF" name formats that are not accepted. */
const EXCLUDES = /\b(no|not|except|without|unsupported|don['’]t|cannot|can['’]t)\b/i;
const MAX_FORMATS = 4;

/** The rules of a model for a file in a few words, what people break most first: `< 4.7 MB`, `JPEG/PNG`, `320–4096 px`, `ratio up to 3:1`. */
export function mediaLimits(schema: JsonSchema): string[] {
	const rules = readRules(schema.validations);
	return [fileSize(rules), formats(schema.description), pixels(rules), ratio(rules)].filter(
		(text) => text !== undefined,
	);
}

interface Rule {
	metric: string;
	operator: string;
	limit: number;
}

/** `{validation_rule: "file_size_mb<", validation_value: 4.7}` (seen in published schemas). */
function readRules(validations: unknown): Rule[] {
	if (!Array.isArray(validations)) return [];
	return validations.filter(isJsonObject).flatMap(({ validation_rule: rule, validation_value: value }) => {
		const [, metric, operator] = /^\s*([a-z_/]+?)\s*(<=|>=|<|>)\s*$/.exec(String(rule)) ?? [];
		const limit = typeof value === 'number' || (typeof value === 'string' && value.trim()) ? Number(value) : NaN;
		return metric && operator && Number.isFinite(limit) ? [{ metric, operator, limit }] : [];
	});
}

function formats(description: unknown): string | undefined {
	if (typeof description !== 'string' || EXCLUDES.test(description)) return undefined;
	const names = [...description.slice(0, 1_000).matchAll(FORMATS)].map(([name]) =>
		name.toUpperCase().replace('JPG', 'JPEG').replace('TIFF', 'TIF'),
	);
	const different = [...new Set(names)];
	return different.length > 0 && different.length <= MAX_FORMATS ? different.join('/') : undefined;
}

function fileSize(rules: Rule[]): string | undefined {
	const limit = highest(rules, 'file_size_mb');
	return limit === undefined ? undefined : `< ${limit} MB`;
}

/** Of both sides; limits of one side alone don't fit into a label. */
function pixels(rules: Rule[]): string | undefined {
	const [width, height, shortest] = ['width_pixels', 'height_pixels', 'shortest_side_pixels'].map((metric) =>
		lowest(rules, metric),
	);
	const sides = width !== undefined && height !== undefined ? Math.min(width, height) : undefined;
	const minimum = shortest ?? sides;
	const [widest, tallest] = ['width_pixels', 'height_pixels'].map((metric) => highest(rules, metric));
	const maximum = widest === tallest ? widest : undefined;
	if (minimum !== undefined && maximum !== undefined) return `${minimum}–${maximum} px`;
	if (maximum !== undefined) return `max ${maximum} px`;
	return minimum === undefined ? undefined : `min ${minimum} px`;
}

/** "Up to 3:1" means both directions, as a rule of 0.33 and one of 3 do. */
function ratio(rules: Rule[]): string | undefined {
	const maximum = limitOf(rules, 'width/height', '<');
	const minimum = limitOf(rules, 'width/height', '>');
	if (maximum === undefined || minimum === undefined || minimum <= 0) return undefined;
	if (Math.abs(minimum * maximum - 1) < 0.05) return `ratio up to ${round(maximum)}:1`;
	return `ratio ${round(minimum)}–${round(maximum)}`;
}

function round(number: number): number {
	return Number(number.toPrecision(3));
}

/** A limit that isn't itself allowed is shown as the next whole number of pixels. */
function lowest(rules: Rule[], metric: string): number | undefined {
	const rule = rules.find((entry) => entry.metric === metric && entry.operator.startsWith('>'));
	return rule && rule.operator === '>' ? Math.floor(rule.limit) + 1 : rule?.limit;
}

function highest(rules: Rule[], metric: string): number | undefined {
	const rule = rules.find((entry) => entry.metric === metric && entry.operator.startsWith('<'));
	return rule && rule.operator === '<' && metric.endsWith('_pixels') ? Math.ceil(rule.limit) - 1 : rule?.limit;
}

function limitOf(rules: Rule[], metric: string, operator: '<' | '>'): number | undefined {
	return rules.find((rule) => rule.metric === metric && rule.operator.startsWith(operator))?.limit;
}
