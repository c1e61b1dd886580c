import type { IBinaryData } from 'n8n-workflow';

import type { Run } from '../../execution/run';
import { looksLikeHtml } from '../../failures/serverText';
import { fileFacts } from '../../media/fileFacts';
import type { MediaLook } from '../../media/lookAtMedia';
import { invalidInput, rethrow } from '../../shared/failure';
import { isJsonObject } from '../../shared/json';
import { typeOfBytes } from '../../shared/signatures';

/** Enough of a file to read the header of an image from. Bytes. */
const START_BYTES = 1024 * 1024;
/** A multiple of three, so that the pieces of Base64 fit together. Bytes. */
const PIECE_BYTES = 3 * 128 * 1024;

/** A file of the item that goes into the request as a data URI. */
export interface BinaryInput {
	/** RunComfy's name of the input. */
	field: string;
	/** Stands in its place until all else is checked: encoding a file takes memory. */
	placeholder: string;
	look: MediaLook;
	/** Of the file itself. */
	bytes: number;
	/** Makes the data URI. */
	encode(): Promise<string>;
}

/** Opens the files that Binary Inputs names. @throws RunComfyFailure `invalid_input` when the item has no such file */
export async function openBinaryInputs(run: Run, itemIndex: number): Promise<BinaryInput[]> {
	const collection = run.context.getNodeParameter('binaryInputs', itemIndex, {}) as unknown;
	const entries = isJsonObject(collection) && Array.isArray(collection.input) ? collection.input.filter(isJsonObject) : [];
	const opened: BinaryInput[] = [];
	for (const [index, { field, binaryPropertyName }] of entries.entries()) {
		const name = String(field ?? '').trim();
		if (name === '') throw invalidInput('Binary Inputs has an entry without a field', 'Pick the input of the model that the file is for.');
		opened.push(await openBinaryInput(run, itemIndex, name, String(binaryPropertyName ?? 'data').trim(), index));
	}
	return opened;
}

async function openBinaryInput(
	run: Run,
	itemIndex: number,
	field: string,
	propertyName: string,
	index: number,
): Promise<BinaryInput> {
	const { helpers } = run.context;
	const binary = assertBinary(run, itemIndex, propertyName);
	const prefixOf = (start: Buffer) => `data:${typeOf(binary, start)};base64,`;
	if (binary.id === undefined) {
		// In-memory stores hold the file as Base64 already.
		const buffer = await helpers.getBinaryDataBuffer(itemIndex, propertyName);
		const start = buffer.subarray(0, START_BYTES);
		const look = seen(buffer.length, start);
		const prefix = prefixOf(start);
		return { field, placeholder: `${prefix}file-${index}`, look, bytes: buffer.length, encode: async () => prefix + buffer.toString('base64') };
	}
	const { id } = binary;
	const { fileSize } = await helpers.getBinaryMetadata(id);
	const start = await readStart(await helpers.getBinaryStream(id, START_BYTES));
	const prefix = prefixOf(start);
	const encode = async () => prefix + (await toBase64(await helpers.getBinaryStream(id, PIECE_BYTES)));
	return { field, placeholder: `${prefix}file-${index}`, look: seen(fileSize, start), bytes: fileSize, encode };
}

/** What n8n knows of a file may be no more than that it is one. */
function typeOf({ mimeType }: IBinaryData, start: Buffer): string {
	const isTold = mimeType !== undefined && mimeType !== '' && mimeType !== 'application/octet-stream';
	return isTold ? mimeType : (typeOfBytes(start) ?? 'application/octet-stream');
}

function assertBinary(run: Run, itemIndex: number, propertyName: string): IBinaryData {
	try {
		return run.context.helpers.assertBinaryData(itemIndex, propertyName);
	} catch {
		return rethrow(
			invalidInput(
				`Binary Inputs names the field "${propertyName}", and the item has no file there`,
				'Check the name in the Binary tab of the node before, or connect a node that gives files.',
			),
		);
	}
}

function seen(bytes: number, start: Buffer): MediaLook {
	const isPage = looksLikeHtml(start.subarray(0, 200).toString('utf8'));
	if (isPage) return { kind: 'unusable', reason: 'is a web page and not a media file' };
	return { kind: 'seen', facts: { bytes, ...fileFacts(start) } };
}

async function readStart(stream: AsyncIterable<Uint8Array | string> & { destroy(): unknown }): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let length = 0;
	for await (const chunk of stream) {
		chunks.push(Buffer.from(chunk));
		length += chunk.length;
		if (length >= START_BYTES) break;
	}
	stream.destroy();
	return Buffer.concat(chunks);
}

/** Encodes piece by piece, so that the file and its Base64 are never in memory together. */
async function toBase64(stream: AsyncIterable<Uint8Array | string>): Promise<string> {
	const pieces: string[] = [];
	let rest = Buffer.alloc(0);
	for await (const chunk of stream) {
		const bytes = Buffer.concat([rest, Buffer.from(chunk)]);
		const whole = bytes.length - (bytes.length % 3);
		pieces.push(bytes.toString('base64', 0, whole));
		rest = bytes.subarray(whole);
	}
	pieces.push(rest.toString('base64'));
	return pieces.join('');
}
