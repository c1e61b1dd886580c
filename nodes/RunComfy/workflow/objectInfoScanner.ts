import { parseJson } from '../shared/json';

/** A member of the document that was wanted. */
export interface ScannedMember {
	name: string;
	/** Undefined where it is too large to be kept. */
	json: string | undefined;
}

/** What may come next at the top of the document. */
type Expected = 'document' | 'keyOrEnd' | 'key' | 'colon' | 'value' | 'commaOrEnd' | 'nothing';

/** No class name is longer. Bytes, with escapes. */
const MAX_NAME_BYTES = 2_000;
/** Deeper nesting is no description of a class. */
const MAX_DEPTH = 1_000;

const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, COLON, COMMA] = [...'"\\{}[]:,'].map((sign) =>
	sign.charCodeAt(0),
);
/** UTF-8's byte order mark, with which some servers begin. */
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * Walks the bytes of one large JSON object and cuts out the members that are wanted. It needs no decoding, because every
 * sign of JSON is one byte that no other character of UTF-8 contains, and so pieces may be cut anywhere.
 */
export class ObjectInfoScanner {
	/** Why the document cannot be read further. */
	problem: string | undefined;

	private expected: Expected = 'document';

	/** The closing signs that the open objects and lists of the current member wait for. */
	private readonly open: number[] = [];

	private isInText = false;

	private isEscaped = false;

	private isInWord = false;

	/** Pieces of the name or of the wanted member that is being read. */
	private kept: Buffer[] | undefined;

	private keptBytes = 0;

	private name: string | undefined;

	private position = 0;

	constructor(
		private readonly wanted: ReadonlySet<string>,
		private readonly maxMemberBytes: number,
	) {}

	/** Reads on, and hands out each wanted member when its end has come. */
	*scan(bytes: Uint8Array): Generator<ScannedMember> {
		/** Where in these bytes the part to be kept begins. */
		let from = 0;
		for (let at = 0; at < bytes.length && this.problem === undefined; at += 1) {
			const byte = bytes[at] ?? 0;
			this.position += 1;
			if (this.isInText) {
				if (this.isEscaped) this.isEscaped = false;
				else if (byte === BACKSLASH) this.isEscaped = true;
				else if (byte === QUOTE) {
					this.isInText = false;
					if (this.expected === 'key') {
						this.keep(bytes.subarray(from, at));
						this.endName();
					} else if (this.open.length === 0) yield* this.endMember(bytes.subarray(from, at + 1));
				}
				continue;
			}
			if (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)) {
				if (this.isInWord) yield* this.endMember(bytes.subarray(from, at));
				continue;
			}
			if (this.expected === 'value') {
				if (this.isInWord) {
					if (byte === COMMA || byte === CLOSE) {
						yield* this.endMember(bytes.subarray(from, at));
						this.readSign(byte);
					}
					continue;
				}
				if (this.open.length === 0) {
					from = at;
					this.beginValue(byte);
				} else if (this.readInside(byte)) yield* this.endMember(bytes.subarray(from, at + 1));
			} else {
				this.readSign(byte);
				if (this.isInText) from = at + 1;
			}
		}
		if (this.kept !== undefined) this.keep(bytes.subarray(from));
	}

	/** The document is over; what is missing is a problem. */
	end(): void {
		if (this.problem !== undefined || this.expected === 'nothing') return;
		this.problem = this.expected === 'document' ? 'it is empty' : 'it ends too early';
	}

	/** A sign at the top of the document. */
	private readSign(byte: number): void {
		const { expected } = this;
		if (expected === 'document') this.readBeginning(byte);
		else if ((expected === 'key' || expected === 'keyOrEnd') && byte === QUOTE) {
			this.expected = 'key';
			this.isInText = true;
			this.kept = [];
			this.keptBytes = 0;
		} else if (expected === 'colon' && byte === COLON) this.expected = 'value';
		else if (expected === 'commaOrEnd' && byte === COMMA) this.expected = 'key';
		else if ((expected === 'commaOrEnd' || expected === 'keyOrEnd') && byte === CLOSE) this.expected = 'nothing';
		else this.fail(expected === 'nothing' ? 'something follows its end' : "it isn't valid JSON");
	}

	private readBeginning(byte: number): void {
		if (this.position <= BYTE_ORDER_MARK.length && byte === BYTE_ORDER_MARK[this.position - 1]) return;
		if (byte === OPEN) this.expected = 'keyOrEnd';
		else this.fail(byte === 0x3c ? 'it is a web page' : "it isn't a JSON object");
	}

	private beginValue(byte: number): void {
		if (byte === QUOTE) this.isInText = true;
		else if (byte === OPEN || byte === OPEN_LIST) this.open.push(byte === OPEN ? (CLOSE ?? 0) : (CLOSE_LIST ?? 0));
		else if (byte === COMMA || byte === CLOSE || byte === COLON) this.fail("it isn't valid JSON");
		else this.isInWord = true;
		this.kept = this.name !== undefined && this.wanted.has(this.name) ? [] : undefined;
		this.keptBytes = 0;
	}

	/** A sign inside of a member. @returns whether it is the end of the member */
	private readInside(byte: number): boolean {
		if (byte === QUOTE) this.isInText = true;
		else if (byte === OPEN || byte === OPEN_LIST) {
			this.open.push(byte === OPEN ? (CLOSE ?? 0) : (CLOSE_LIST ?? 0));
			if (this.open.length > MAX_DEPTH) this.fail('it is nested too deep');
		} else if (byte === CLOSE || byte === CLOSE_LIST) {
			if (this.open.pop() !== byte) this.fail("it isn't valid JSON");
			return this.open.length === 0;
		}
		return false;
	}

	private keep(bytes: Uint8Array): void {
		const isName = this.expected === 'key';
		this.keptBytes += bytes.length;
		// A name that is too long is not one that is wanted.
		if (this.keptBytes > (isName ? MAX_NAME_BYTES : this.maxMemberBytes)) this.kept = [];
		// The caller may use its bytes again.
		else this.kept?.push(Buffer.from(bytes));
	}

	private endName(): void {
		const text = this.keptBytes > MAX_NAME_BYTES ? '' : Buffer.concat(this.kept ?? []).toString('utf8');
		const name = parseJson(`"${text}"`);
		this.name = typeof name === 'string' && this.keptBytes <= MAX_NAME_BYTES ? name : undefined;
		this.kept = undefined;
		this.expected = 'colon';
	}

	private *endMember(rest: Uint8Array): Generator<ScannedMember> {
		const { name } = this;
		if (this.kept !== undefined && name !== undefined && this.problem === undefined) {
			this.keep(rest);
			const isTooLarge = this.keptBytes > this.maxMemberBytes;
			yield { name, json: isTooLarge ? undefined : Buffer.concat(this.kept).toString('utf8') };
		}
		this.kept = undefined;
		this.isInWord = false;
		this.expected = 'commaOrEnd';
	}

	private fail(problem: string): void {
		this.problem = `${problem} (byte ${this.position})`;
	}
}
