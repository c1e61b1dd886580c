import { invalidInput, type RunComfyFailure } from '../shared/failure';
import { truncate } from '../shared/text';

export const EXAMPLE_ID = 'bytedance/dreamina-3-0/image-to-video';
const SITE = 'https://www.runcomfy.com';
const RUNCOMFY_HOST = /(^|\.)runcomfy\.com$/i;
const LANGUAGE = /^[a-z]{2}(-[a-z]{2,4})?$/i;

/** The value of the Model parameter: an ID, or the URL of a page, whose model only the catalog knows. */
export type NamedModel = { id: string } | { page: ModelPage };

/** A page on runcomfy.com. */
export interface ModelPage {
	/** As entered, truncated for messages. */
	url: string;
	/** Its path without language, `/models/`, `/playground/`, `/api` and query. */
	path: string;
	/** The path as an ID, if it is a page below /models and its path looks like an ID. */
	possibleId?: string;
}

/**
 * Reads the value of the Model parameter.
 *
 * @throws RunComfyFailure `invalid_input` when it is neither an ID nor the URL of a page that can belong to a model
 */
export function parseModel(text: unknown): NamedModel {
	const given = typeof text === 'string' ? text.trim() : '';
	if (given === '')
		throw invalidInput('Model is empty', `Select a model from the list, or enter an ID such as ${EXAMPLE_ID}.`);
	if (/^https?:\/\//i.test(given)) return { page: pageAt(given, given) };
	if (/^(www\.)?runcomfy\.com(\/|$)/i.test(given)) return { page: pageAt(`https://${given}`, given) };
	const id = idOf(given.split('/').filter((segment) => segment !== ''));
	if (id === undefined) throw notAModel(given);
	return { id };
}

/** The path of a model's page, from its URL in the catalog; undefined when that isn't a URL. */
export function pathOfPage(address: string): string | undefined {
	return URL.canParse(address, SITE) ? modelPath(segmentsOf(new URL(address, SITE))).join('/') : undefined;
}

function pageAt(address: string, given: string): ModelPage {
	if (!URL.canParse(address)) throw notAModel(given);
	const url = new URL(address);
	const all = segmentsOf(url);
	const path = modelPath(all);
	const isAmongModels = all.slice(0, 2).some((segment) => segment === 'models' || segment === 'playground');
	// Outside /models, a single segment is a page such as /pricing.
	const isTooShort = path.length < (isAmongModels ? 1 : 2);
	if (!RUNCOMFY_HOST.test(url.hostname) || isTooShort || path.some(isDots)) throw notAModel(given);
	return { url: truncate(given, 200), path: path.join('/'), possibleId: isAmongModels ? idOf(path) : undefined };
}

function segmentsOf({ pathname }: URL): string[] {
	return pathname
		.split('/')
		.filter((segment) => segment !== '')
		.map(decodeSegment);
}

/** Removes what differs between the pages of one model. */
function modelPath(segments: string[]): string[] {
	let path = LANGUAGE.test(segments[0] ?? '') ? segments.slice(1) : segments;
	while (path[0] === 'models' || path[0] === 'playground') path = path.slice(1);
	while (path.at(-1) === 'api' || path.at(-1) === 'playground') path = path.slice(0, -1);
	return path;
}

/** Dots alone would lead to another path of the API, and a single segment is part of the catalog's own path. */
function idOf(segments: string[]): string | undefined {
	return segments.length < 2 || segments.some(isDots) ? undefined : segments.join('/');
}

function isDots(segment: string): boolean {
	return /^\.+$/.test(segment);
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
		`Model "${truncate(given, 200)}" is neither a model ID nor the URL of a model on runcomfy.com`,
		`Select a model from the list, or enter an ID such as ${EXAMPLE_ID}.`,
	);
}
