import { isJsonObject, parseJson } from '../shared/json';
import { extensionOf, isKnownExtension, kindOfFileName, type MediaKind } from './mediaTypes';

/** A URL that a result names. */
export interface OutputUrl {
	url: string;
	/** undefined where neither the URL nor the key in the output tells. */
	kind: MediaKind | undefined;
	/** Whether only a text points at it, such as a caption: it may well be no file of the result. */
	isMentioned: boolean;
}

/** A file that stands in the result itself, as a data URI. */
export interface OutputData {
	dataUri: string;
	kind: MediaKind | undefined;
}

/** What an output holds, in the order of the document and without doubles. */
export interface CollectedOutput {
	urls: OutputUrl[];
	data: OutputData[];
	/** Whether it holds texts and no place where a file could be. */
	isPlainText: boolean;
}

/** Which files of a result to fetch. */
export type DownloadKinds = 'all' | 'first' | 'images' | 'videos' | 'audio';

const KIND_OF_OPTION: Partial<Record<DownloadKinds, MediaKind>> = { images: 'image', videos: 'video', audio: 'audio' };

/** An output that is nested deeper names no files that a person could find. */
const MAX_DEPTH = 100;
/** A longer text is no JSON of a result, and a longer line no URL. Characters. */
const MAX_JSON_TEXT = 10_000_000;
const MAX_URL_LENGTH = 8_192;
const MAX_LINES = 100_000;

const IS_DATA_URI = /^data:[^,]{0,300},/i;
const HOLDS_FILES = /image|video|audio|file|url|uri|output|media|result|model|mesh|mask|picture|photo|clip|song|music|sound/i;
const HOLDS_WORDS = /text|caption|description|prompt|title|message|lyrics|transcript|summary|comment|note|script/i;

/**
 * Collects the files that an output of any shape names. RunComfy documents `image`, `video`, `images`, `videos`, a single
 * URL and an array of URLs; other models use other keys (inferred). URLs are recognised as people and services write them:
 * with blanks, without a scheme, one a line, and inside of JSON that was sent as a text.
 */
export function collectOutput(output: unknown): CollectedOutput {
	const urls = new Map<string, OutputUrl>();
	const data = new Map<string, OutputData>();
	let texts = 0;
	let others = 0;
	const visit = (value: unknown, key: string, depth: number): void => {
		if (value === null || value === undefined || value === '') return;
		if (depth > MAX_DEPTH) return;
		if (Array.isArray(value)) for (const entry of value) visit(entry, key, depth + 1);
		else if (isJsonObject(value)) for (const [name, entry] of Object.entries(value)) visit(entry, name, depth + 1);
		else if (typeof value === 'string') visitText(value, key, depth);
	};
	const visitText = (value: string, key: string, depth: number): void => {
		const text = value.trim();
		if (IS_DATA_URI.test(text)) {
			if (!data.has(text)) data.set(text, { dataUri: text, kind: kindOfDataUri(text) ?? kindOfKey(key) });
			return;
		}
		const inner = /^[[{]/.test(text) && text.length <= MAX_JSON_TEXT ? parseJson(text) : undefined;
		if (typeof inner === 'object' && inner !== null) {
			visit(inner, key, depth + 1);
			return;
		}
		const found = urlsIn(text, key);
		if (found.length === 0) {
			if (key !== '' && HOLDS_FILES.test(key) && !HOLDS_WORDS.test(key)) others += 1;
			else texts += 1;
		}
		for (const url of found) {
			const isMentioned = HOLDS_WORDS.test(key) && !HOLDS_FILES.test(key);
			const known = urls.get(url);
			if (known === undefined) urls.set(url, { url, kind: kindOfFileName(new URL(url).pathname) ?? kindOfKey(key), isMentioned });
			else known.isMentioned &&= isMentioned;
		}
	};
	visit(output, '', 0);
	return { urls: [...urls.values()], data: [...data.values()], isPlainText: urls.size === 0 && data.size === 0 && texts > 0 && others === 0 };
}

/** The kind of file that the option Download Kinds asks for; undefined where any will do. */
export function wantedKind(kinds: DownloadKinds): MediaKind | undefined {
	return KIND_OF_OPTION[kinds];
}

/** All lines of a text have to be URLs, or it is a text. */
function urlsIn(text: string, key: string): string[] {
	if (text === '' || text.length > MAX_JSON_TEXT) return [];
	const lines = text.split(/\r?\n/, MAX_LINES).map((line) => line.trim()).filter((line) => line !== '');
	const found: string[] = [];
	for (const line of lines) {
		const url = urlOf(line, key);
		if (url === undefined) return [];
		found.push(url);
	}
	return found;
}

/** Reads a text as a URL of a file. What lacks a scheme, or holds blanks, has to look like a file or stand where one belongs. */
function urlOf(text: string, key: string): string | undefined {
	if (text.length > MAX_URL_LENGTH) return undefined;
	const hasScheme = /^https?:\/\/[^/]/i.test(text);
	const isRelative = /^\/\/[^/\s]+\.[^/\s]+\//.test(text);
	const isBare = /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?\/\S/i.test(text);
	if (!hasScheme && !isRelative && !isBare) return undefined;
	const full = hasScheme ? text : isRelative ? `https:${text}` : `https://${text}`;
	if (!URL.canParse(full)) return undefined;
	if (hasScheme && !/\s/.test(text)) return text;
	const { href, pathname } = new URL(full);
	const looksLikeFile = isKnownExtension(extensionOf(pathname));
	const isFileKey = HOLDS_FILES.test(key) && !HOLDS_WORDS.test(key);
	return looksLikeFile || (isFileKey && !/\s/.test(text)) ? href : undefined;
}

function kindOfKey(key: string): MediaKind | undefined {
	return (/image|video|audio/i.exec(key)?.[0].toLowerCase() as MediaKind | undefined) ?? undefined;
}

function kindOfDataUri(uri: string): MediaKind | undefined {
	return /^data:(image|video|audio)\//i.exec(uri)?.[1]?.toLowerCase() as MediaKind | undefined;
}
