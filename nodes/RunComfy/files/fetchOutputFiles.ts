import type { IBinaryKeyData, IExecuteFunctions } from 'n8n-workflow';

import { rethrow, RunComfyFailure } from '../shared/failure';
import { downloadFile, DownloadProblem, type DownloadRules } from './downloadFile';
import { isAllowedFileUrl } from './hostPolicy';
import { selectUrls, type DownloadKinds, type OutputUrl } from './outputUrls';

/** What the node tells about a fetched file, beside the binary data itself. */
export interface FileInfo {
	url: string;
	binaryPropertyName: string;
	fileName: string;
	mimeType: string;
	bytes: number;
}

/** The files of one item. */
export interface FetchedFiles {
	files: FileInfo[];
	binary: IBinaryKeyData;
	warnings: string[];
}

/** What to fetch, and for which request. */
export interface FetchPlan {
	urls: OutputUrl[];
	kinds: DownloadKinds;
	/** The first file's binary property; further files go to `<name>_1`, `<name>_2`, ... */
	binaryPropertyName: string;
	requestId: string;
	modelId?: string;
	rules: DownloadRules;
}

/**
 * Fetches the files of a result into n8n's binary store.
 *
 * @throws RunComfyFailure `download_failed`: when a file cannot be had, or when none comes from an allowed host
 * @throws ExecutionStopped
 */
export async function fetchOutputFiles(context: IExecuteFunctions, plan: FetchPlan): Promise<FetchedFiles> {
	const wanted = selectUrls(plan.urls, plan.kinds);
	const allowed = wanted.filter(({ url }) => isAllowedFileUrl(url, plan.rules.policy));
	const foreign = wanted.filter((entry) => !allowed.includes(entry));
	if (foreign.length > 0 && allowed.length === 0) {
		throw downloadFailure(plan, `its host ${hostOf(foreign[0])} is not allowed`);
	}
	const fetched: FetchedFiles = { files: [], binary: {}, warnings: foreign.map(foreignHostWarning) };
	for (const { url } of allowed) {
		const index = fetched.files.length;
		const binaryPropertyName = index === 0 ? plan.binaryPropertyName : `${plan.binaryPropertyName}_${index}`;
		const file = await fetchOne(context, plan, url);
		fetched.binary[binaryPropertyName] = file.binary;
		fetched.files.push({
			url,
			binaryPropertyName,
			fileName: file.fileName,
			mimeType: file.mimeType,
			bytes: file.bytes,
		});
	}
	return fetched;
}

async function fetchOne(context: IExecuteFunctions, plan: FetchPlan, url: string) {
	try {
		return await downloadFile(context, url, plan.requestId, plan.rules);
	} catch (error) {
		rethrow(error instanceof DownloadProblem ? downloadFailure(plan, error.message) : error);
	}
}

function downloadFailure(plan: FetchPlan, reason: string): RunComfyFailure {
	return new RunComfyFailure({
		message: `The result was generated, but a file could not be fetched: ${reason} (request ${plan.requestId})`,
		description: `Nothing is lost: the addresses are in output_urls, and Request, Get Result fetches the files again without paying. A host of your own goes into Download Hosts in Options; a large file needs a higher Max File Size.`,
		code: 'download_failed',
		request_id: plan.requestId,
		model_id: plan.modelId,
		status: 'succeeded',
		retryable: true,
		charged: 'yes',
		output_urls: plan.urls.map(({ url }) => url),
	});
}

function foreignHostWarning(entry: OutputUrl): string {
	return `A file was not fetched, because its host ${hostOf(entry)} is not allowed. Add the host to Download Hosts in Options: ${entry.url}`;
}

function hostOf(entry: OutputUrl | undefined): string {
	return entry ? new URL(entry.url).host : '';
}
