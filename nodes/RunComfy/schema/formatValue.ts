import { jsonPreview } from '../shared/jsonPreview';

/** A value as JSON, short enough for a message. */
export function formatValue(value: unknown): string {
	return jsonPreview(value, 80);
}

/** `121 or 241`, `"a", "b" or "c"`; a long list is truncated. */
export function orList(values: unknown[]): string {
	const texts = values.slice(0, 12).map(formatValue);
	if (values.length > texts.length) return `one of ${texts.join(', ')} and ${values.length - texts.length} more`;
	return texts.length > 1 ? `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}` : texts.join('');
}

export function tooLargeText(number: unknown): string {
	return `is too large to send exactly: ${formatValue(number)}`;
}

/** Longer texts are not counted for a message. */
const MAX_COUNTED = 1_000_000;

/** The number of characters of a text. */
export function characterCount(value: unknown): string {
	if (typeof value !== 'string') return '0';
	if (value.length > MAX_COUNTED) return `more than ${MAX_COUNTED / 2}`;
	let count = 0;
	for (let at = 0; at < value.length; count += 1) at += (value.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
	return String(count);
}
