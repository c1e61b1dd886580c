import type { JobResult } from '../../api/jobApi';
import type { ItemContext } from '../../execution/itemContext';
import { collectOutput, type CollectedOutput } from '../../files/outputUrls';
import { outputOf } from '../../jobs/jobResult';
import { isJsonObject } from '../../shared/json';
import { runInSlices } from '../../shared/timeSlice';
import { collectWorkflowOutputs, type WorkflowFile } from '../../workflow/outputs';

/** What a result contains. */
export interface CollectedResult extends CollectedOutput {
	/** The texts that the nodes of a workflow made; undefined for models, whose texts have places of their own. */
	texts?: string[];
	warnings: string[];
}

const CACHED =
	'The workflow ran without output: ComfyUI had the result cached because nothing was changed. Change a seed to get a new one.';

/** Lists what a result names: by node and channel for ComfyUI workflows, in any shape for models and LoRA deployments. */
export async function collectResult(item: ItemContext, result: JobResult): Promise<CollectedResult> {
	if (!isJsonObject(result.outputs))
		return { ...(await runInSlices(item.clock, collectOutput(outputOf(result)))), warnings: [] };
	const { files, texts, warnings, isEmpty } = await runInSlices(item.clock, collectWorkflowOutputs(result.outputs));
	return {
		urls: files.map(outputUrl),
		data: [],
		// Nothing more is to be said where there is neither a file nor a text.
		isPlainText: files.length === 0,
		isCut: false,
		texts,
		warnings: isEmpty ? [CACHED] : warnings,
	};
}

function outputUrl({ url, kind, nodeId, nodeTitle, filename }: WorkflowFile) {
	const name = nodeTitle === undefined ? undefined : `${nodeTitle} ${filename}`;
	return { url, kind, isMentioned: false, nodeId, ...(name === undefined ? {} : { name }) };
}
