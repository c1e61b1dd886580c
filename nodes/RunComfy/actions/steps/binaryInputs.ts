import type { IBinaryData } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import { fileFacts } from '../../media/fileFacts';
import { textInstead } from '../../media/mediaKind';
import type { MediaProbe } from '../../media/probeMedia';
import { formatValue } from '../../schema/formatValue';
import { invalidInput, throwAsIs, type RunComfyFailure } from '../../shared/failure';
import { readStart } from '../../shared/byteStream';
import { isJsonObject } from '../../shared/json';
import { detectMimeType } from '../../shared/signatures';

/** Enough of a file to read the header of an image. Bytes. */
const START_BYTES = 1024 * 1024;
/** A multiple of three, so that pieces of Base64 can be joined. Bytes. */
const PIECE_BYTES = 3 * 128 * 1024;

/** A file of the item that is sent in the request as a data URI. */
export interface BinaryInput {
	/** RunComfy's name of the input. */
	field: string;
	/** Represents it in the body until that is sent, because an encoded file takes memory. */
	placeholder: string;
	probe: MediaProbe;
	/** As n8n knows it. */
	fileName: string;
	mimeType: string;
	/** Of the file itself. */
	bytes: number;
	/** The data URI up to its comma. */
	prefix: string;
	/** What follows the comma, piece by piece. */
	base64(): AsyncIterable<string>;
}

/** Opens the files that Binary Inputs names. @throws RunComfyFailure `invalid_input` when the item has no such file */
export async function openBinaryInputs(item: ItemContext): Promise<BinaryInput[]> {
	const collection = item.parameter('binaryInputs', {});
	const entries =
		isJsonObject(collection) && Array.isArray(collection.input) ? collection.input.filter(isJsonObject) : [];
	const opened: BinaryInput[] = [];
	for (const [index, { field, binaryPropertyName }] of entries.entries()) {
		const name = String(field ?? '').trim();
		if (name === '')
			throw invalidInput('An entry in Binary Inputs has no field', 'Select the input to send the file to.');
		opened.push(await openBinaryInput(item, name, binaryOf(item, binaryPropertyName), index));
	}
	return opened;
}

async function openBinaryInput(
	item: ItemContext,
	field: string,
	binary: IBinaryData,
	index: number,
): Promise<BinaryInput> {
	const { id } = binary;
	const { bytes, start, base64 } = id === undefined ? openInline(binary) : await openStored(item, id);
	const mimeType = typeOf(binary, start);
	const prefix = `data:${mimeType};base64,`;
	return {
		field,
		placeholder: `${prefix}file-${index}`,
		probe: probeOf(bytes, start),
		fileName: binary.fileName ?? 'file',
		mimeType,
		bytes,
		prefix,
		base64,
	};
}

interface OpenedBinary extends Pick<BinaryInput, 'bytes' | 'base64'> {
	/** Its first bytes. */
	start: Buffer;
}

/** In-memory stores already hold the file as Base64; other spellings of it are normalized. */
function openInline({ data: given }: IBinaryData): OpenedBinary {
	const data = isPlainBase64(given) ? given : Buffer.from(given, 'base64').toString('base64');
	const padding = /={0,2}$/.exec(data.slice(-2))?.[0].length ?? 0;
	return {
		bytes: (data.length / 4) * 3 - padding,
		start: Buffer.from(data.slice(0, base64Length(START_BYTES)), 'base64'),
		base64: async function* () {
			for (let at = 0; at < data.length; at += PIECE_BYTES)
				yield await Promise.resolve(data.slice(at, at + PIECE_BYTES));
		},
	};
}

/** How much of a text shows how its Base64 is written. Characters. */
const SAMPLE_LENGTH = 10_000;

/** Without line breaks, in the standard alphabet and padded, as a data URI needs it. */
function isPlainBase64(data: string): boolean {
	return (
		data.length % 4 === 0 &&
		/^[A-Za-z0-9+/]*={0,2}$/.test(data.slice(0, SAMPLE_LENGTH)) &&
		/^[A-Za-z0-9+/]*={0,2}$/.test(data.slice(-SAMPLE_LENGTH))
	);
}

async function openStored(item: ItemContext, id: string): Promise<OpenedBinary> {
	const { helpers } = item.n8n;
	const { fileSize } = await helpers.getBinaryMetadata(id);
	// Many items may be opened at once, so what is read for their probes is not kept.
	const start = await item.limitTransfers(async () => await startOf(await helpers.getBinaryStream(id, START_BYTES)));
	return {
		bytes: fileSize,
		start,
		base64: async function* () {
			yield* toBase64(await helpers.getBinaryStream(id, PIECE_BYTES));
		},
	};
}

/** n8n may not know the type of a file, or add parameters to it. */
function typeOf({ mimeType }: IBinaryData, start: Buffer): string {
	const declared = /^\s*([\w.+-]+\/[\w.+-]+)\s*(;|$)/.exec(mimeType ?? '')?.[1];
	return declared !== undefined && declared !== 'application/octet-stream'
		? declared
		: (detectMimeType(start) ?? 'application/octet-stream');
}

/** By its name in the item or, from an expression, the file itself. */
function binaryOf(item: ItemContext, given: unknown): IBinaryData {
	const own = isJsonObject(given) ? givenFile(item, given) : undefined;
	if (own) return own;
	const name = typeof given === 'string' ? given.trim() : given === undefined || given === null ? 'data' : '';
	try {
		if (name === '') throw new Error('no name');
		return item.n8n.helpers.assertBinaryData(item.index, name);
	} catch {
		return throwAsIs(noSuchFile(item, given, name));
	}
}

/** An expression returns a file without its data (n8n 2.x). If n8n keeps it in memory, it is found in the item. */
function givenFile(item: ItemContext, given: Record<string, unknown>): IBinaryData | undefined {
	if (typeof given.mimeType !== 'string') return undefined;
	if (typeof given.id === 'string' || typeof given.data === 'string') return given as unknown as IBinaryData;
	const ofItem = Object.values(item.binaries) as unknown as Array<Record<string, unknown>>;
	return ofItem.find((binary) =>
		Object.entries(given).every(([name, value]) => binary[name] === value),
	) as unknown as IBinaryData | undefined;
}

function noSuchFile(item: ItemContext, given: unknown, name: string): RunComfyFailure {
	if (name === '') {
		return invalidInput(
			`Input Binary Field must be the name of a binary field, or the file itself ({{ $binary.data }}), not ${formatValue(given)}`,
			'Check the expression in Input Binary Field.',
		);
	}
	const names = Object.keys(item.binaries);
	return invalidInput(
		`The item has no file in the binary field "${name.slice(0, 100)}", which Binary Inputs needs`,
		names.length > 0
			? `This item has files in: ${names.slice(0, 10).join(', ')}.`
			: 'This item has no files. Connect a node that outputs files, or check the Binary tab of the previous node.',
	);
}

function probeOf(bytes: number, start: Buffer): MediaProbe {
	const reason = textInstead(start);
	return reason === undefined
		? { kind: 'inspected', facts: { bytes, ...fileFacts(start) } }
		: { kind: 'unusable', reason };
}

async function startOf(stream: AsyncIterable<Uint8Array> & { destroy(): unknown }): Promise<Buffer> {
	const start = await readStart(stream[Symbol.asyncIterator](), START_BYTES);
	stream.destroy();
	return start;
}

/** The length of Base64 in characters, for a number of bytes. */
export function base64Length(bytes: number): number {
	return Math.ceil(bytes / 3) * 4;
}

async function* toBase64(stream: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
	let rest = Buffer.alloc(0);
	for await (const chunk of stream) {
		const bytes = Buffer.concat([rest, Buffer.from(chunk)]);
		const whole = bytes.length - (bytes.length % 3);
		yield bytes.toString('base64', 0, whole);
		rest = bytes.subarray(whole);
	}
	yield rest.toString('base64');
}
