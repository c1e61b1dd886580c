import type { IBinaryKeyData, IExecuteFunctions } from 'n8n-workflow';

import { rethrow, RunComfyFailure } from '../shared/failure';
import { downloadFile, type DownloadedFile } from './downloadFile';
import { DownloadProblem } from './downloadProblem';
import { uniqueFileName } from './fileName';
import { refusalOfFileUrl } from './hostPolicy';
import type { DownloadRules } from './openFile';
import { selectUrls, type DownloadKinds, type OutputUrl } from './outputUrls';

/** What the node tells about a fetched file, beside the binary data itself. */
export interface FileInfo {
	url: string;
	binaryPropertyName: string;
	fileName: string;
	mimeType: string;
	bytes: number;
	/** In pixels, of images. */
	width?: number;
	height?: number;
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
	/** Holds a download up while enough others of the run go on. */
	inTurn: <T>(work: () => Promise<T>) => Promise<T>;
	/** Called when file `number` of `count` starts to come, of so many bytes where its server tells. */
	onStart: (number: number, count: number, bytes: number | undefined) => void;
}

/**
 * Fetches the files of a result into n8n's binary store.
 *
 * @throws RunComfyFailure `download_failed`: when a file cannot be had, or when none comes from an allowed host
 * @throws ExecutionStopped
 */
export async function fetchOutputFiles(context: IExecuteFunctions, plan: FetchPlan): Promise<FetchedFiles> {
	const wanted = selectUrls(plan.urls, plan.kinds);
	const refused = wanted.flatMap(({ url }) => {
		const reason = refusalOfFileUrl(url, plan.rules.policy);
		return reason === undefined ? [] : [{ url, reason }];
	});
	const allowed = wanted.filter(({ url }) => !refused.some((entry) => entry.url === url));
	const [first] = refused;
	if (first && allowed.length === 0) throw downloadFailure(plan, `its address ${first.reason}`);
	const files = await fetchAll(context, plan, allowed.map(({ url }) => url));
	const fetched: FetchedFiles = { files: [], binary: {}, warnings: refused.map(refusedWarning) };
	for (const [index, { binary, warning, ...file }] of files.entries()) {
		const binaryPropertyName = index === 0 ? plan.binaryPropertyName : `${plan.binaryPropertyName}_${index}`;
		fetched.binary[binaryPropertyName] = binary;
		fetched.files.push({ url: allowed[index]?.url ?? '', binaryPropertyName, ...file });
		if (warning !== undefined && !fetched.warnings.includes(warning)) fetched.warnings.push(warning);
	}
	return fetched;
}

/** Side by side, in the order of the URLs. All are seen to their end before one that failed is told. */
async function fetchAll(context: IExecuteFunctions, plan: FetchPlan, urls: string[]): Promise<DownloadedFile[]> {
	const taken = new Set<string>();
	const fetchOne = async (url: string, index: number) => {
		let own = '';
		const uniqueName = (name: string) => {
			// Another try of the same file takes the name of the last one.
			taken.delete(own.toLowerCase());
			own = uniqueFileName(name, taken);
			return own;
		};
		const onStart = (bytes: number | undefined) => plan.onStart(index + 1, urls.length, bytes);
		return await downloadFile(context, url, { fallbackName: plan.requestId, uniqueName, onStart }, plan.rules);
	};
	const outcomes = await Promise.allSettled(urls.map(async (url, index) => await plan.inTurn(async () => await fetchOne(url, index))));
	return outcomes.map((outcome) => {
		if (outcome.status === 'fulfilled') return outcome.value;
		const error: unknown = outcome.reason;
		return rethrow(error instanceof DownloadProblem ? downloadFailure(plan, error.message) : error);
	});
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

function refusedWarning({ url, reason }: { url: string; reason: string }): string {
	return `A file was not fetched, because its address ${reason}. A host of your own goes into Download Hosts in Options: ${url}`;
}
