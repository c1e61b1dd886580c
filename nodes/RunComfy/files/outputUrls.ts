import { isJsonObject } from '../shared/json';
import { kindOfFileName, type MediaKind } from './mediaTypes';

/** A URL that a result names. */
export interface OutputUrl {
	url: string;
	/** undefined where neither the URL nor the key in the output tells. */
	kind: MediaKind | undefined;
}

/** Which files of a result to fetch. */
export type DownloadKinds = 'all' | 'first' | 'images' | 'videos' | 'audio';

const KIND_OF_OPTION: Partial<Record<DownloadKinds, MediaKind>> = { images: 'image', videos: 'video', audio: 'audio' };

/**
 * Collects the URLs of an output of any shape, in the order of the document and without doubles. RunComfy documents
 * `image`, `video`, `images`, `videos`, a single URL and an array of URLs; other models use other keys (inferred).
 */
export function collectOutputUrls(output: unknown): OutputUrl[] {
	const found = new Map<string, OutputUrl>();
	walk(output, '', (url, key) => {
		if (!found.has(url)) found.set(url, { url, kind: kindOfFileName(pathOf(url)) ?? kindOfKey(key) });
	});
	return [...found.values()];
}

/** Applies the option Download Kinds. */
export function selectUrls(urls: OutputUrl[], kinds: DownloadKinds): OutputUrl[] {
	if (kinds === 'first') return urls.slice(0, 1);
	const kind = KIND_OF_OPTION[kinds];
	return kind === undefined ? urls : urls.filter((entry) => entry.kind === kind);
}

/** An output that is nested deeper names no files that a person could find. */
const DEEPEST = 100;

function walk(value: unknown, key: string, visit: (url: string, key: string) => void, depth = 0): void {
	if (depth > DEEPEST) return;
	if (typeof value === 'string') {
		if (/^https?:\/\/\S+$/i.test(value) && URL.canParse(value)) visit(value, key);
	} else if (Array.isArray(value)) {
		for (const entry of value) walk(entry, key, visit, depth + 1);
	} else if (isJsonObject(value)) {
		for (const [name, entry] of Object.entries(value)) walk(entry, name, visit, depth + 1);
	}
}

function pathOf(url: string): string {
	return new URL(url).pathname;
}

function kindOfKey(key: string): MediaKind | undefined {
	return (/image|video|audio/i.exec(key)?.[0].toLowerCase() as MediaKind | undefined) ?? undefined;
}
