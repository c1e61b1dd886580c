import { invalidInput, type RunComfyFailure } from '../shared/failure';
import { cut } from '../shared/text';

const EXAMPLE = 'bytedance/dreamina-3-0/image-to-video';
const RUNCOMFY_HOST = /(^|\.)runcomfy\.com$/i;
const LANGUAGE = /^[a-z]{2}(-[a-z]{2,4})?$/i;

/**
 * Reads a model id from what stands in the Model parameter: an id, or the address of a model's page, which may hold a
 * language, `/playground/`, `/api` or a query.
 *
 * @throws RunComfyFailure `invalid_input` when there is no id in it
 */
export function parseModelId(text: unknown): string {
	const given = typeof text === 'string' ? text.trim() : '';
	if (given === '') throw invalidInput('Model is empty', `Pick a model from the list, or enter an ID such as ${EXAMPLE}.`);
	const isAddress = /^https?:\/\//i.test(given) || /^(www\.)?runcomfy\.com\//i.test(given);
	const segments = isAddress ? segmentsOfAddress(given) : given.split('/');
	const named = segments.filter((segment) => segment !== '');
	// Dots alone would lead to another place of the API, and a single name is none of a model but a part of the catalog.
	if (named.length < 2 || named.some((segment) => /^\.+$/.test(segment))) throw notAModel(given);
	return named.join('/');
}

function segmentsOfAddress(address: string): string[] {
	const withScheme = /^https?:\/\//i.test(address) ? address : `https://${address}`;
	if (!URL.canParse(withScheme)) throw notAModel(address);
	const { hostname, pathname } = new URL(withScheme);
	if (!RUNCOMFY_HOST.test(hostname)) throw notAModel(address);
	let segments = pathname.split('/').filter((segment) => segment !== '').map(decodeSegment);
	if (LANGUAGE.test(segments[0] ?? '')) segments = segments.slice(1);
	while (segments[0] === 'models' || segments[0] === 'playground') segments = segments.slice(1);
	while (segments.at(-1) === 'api' || segments.at(-1) === 'playground') segments = segments.slice(0, -1);
	return segments;
}

function decodeSegment(segment: string): string {
	try {
		return decodeURIComponent(segment);
	} catch {
		return segment;
	}
}

function notAModel(given: string): RunComfyFailure {
	return invalidInput(
		`Model "${cut(given, 200)}" is neither a model ID nor the address of a model on runcomfy.com`,
		`Pick a model from the list, or enter an ID such as ${EXAMPLE}.`,
	);
}
