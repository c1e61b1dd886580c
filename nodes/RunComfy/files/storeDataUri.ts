import type { IExecuteFunctions } from 'n8n-workflow';

import { imageFacts } from '../media/fileFacts';
import { textInsteadOfFile } from '../shared/textContent';
import type { Clock } from '../shared/clock';
import { putIntoStore, storeCost } from '../n8n/binaryStore';
import { bytesOfDataUri, parseDataUri } from './dataUri';
import { typeOf, type DownloadedFile, type FileTarget } from './downloadFile';
import { DownloadProblem } from '../shared/downloadProblem';
import { safeFileName } from './fileName';
import { kindOfMimeType } from '../shared/mediaTypes';
import { tooLarge, type DownloadRules } from './openFile';

/**
 * Stores a file that was contained in a result in n8n's binary store.
 *
 * @returns undefined when the file is not of the wanted kind
 * @throws DownloadProblem when it is malformed or too large
 */
export async function storeDataUri(
	context: IExecuteFunctions,
	dataUri: string,
	target: FileTarget,
	rules: DownloadRules,
): Promise<DownloadedFile | undefined> {
	const uri = parseDataUri(dataUri);
	const pieces = bytesOfDataUri(uri);
	const { value: start = Buffer.alloc(0) } = await pieces.next();
	if (start.length === 0) throw new DownloadProblem('it is empty', { isNotAFile: true });
	const mimeType = typeOf(start, uri.mimeType, '');
	const kind = kindOfMimeType(mimeType);
	if (kind !== undefined && textInsteadOfFile(start) !== undefined) {
		throw new DownloadProblem('it contains text instead', { isNotAFile: true });
	}
	if (target.wantedKind !== undefined && kind !== target.wantedKind) return undefined;
	target.onStart(undefined);
	let bytes = 0;
	const counted = async function* (): AsyncGenerator<Buffer> {
		for await (const piece of chained(start, pieces, rules.clock)) {
			bytes += piece.length;
			if (bytes > rules.maxBytes) throw tooLarge(rules);
			yield piece;
		}
	};
	const fileName = target.uniqueName(safeFileName('', mimeType, target.fallbackName));
	const binary = await putIntoStore(context, counted(), undefined, { fileName, mimeType });
	return {
		binary,
		fileName,
		mimeType,
		bytes,
		...(mimeType.startsWith('image/') ? imageFacts(start) : {}),
		warning: storeCost(bytes),
	};
}

/** Decoding keeps this thread busy, so other work gets a turn in between. */
async function* chained(start: Buffer, rest: AsyncGenerator<Buffer>, clock: Clock): AsyncGenerator<Buffer> {
	yield start;
	for await (const piece of rest) {
		await clock.sleep(0);
		yield piece;
	}
}
