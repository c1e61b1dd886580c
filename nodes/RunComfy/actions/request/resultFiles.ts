import type { IBinaryKeyData, IDataObject } from 'n8n-workflow';

import { progressLog } from '../../execution/progressLog';
import type { Run } from '../../execution/run';
import { fetchOutputFiles } from '../../files/fetchOutputFiles';
import { collectOutputUrls } from '../../files/outputUrls';
import type { DownloadSettings } from '../shared/downloadFields';

/** The part of an output item that is about files. */
export interface ResultFiles {
	json: { output_urls: string[]; files?: IDataObject[] };
	/** undefined when no file was fetched. */
	binary?: IBinaryKeyData;
	/** Shown on the run already. */
	warnings: string[];
}

/**
 * Lists the URLs of an output, and fetches their files where that is wanted.
 *
 * @param download undefined when nothing is to be fetched
 * @throws RunComfyFailure `download_failed`
 * @throws ExecutionStopped
 */
export async function resultFiles(
	run: Run,
	output: unknown,
	download: DownloadSettings | undefined,
	request: { requestId: string; modelId?: string; itemIndex: number },
): Promise<ResultFiles> {
	const urls = collectOutputUrls(output);
	const output_urls = urls.map(({ url }) => url);
	if (download === undefined) return { json: { output_urls }, warnings: [] };
	const { requestId, modelId, itemIndex } = request;
	const { files, binary, warnings } = await fetchOutputFiles(run.context, {
		...download,
		requestId,
		modelId,
		urls,
		inTurn: async (work) => await run.downloads.run(work),
		onStart: progressLog(run, itemIndex, requestId).downloading,
	});
	for (const warning of warnings) run.hint(warning);
	return {
		json: { output_urls, files: files as unknown as IDataObject[] },
		binary: files.length > 0 ? binary : undefined,
		warnings,
	};
}
