import type { IBinaryKeyData, IDataObject } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import { perRun } from '../../execution/perRun';
import { withoutDataUris } from '../../files/dataUri';
import { fetchOutputFiles, type FileInfo } from '../../files/fetchOutputFiles';
import { comparableName } from '../../files/fileName';
import type { CollectedOutput } from '../../files/outputUrls';
import type { JobResult } from '../../api/jobApi';
import { outputOf } from '../../jobs/jobResult';
import type { JobRef } from '../../shared/job';
import { truncate } from '../../shared/text';
import { runInSlices } from '../../shared/timeSlice';
import type { DownloadSettings } from '../parameters/downloadFields';
import { collectResult } from './collectResult';

/** The part of an output item that is about files. */
export interface ResultFiles {
	json: { output_urls: string[]; files?: IDataObject[]; texts?: string[] };
	/** The output as it was sent, with data URIs shortened. */
	output: unknown;
	/** undefined when no file was fetched. */
	binary?: IBinaryKeyData;
	/** Already shown on the run. */
	warnings: string[];
}

/**
 * Lists the URLs of a result, and fetches their files if wanted.
 *
 * @param result undefined for a request that did not succeed
 * @param download undefined when no files are to be fetched
 * @throws RunComfyFailure `download_failed`
 * @throws ExecutionStopped
 */
export async function resultFiles(
	item: ItemContext,
	result: JobResult | undefined,
	download: DownloadSettings | undefined,
	job: JobRef,
): Promise<ResultFiles> {
	const output = result && outputOf(result);
	const collected = await collectResult(item, result ?? {});
	const texts = collected.texts && collected.texts.length > 0 ? { texts: collected.texts } : {};
	const short = async (storedIn: Map<string, string>) => await withShortData(item, output, collected, storedIn);
	const output_urls = collected.urls.map(({ url }) => url);
	if (download === undefined) {
		const count = collected.data.length;
		const warnings = [
			...(result === undefined ? [] : collected.warnings),
			...(count > 0
				? [
						`The result contains ${count === 1 ? 'a file' : `${count} files`} as data instead of URLs, omitted here. To get ${count === 1 ? 'it' : 'them'}, turn on Download Output and use Get Result, which is free.`,
					]
				: []),
		];
		item.showWarnings(warnings);
		return { json: { output_urls, ...texts }, output: await short(new Map()), warnings };
	}
	const { files, binary, propertyOfData, ...fetched } = await fetchOutputFiles(item.n8n, {
		...download,
		job,
		output: collected,
		limitTransfers: async (transfer) => await item.limitTransfers(transfer),
		onStart: item.logOf(job).downloading,
	});
	const warnings = [...collected.warnings, ...fetched.warnings];
	item.showWarnings(warnings);
	if (download.fileName !== undefined) hintAtSharedNames(item, files);
	return {
		json: { output_urls, ...texts, files: files as unknown as IDataObject[] },
		output: await short(propertyOfData),
		binary: files.length > 0 ? binary : undefined,
		warnings,
	};
}

/** The names of files whose names the author chose, by the item that had each of them first. */
const chosenNamesOf = perRun(() => new Map<string, number>());

/**
 * Files of one name overwrite each other in a folder; only the author knows whether they go into one. Their final names
 * are compared, since different texts can give the same one.
 */
function hintAtSharedNames(item: ItemContext, files: FileInfo[]): void {
	const names = chosenNamesOf(item);
	for (const { fileName } of files) {
		const key = comparableName(fileName);
		const other = names.get(key) ?? item.index;
		names.set(key, other);
		if (other !== item.index)
			item.run.hint(
				`Files of several items are named "${truncate(fileName, 80)}" and would overwrite each other in a folder. Use an expression in File Name that differs for each item, such as {{ $json.sku }}-{{ $itemIndex }}.`,
			);
	}
}

async function withShortData(
	item: ItemContext,
	output: unknown,
	{ data }: CollectedOutput,
	storedIn: Map<string, string>,
): Promise<unknown> {
	if (data.length === 0) return output;
	const texts = new Set(data.map(({ text }) => text));
	return await runInSlices(
		item.clock,
		withoutDataUris(output, (text) => storedIn.get(text) ?? (texts.has(text) ? '' : undefined)),
	);
}
