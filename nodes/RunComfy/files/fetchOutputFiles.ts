import type { IBinaryKeyData, IExecuteFunctions } from 'n8n-workflow';

import { ExecutionStopped, throwAsIs, RunComfyFailure } from '../shared/failure';
import { jobKeys, type JobRef } from '../shared/job';
import { shortDataUri } from './dataUri';
import { downloadFile, type DownloadedFile, type FileTarget } from './downloadFile';
import { DownloadProblem } from '../shared/downloadProblem';
import { chosenFileName, UniqueNames, withRequestId } from './fileName';
import { denyReason } from './hostPolicy';
import type { DownloadRules } from './openFile';
import { MAX_FILES, wantedKind, type CollectedOutput, type DownloadKinds, type OutputUrl } from './outputUrls';
import { storeDataUri } from './storeDataUri';

/** What the item says about a fetched file, in addition to the binary data. */
export interface FileInfo {
	url: string;
	binaryPropertyName: string;
	fileName: string;
	mimeType: string;
	bytes: number;
	/** In pixels, of images. */
	width?: number;
	height?: number;
	/** The node of the workflow that made it. */
	node_id?: string;
}

/** The files of one item. */
export interface FetchedFiles {
	files: FileInfo[];
	binary: IBinaryKeyData;
	warnings: string[];
	/** The binary property of each file that was contained in the output, by its text there. */
	propertyOfData: Map<string, string>;
}

/** What to fetch, and for which request. */
export interface FetchPlan {
	output: CollectedOutput;
	kinds: DownloadKinds;
	/** The first file's binary property; further files go to `<name>_1`, `<name>_2`, ... */
	binaryPropertyName: string;
	/** The name of the files without extension; undefined for that of the server. */
	fileName?: string;
	job: JobRef;
	rules: DownloadRules;
	/** Runs a transfer when few enough others of the run are active. */
	limitTransfers: <T>(work: () => Promise<T>) => Promise<T>;
	/** Called when file `number` of `count` starts to arrive; `bytes` if the server sends its length. */
	onStart: (number: number, count: number, bytes: number | undefined) => void;
}

/** A file that the output names or contains. */
interface Source {
	/** For display: a data URI without its bytes. */
	displayUrl: string;
	/** The text in the output, if it is the file itself. */
	dataText?: string;
	/** Only a text mentions it. */
	isMentioned: boolean;
	fetch: (target: Omit<FileTarget, 'wantedKind' | 'fallbackName'>) => Promise<DownloadedFile | undefined>;
	nodeId?: string;
}

/** A file that was stored, or why it wasn't; neither when it isn't of the wanted kind. */
interface Outcome {
	source: Source;
	file?: DownloadedFile;
	problem?: DownloadProblem;
}

type Fetched = Outcome & { file: DownloadedFile };

/**
 * Fetches the files of a result into n8n's binary store, and keeps what it could fetch.
 *
 * @throws RunComfyFailure `download_failed` when a file that should exist can't be fetched, or when none could
 * @throws ExecutionStopped
 */
export async function fetchOutputFiles(context: IExecuteFunctions, plan: FetchPlan): Promise<FetchedFiles> {
	const { sources, denied } = sourcesOf(context, plan);
	const outcomes = plan.kinds === 'first' ? await fetchFirst(plan, sources) : await fetchAll(plan, sources);
	const fetched = outcomes.filter((outcome): outcome is Fetched => outcome.file !== undefined);
	const problems = outcomes.filter(({ problem }) => problem !== undefined);

	const failed = problems.find(({ source, problem }) => problem?.isNoFile !== true && !source.isMentioned);
	if (failed?.problem && !(plan.kinds === 'first' && fetched.length > 0))
		throw downloadFailure(plan, failed.problem.message);
	const firstNoFile =
		problems.find(({ source }) => !source.isMentioned)?.problem?.message ??
		denied.find(({ isMentioned }) => !isMentioned)?.reason;
	if (fetched.length === 0 && firstNoFile !== undefined) throw downloadFailure(plan, firstNoFile);

	const result: FetchedFiles = {
		files: [],
		binary: {},
		warnings: [...cutWarnings(plan), ...deniedWarnings(denied), ...problems.map(problemWarning)],
		propertyOfData: new Map(),
	};
	if (plan.fileName !== undefined) nameAsChosen(plan.fileName, fetched);
	for (const [index, { source, file }] of fetched.entries()) {
		const { binary, warning, ...info } = file;
		const binaryPropertyName = index === 0 ? plan.binaryPropertyName : `${plan.binaryPropertyName}_${index}`;
		result.binary[binaryPropertyName] = binary;
		const ofNode = source.nodeId === undefined ? {} : { node_id: source.nodeId };
		result.files.push({ url: source.displayUrl, binaryPropertyName, ...info, ...ofNode });
		if (source.dataText !== undefined) result.propertyOfData.set(source.dataText, binaryPropertyName);
		if (warning !== undefined && !result.warnings.includes(warning)) result.warnings.push(warning);
	}
	const nothing = fetched.length === 0 && result.warnings.length === 0 ? nothingWarning(plan) : undefined;
	if (nothing !== undefined) result.warnings.push(nothing);
	return result;
}

/** Only what was fetched is counted, so the names are given when all files have arrived. */
function nameAsChosen(chosen: string, fetched: Fetched[]): void {
	for (const [index, { file }] of fetched.entries()) {
		const number = fetched.length > 1 ? index + 1 : undefined;
		file.fileName = chosenFileName(chosen, { name: file.fileName, mimeType: file.mimeType, number });
		file.binary.fileName = file.fileName;
	}
}

/** A URL that may not be fetched, and why, in words that continue "a URL that". */
interface DeniedUrl extends OutputUrl {
	reason: string;
}

function sourcesOf(
	context: IExecuteFunctions,
	{ output, kinds, job, rules }: FetchPlan,
): { sources: Source[]; denied: DeniedUrl[] } {
	const kind = wantedKind(kinds);
	const isWanted = (entry: { kind?: string }) =>
		kind === undefined || entry.kind === undefined || entry.kind === kind;
	const denied: DeniedUrl[] = [];
	const more = { fallbackName: job.requestId, wantedKind: kind };
	const data = output.data.filter(isWanted).map(({ dataUri, text }): Source => ({
		displayUrl: shortDataUri(dataUri),
		dataText: text,
		isMentioned: false,
		fetch: async (target) => await storeDataUri(context, dataUri, { ...target, ...more }, rules),
	}));
	const urls = output.urls.filter(isWanted).flatMap((entry): Source[] => {
		const reason = denyReason(entry.url, rules.policy);
		if (reason === undefined)
			return [
				{
					displayUrl: entry.url,
					isMentioned: entry.isMentioned,
					nodeId: entry.nodeId,
					fetch: async (target) =>
						await downloadFile(context, entry.url, { ...target, ...more, name: entry.name }, rules),
				},
			];
		denied.push({ ...entry, reason });
		return [];
	});
	return { sources: [...urls, ...data], denied };
}

/** In parallel, in the order of the output. All are completed before a failure is reported. */
async function fetchAll(plan: FetchPlan, sources: Source[]): Promise<Outcome[]> {
	const names = new UniqueNames();
	return await Promise.all(
		sources.map(
			async (source, index) =>
				await plan.limitTransfers(
					async () => await fetchOne(plan, source, { index, count: sources.length, names }),
				),
		),
	);
}

/** One after another, until one succeeds. */
async function fetchFirst(plan: FetchPlan, sources: Source[]): Promise<Outcome[]> {
	const outcomes: Outcome[] = [];
	for (const [index, source] of sources.entries()) {
		const outcome = await plan.limitTransfers(
			async () => await fetchOne(plan, source, { index, count: sources.length, names: new UniqueNames() }),
		);
		outcomes.push(outcome);
		if (outcome.file !== undefined || outcome.problem?.isNoFile !== true) break;
	}
	return outcomes;
}

async function fetchOne(
	plan: FetchPlan,
	source: Source,
	{ index, count, names }: { index: number; count: number; names: UniqueNames },
): Promise<Outcome> {
	let own: string | undefined;
	const uniqueName = (name: string) => {
		// Another try of the same file reuses the name of the last one.
		own = names.claim(withRequestId(name, plan.job.requestId), own);
		return own;
	};
	try {
		const file = await source.fetch({ uniqueName, onStart: (bytes) => plan.onStart(index + 1, count, bytes) });
		return { source, file };
	} catch (error) {
		if (error instanceof ExecutionStopped || !(error instanceof DownloadProblem)) return throwAsIs(error);
		return { source, problem: error };
	}
}

function downloadFailure(plan: FetchPlan, reason: string): RunComfyFailure {
	const message = /^(is|has|contains) /.test(reason) ? `its URL ${reason}` : reason;
	return new RunComfyFailure({
		message: `The result was generated, but a file couldn't be downloaded: ${message} (request ${plan.job.requestId})`,
		description:
			'Nothing is lost: the URLs are in output_urls, and the Get Result operation downloads the files again for free. If needed, add your own host to Download Hosts in Options, or increase Max File Size.',
		code: 'download_failed',
		...jobKeys(plan.job),
		status: 'succeeded',
		retryable: true,
		charged: 'yes',
		output_urls: plan.output.urls.map(({ url }) => url),
	});
}

/** One warning per reason: a result may name thousands of URLs on one host. */
function deniedWarnings(denied: DeniedUrl[]): string[] {
	const byReason = new Map<string, DeniedUrl[]>();
	for (const entry of denied) {
		const alike = byReason.get(entry.reason);
		if (alike) alike.push(entry);
		else byReason.set(entry.reason, [entry]);
	}
	return [...byReason].map(([reason, entries]) => {
		const [first] = entries;
		const what =
			entries.length === 1
				? "A file wasn't downloaded because its URL"
				: `${entries.length} files weren't downloaded because each URL`;
		return `${what} ${reason}. To allow your own host, add it to Download Hosts in Options: ${first?.url.slice(0, 500)}${entries.length === 1 ? '' : ', …'}`;
	});
}

function cutWarnings({ output }: FetchPlan): string[] {
	return output.isCut
		? [`The output contains more than ${MAX_FILES} files; only the first ${MAX_FILES} are listed and downloaded.`]
		: [];
}

function problemWarning({ source, problem }: Outcome): string {
	return `A file wasn't downloaded: ${problem?.message}: ${source.displayUrl.slice(0, 500)}`;
}

/** Success without a file, where one was expected, is worth a warning. */
function nothingWarning({ output, kinds }: FetchPlan): string | undefined {
	if (output.urls.length + output.data.length > 0)
		return `None of the ${output.urls.length + output.data.length} files in the result match Download Kinds (${kinds}), so none were downloaded.`;
	return output.isPlainText
		? undefined
		: 'The request succeeded, but its output contains no file. Check output to see what was returned.';
}
