import { isJsonObject } from '../shared/json';
import { kindOfFileName, type MediaKind } from '../shared/mediaTypes';
import { compareNodeIds, folded } from './names';
import type { WorkflowGraph } from './graph';

/*
 * The files and texts of a finished request: `collectWorkflowOutputs(outputs, graph)`. RunComfy documents
 * `{ "<nodeId>": { "<channel>": [ { url, filename, subfolder, type } ] } }`; texts come as nested lists (seen).
 */

/** A file that a node of the workflow made. */
export interface WorkflowFile {
	url: string;
	nodeId: string;
	/** The name that the node gave it; empty where nothing says. */
	filename: string;
	/** The list that it stands in, such as `images`, `gifs` or `audio`; it does not tell the kind: `gifs` holds mp4 too. */
	channel: string;
	/** `output` of nodes that save, `temp` of previews; another word as it came. */
	type: string;
	/** By the extension; undefined if that says nothing. */
	kind: MediaKind | undefined;
	/** The title of the node, where another node saved a file of the same name. */
	nodeTitle?: string;
}

/** What a request made. */
export interface WorkflowOutputs {
	/** In the order of node ids; previews only where there is nothing else, and never the files that went in. */
	files: WorkflowFile[];
	/** All texts, in the same order. */
	texts: string[];
	warnings: string[];
	/** Whether there is neither a file nor a text, as in a run that ComfyUI had cached. */
	isEmpty: boolean;
}

/** No person wants more files or texts of one request, and deeper nesting holds none. */
const MAX_ENTRIES = 100_000;
const MAX_DEPTH = 20;
const MAX_URL_LENGTH = 8_192;

const ONLY_PREVIEWS =
	'The workflow saved no files, so its previews were used. Add a Save node to it to keep its results.';

/**
 * Collects what the nodes of a workflow made, in steps between which other work may come.
 *
 * @param outputs as RunComfy sent them; anything is accepted
 * @param graph for the titles of nodes
 */
export function* collectWorkflowOutputs(outputs: unknown, graph?: WorkflowGraph): Generator<void, WorkflowOutputs> {
	const collector = new OutputCollector();
	if (isJsonObject(outputs)) {
		for (const nodeId of Object.keys(outputs).sort(compareNodeIds)) {
			const channels = outputs[nodeId];
			const named =
				isJsonObject(channels) && !isFileEntry(channels) ? Object.entries(channels) : [['', channels] as const];
			for (const [channel, entries] of named) yield* collector.visit(entries, { nodeId, channel, depth: 0 });
		}
	}
	const { texts } = collector;
	const saved = collector.files.filter(({ type }) => type !== 'temp' && type !== 'input');
	const previews = collector.files.filter(({ type }) => type === 'temp');
	const files = saved.length > 0 ? saved : previews;
	return {
		files: withNodeTitles(files, graph),
		texts,
		warnings: saved.length === 0 && previews.length > 0 ? [ONLY_PREVIEWS] : [],
		isEmpty: files.length === 0 && texts.length === 0,
	};
}

interface OutputPlace {
	nodeId: string;
	channel: string;
	depth: number;
}

class OutputCollector {
	readonly files: WorkflowFile[] = [];

	readonly texts: string[] = [];

	private readonly urls = new Map<string, WorkflowFile>();

	*visit(value: unknown, place: OutputPlace): Generator<void> {
		if (place.depth > MAX_DEPTH || this.files.length + this.texts.length >= MAX_ENTRIES) return;
		const inside = { ...place, depth: place.depth + 1 };
		if (Array.isArray(value)) for (const entry of value) yield* this.visit(entry, inside);
		else if (isFileEntry(value)) this.addFile(value, place);
		else if (typeof value === 'string') this.addText(value, place);
		// Lists by name inside of a channel, as custom nodes make them.
		else if (isJsonObject(value))
			for (const entry of Object.values(value)) if (typeof entry === 'object') yield* this.visit(entry, inside);
		yield;
	}

	private addText(text: string, place: OutputPlace): void {
		const isUrl = /^https?:\/\/\S+$/i.test(text) && text.length <= MAX_URL_LENGTH && URL.canParse(text);
		if (isUrl && !/text|prompt|caption|string/i.test(place.channel)) this.addFile({ url: text }, place);
		else if (text !== '') this.texts.push(text);
	}

	private addFile(entry: FileEntry, { nodeId, channel }: OutputPlace): void {
		const url = entry.url.trim();
		const filename = typeof entry.filename === 'string' ? entry.filename : '';
		const type = typeof entry.type === 'string' && entry.type !== '' ? entry.type : 'output';
		const kind = kindOfFileName(filename) ?? kindOfFileName(URL.canParse(url) ? new URL(url).pathname : url);
		const known = this.urls.get(url);
		// The same file may be listed as a preview too.
		if (known !== undefined) {
			if (type === 'output') known.type = type;
			return;
		}
		const file = { url, nodeId, filename, channel, type, kind };
		this.urls.set(url, file);
		this.files.push(file);
	}
}

interface FileEntry {
	url: string;
	filename?: unknown;
	type?: unknown;
}

function isFileEntry(value: unknown): value is FileEntry {
	return isJsonObject(value) && typeof value.url === 'string' && value.url.trim() !== '';
}

/** Two nodes that save under one name would make files that nobody could tell apart. */
function withNodeTitles(files: WorkflowFile[], graph: WorkflowGraph | undefined): WorkflowFile[] {
	const nodesOf = new Map<string, Set<string>>();
	for (const { filename, nodeId } of files)
		nodesOf.set(filename, (nodesOf.get(filename) ?? new Set<string>()).add(nodeId));
	return files.map((file) => {
		if (file.filename === '' || (nodesOf.get(file.filename)?.size ?? 0) < 2) return file;
		const node = graph?.nodes.get(file.nodeId);
		return { ...file, nodeTitle: folded(node?.title ?? node?.classType ?? '') || `Node ${file.nodeId}` };
	});
}
