import { parseExactJson } from '../shared/exactJson';
import { rewriteBetweenTexts } from '../shared/betweenTexts';
import { isJsonObject } from '../shared/json';
import { ObjectInfoScanner } from './objectInfoScanner';

/*
 * Cuts the classes of a workflow out of ComfyUI's `object_info`, a JSON object of all node classes that may have 40 MB.
 *
 * 1. `new ObjectInfoExtractor(classNames)`
 * 2. for each piece that arrives: run through `extractor.read(piece)`; between its steps the caller may yield to others
 * 3. stop early once `isComplete`; or at the end of the document call `end()`
 * 4. `result` has the classes that were found and, where the document is broken, the reason
 */

/** A class of nodes, as `object_info` describes it (docs.comfy.org/specs/nodedef_json): nothing about it is certain. */
export type NodeClass = Record<string, unknown>;

/** What was found in an `object_info`. */
export interface ObjectInfo {
	/** By class name; without those that are not in the document. */
	classes: ReadonlyMap<string, NodeClass>;
	/** Why the document could not be read to its end, or not in all its parts; what was found before still counts. */
	problem?: string;
}

/** Work between two steps. Bytes. */
const STEP_BYTES = 256 * 1024;

/** A class that is larger lists all files of a machine, and would block n8n while it is parsed. Bytes. */
const MAX_CLASS_BYTES = 1024 * 1024;

/** Finds classes in an `object_info` that comes in pieces. Only the wanted ones are ever kept and parsed. */
export class ObjectInfoExtractor {
	private readonly scanner: ObjectInfoScanner;

	private readonly classes = new Map<string, NodeClass>();

	private readonly wanted: ReadonlySet<string>;

	private unreadable: string | undefined;

	/** Half of a character that the next piece of text completes. */
	private halfCharacter = '';

	constructor(wanted: Iterable<string>) {
		this.wanted = new Set(wanted);
		this.scanner = new ObjectInfoScanner(this.wanted, MAX_CLASS_BYTES);
	}

	/** Whether nothing more can be found: the rest of the document need not be read. */
	get isComplete(): boolean {
		return this.classes.size === this.wanted.size || this.scanner.problem !== undefined;
	}

	/** What was found up to now. */
	get result(): ObjectInfo {
		const problem = this.scanner.problem ?? this.unreadable;
		return { classes: this.classes, ...(problem === undefined ? {} : { problem }) };
	}

	/**
	 * Reads the next piece, cut anywhere: inside a text, an escape or a UTF-8 sequence. It works only while the generator is
	 * run; each step is bounded.
	 *
	 * @param piece UTF-8 bytes or text
	 */
	*read(piece: string | Uint8Array): Generator<void> {
		const bytes = typeof piece === 'string' ? this.bytesOf(piece) : piece;
		for (let at = 0; at < bytes.length && !this.isComplete; at += STEP_BYTES) {
			for (const { name, json } of this.scanner.scan(bytes.subarray(at, at + STEP_BYTES))) {
				this.add(name, json);
				yield;
			}
			yield;
		}
	}

	/** Says that the document is over. */
	end(): ObjectInfo {
		if (!this.isComplete) this.scanner.end();
		return this.result;
	}

	private add(name: string, json: string | undefined): void {
		const value = json === undefined ? undefined : parseClass(json);
		if (value !== undefined) this.classes.set(name, value);
		else
			this.unreadable ??= `the description of the node class "${name}" ${json === undefined ? 'is too large' : "isn't valid JSON"}`;
	}

	private bytesOf(text: string): Uint8Array {
		const whole = this.halfCharacter + text;
		const isCut = /[\ud800-\udbff]$/.test(whole);
		this.halfCharacter = isCut ? whole.slice(-1) : '';
		return Buffer.from(isCut ? whole.slice(0, -1) : whole);
	}
}

/** Words of Python that JSON does not have. */
const NO_NUMBER = /-?\bInfinity\b|\bNaN\b/g;

/** Limits such as 18446744073709551615 keep all their digits. */
function parseClass(json: string): NodeClass | undefined {
	const exact =
		parseExactJson(json) ?? parseExactJson(rewriteBetweenTexts(json, (gap) => gap.replace(NO_NUMBER, 'null')));
	return isJsonObject(exact) ? exact : undefined;
}
