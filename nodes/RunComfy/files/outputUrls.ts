import { isJsonObject, parseJson } from '../shared/json';
import { dataUriOfBase64 } from './dataUri';
import { extensionOf, isKnownExtension, kindOfFileName, type MediaKind } from '../shared/mediaTypes';

/** A URL that a result names. */
export interface OutputUrl {
	url: string;
	/** undefined when neither the URL nor the key in the output says so. */
	kind: MediaKind | undefined;
	/** Whether only a text mentions it, such as a caption: it may not be a file of the result. */
	isMentioned: boolean;
	/** The node of the workflow that made it. */
	nodeId?: string;
	/** Its name, if that of the URL can't be told from another. */
	name?: string;
}

/** A file that is contained in the result itself, as a data URI. */
export interface OutputData {
	dataUri: string;
	/** As it appears in the output, possibly bare Base64. */
	text: string;
	kind: MediaKind | undefined;
}

/** The files of an output, in document order and without duplicates. */
export interface CollectedOutput {
	urls: OutputUrl[];
	data: OutputData[];
	/** Whether it contains only texts, in places where no file is expected. */
	isPlainText: boolean;
	/** Whether it names more files than are listed. */
	isCut: boolean;
}

/** Which files of a result to fetch. */
export type DownloadKinds = 'all' | 'first' | 'images' | 'videos' | 'audio';

const KIND_OF_OPTION: Partial<Record<DownloadKinds, MediaKind>> = { images: 'image', videos: 'video', audio: 'audio' };

/** Nothing nested deeper is searched for files. */
const MAX_DEPTH = 100;
/** Longer texts aren't parsed as JSON, and longer lines aren't URLs. Characters. */
const MAX_JSON_TEXT = 1_000_000;
const MAX_URL_LENGTH = 8_192;
const MAX_LINES = 100_000;

/** Nobody wants more files from one request, so the search ends there. */
export const MAX_FILES = 100_000;

const IS_DATA_URI = /^data:[^,]{0,300},/i;
const HOLDS_FILES =
	/image|video|audio|file|url|uri|output|media|result|model|mesh|mask|picture|photo|clip|song|music|sound|base64|b64/i;
const HOLDS_WORDS = /text|caption|description|prompt|title|message|lyrics|transcript|summary|comment|note|script/i;

/** Where a value appears in an output. */
interface ValueContext {
	key: string;
	/** The kind that its key, or an enclosing one, suggests. */
	kind: MediaKind | undefined;
	depth: number;
}

/**
 * Collects the files that an output of any shape names, in steps between which other work can happen. RunComfy
 * documents `image`, `video`, `images`, `videos`, a single URL and an array of URLs; other models use other keys
 * (inferred). URLs are recognized as people and services write them: with blanks, without a scheme, one per line,
 * separated by commas, and inside JSON that was sent as text.
 */
export function* collectOutput(output: unknown): Generator<void, CollectedOutput> {
	const collector = new Collector();
	yield* collector.visit(output, { key: '', kind: undefined, depth: 0 });
	return collector.collected;
}

class Collector {
	private readonly urls = new Map<string, OutputUrl>();

	private readonly data = new Map<string, OutputData>();

	private texts = 0;

	private others = 0;

	private isCut = false;

	get collected(): CollectedOutput {
		const { urls, data, texts, others, isCut } = this;
		const isPlainText = urls.size === 0 && data.size === 0 && texts > 0 && others === 0;
		return { urls: [...urls.values()], data: [...data.values()], isPlainText, isCut };
	}

	*visit(value: unknown, context: ValueContext): Generator<void> {
		if (value === null || value === undefined || value === '' || context.depth > MAX_DEPTH || this.isCut) return;
		const inside = { ...context, depth: context.depth + 1 };
		if (typeof value === 'string') yield* this.visitText(value, context);
		else if (Array.isArray(value)) {
			for (const entry of value) {
				if (this.isCut) return;
				yield* this.visit(entry, inside);
			}
		} else if (isJsonObject(value)) {
			for (const key in value) {
				if (this.isCut) return;
				if (Object.hasOwn(value, key))
					yield* this.visit(value[key], { ...inside, key, kind: kindOfKey(key) ?? context.kind });
			}
		}
		yield;
	}

	private *visitText(value: string, context: ValueContext): Generator<void> {
		const text = value.trim();
		if (IS_DATA_URI.test(text)) return this.addData(text, context.kind);
		const inner = jsonInside(text);
		if (inner !== undefined) return yield* this.visit(inner, { ...context, depth: context.depth + 1 });
		const bare = isFileKey(context.key) ? dataUriOfBase64(text) : undefined;
		if (bare !== undefined) return this.add(this.data, text, { dataUri: bare, text, kind: kindOfDataUri(bare) });
		const urls = urlsIn(text, context.key);
		if (urls.length > 0) return this.addUrls(urls, context);
		if (context.key !== '' && isFileKey(context.key)) this.others += 1;
		else this.texts += 1;
	}

	/** A text may contain several, one per line, and one may be wrapped over several lines. */
	private addData(text: string, kind: MediaKind | undefined): void {
		for (const uri of text.split(/(?<!\s)\s+(?=data:)/i, MAX_LINES)) {
			this.add(this.data, uri, { dataUri: uri, text: uri, kind: kindOfDataUri(uri) ?? kind });
		}
	}

	private addUrls(urls: string[], { key, kind }: ValueContext): void {
		const isMentioned = HOLDS_WORDS.test(key) && !HOLDS_FILES.test(key);
		for (const url of urls) {
			const known = this.urls.get(url);
			if (known === undefined)
				this.add(this.urls, url, { url, kind: kindOfFileName(new URL(url).pathname) ?? kind, isMentioned });
			else known.isMentioned &&= isMentioned;
		}
	}

	private add<T>(to: Map<string, T>, name: string, entry: T): void {
		if (to.has(name)) return;
		if (this.urls.size + this.data.size >= MAX_FILES) this.isCut = true;
		else to.set(name, entry);
	}
}

function isFileKey(key: string): boolean {
	return HOLDS_FILES.test(key) && !HOLDS_WORDS.test(key);
}

/** JSON that was sent as text, possibly in a Markdown code fence or in quotes. */
function jsonInside(text: string): unknown {
	if (text.length > MAX_JSON_TEXT) return undefined;
	const bare = text.startsWith('```')
		? text
				.replace(/^```\w{0,20}\s/, '')
				.replace(/```$/, '')
				.trim()
		: text;
	if (/^[[{]/.test(bare)) {
		const inner = parseJson(bare);
		return typeof inner === 'object' && inner !== null ? inner : undefined;
	}
	return /^"[\s\S]+"$/.test(bare) ? parseJson(bare) : undefined;
}

/** The kind of file that Download Kinds asks for; undefined when any will do. */
export function wantedKind(kinds: DownloadKinds): MediaKind | undefined {
	return KIND_OF_OPTION[kinds];
}

/** A text counts as URLs only if all its lines are URLs. */
function urlsIn(text: string, key: string): string[] {
	if (text === '' || text.length > MAX_JSON_TEXT) return [];
	const lines = text
		.split(/\r?\n|[,;]\s*(?=https?:\/\/)/i, MAX_LINES)
		.map((line) => line.trim())
		.filter((line) => line !== '');
	const found: string[] = [];
	for (const line of lines) {
		const url = urlOf(line, key);
		if (url === undefined) return [];
		found.push(url);
	}
	return found;
}

/**
 * Reads a text as the URL of a file. Without a scheme, or with blanks, it must look like a file or appear where one is
 * expected.
 */
function urlOf(text: string, key: string): string | undefined {
	if (text.length > MAX_URL_LENGTH) return undefined;
	// Other schemes name files too. They can't be fetched, which is worth a warning.
	const hasScheme = /^(blob:)?[a-z][a-z0-9+.-]{1,30}:\/\/[^/]/i.test(text);
	const isRelative = /^\/\/[^/\s]+\.[^/\s]+\//.test(text);
	const isBare = /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?\/\S/i.test(text);
	if (!hasScheme && !isRelative && !isBare) return undefined;
	const full = hasScheme ? text : isRelative ? `https:${text}` : `https://${text}`;
	if (!URL.canParse(full)) return undefined;
	if (hasScheme && !/\s/.test(text)) return text;
	const { href, pathname } = new URL(full);
	const looksLikeFile = isKnownExtension(extensionOf(pathname));
	return looksLikeFile || (isFileKey(key) && !/\s/.test(text)) ? href : undefined;
}

function kindOfKey(key: string): MediaKind | undefined {
	return (/image|video|audio/i.exec(key)?.[0].toLowerCase() as MediaKind | undefined) ?? undefined;
}

function kindOfDataUri(uri: string): MediaKind | undefined {
	return /^data:(image|video|audio)\//i.exec(uri)?.[1]?.toLowerCase() as MediaKind | undefined;
}
