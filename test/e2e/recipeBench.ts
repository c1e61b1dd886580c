import axios from 'axios';
import type { IBinaryData, IDataObject, INodeExecutionData, INodeParameters, IWorkflowBase } from 'n8n-workflow';

import { until } from '../support/until';
import { readExampleFile, withCredential, withSimulatedImages, type ExampleFile } from './examples';
import { LocalN8n } from './localN8n';
import type { StoredExecution } from './n8nRest';

/** What a person changes in a template. */
export type Change = (workflow: IWorkflowBase) => IWorkflowBase;

/** Replaces parameters of a node, and further keys of it such as `disabled`. @throws Error when there is no such node */
export function changeNode(name: string, parameters: INodeParameters, more: IDataObject = {}): Change {
	return (workflow) => {
		const node = workflow.nodes.find((entry) => entry.name === name);
		if (!node) throw new Error(`The template has no node "${name}"`);
		Object.assign(node, { parameters: { ...node.parameters, ...parameters }, ...more });
		return workflow;
	};
}

/** Replaces what stands in for a sheet. */
export const changeData = (name: string, data: IDataObject): Change =>
	changeNode(name, { jsonOutput: JSON.stringify(data) });

/** A file that a person finds in n8n. */
export interface RecipeFile {
	name?: string;
	mimeType: string;
	bytes: Buffer;
}

/** One n8n for all recipes. */
export class RecipeBench {
	private constructor(readonly n8n: LocalN8n) {}

	static async start(): Promise<RecipeBench> {
		return new RecipeBench(await LocalN8n.start());
	}

	get simulator() {
		return this.n8n.simulator;
	}

	/** Imports a template and selects the credential, as a person does. @returns the workflow's ID */
	async import(file: ExampleFile, change: Change = (workflow) => workflow): Promise<string> {
		const { credential, rest, simulator } = this.n8n;
		const template = change(readExampleFile(file));
		return (await rest.createWorkflow(withSimulatedImages(withCredential(template, credential), simulator))).id;
	}

	/** Imports a template and runs it to its end. @throws Error when the execution fails */
	async run(file: ExampleFile, change?: Change, trigger?: string): Promise<RecipeRun> {
		return await this.finished(await this.n8n.rest.run(await this.import(file, change), trigger));
	}

	/** @throws Error when the execution fails */
	async finished(executionId: string): Promise<RecipeRun> {
		const execution = await this.n8n.rest.finished(executionId);
		if (execution.status !== 'success')
			throw new Error(`${execution.status}: ${String(execution.data.resultData.error?.message)}`);
		return new RecipeRun(this, execution);
	}

	/**
	 * Fills in an active form as a browser does, and waits for its last page.
	 *
	 * @param files by the position of their field
	 * @returns the HTML of the last page
	 */
	async submitForm(webhookId: string, files: Record<string, Blob>): Promise<string> {
		const form = new FormData();
		for (const [field, file] of Object.entries(files)) form.append(field, file, 'upload.jpg');
		const address = `${this.n8n.server.url}/form/${webhookId}`;
		// n8n 2.x registers it some time after the workflow was activated.
		await until(
			'the form',
			async () => (await axios.get(address, { validateStatus: () => true })).status === 200,
			30,
		);
		const { data } = await axios.post<{ formWaitingUrl: string }>(address, form);
		const waiting = new URL(data.formWaitingUrl);
		const status = new URL(waiting);
		status.pathname += '/n8n-execution-status';
		await until('the last page of the form', async () => {
			const answer = await axios.get<string>(status.href, { responseType: 'text' });
			if (['error', 'success', 'null'].includes(answer.data)) throw new Error(`The form ended: ${answer.data}`);
			return answer.data === 'form-waiting';
		});
		return (await axios.get<string>(waiting.href, { responseType: 'text' })).data;
	}
}

/** What a recipe left in n8n. */
export class RecipeRun {
	constructor(
		private readonly bench: RecipeBench,
		readonly execution: StoredExecution,
	) {}

	/** What a node put out, in all its runs. */
	items(node: string, output = 0): IDataObject[] {
		return this.outputOf(node, output).map(({ json }) => json);
	}

	/** All files that a node put out. */
	async files(node: string): Promise<RecipeFile[]> {
		const binaries = this.outputOf(node, 0).flatMap(({ binary = {} }) => Object.values(binary));
		return await Promise.all(
			binaries.map(async (binary) => ({
				name: binary.fileName,
				mimeType: binary.mimeType,
				bytes: await this.bytesOf(binary),
			})),
		);
	}

	private outputOf(node: string, output: number): INodeExecutionData[] {
		const runs = this.execution.data.resultData.runData[node] ?? [];
		return runs.flatMap(({ data }) => data?.main?.[output] ?? []);
	}

	/** n8n 1.x keeps files in the item by default, and so does a Code node that returns one. */
	private async bytesOf({ id, data }: IBinaryData): Promise<Buffer> {
		return id ? await this.bench.n8n.rest.binary(id) : Buffer.from(data, 'base64');
	}
}

/** The file that the last page of a form has the browser save. */
export function returnedFile(page: string): Pick<RecipeFile, 'name' | 'bytes'> | undefined {
	const [, sent] = /decodeURIComponent\("([^"]+)"\)/.exec(page) ?? [];
	if (sent === undefined) return undefined;
	// n8n 2.x sends a list, and n8n 1.x one file, whose bytes may be a text.
	const [file] = [JSON.parse(decodeURIComponent(sent))].flat() as Array<{
		fileName: string;
		data: string | { data: number[] };
	}>;
	if (file === undefined) return undefined;
	const { fileName: name, data } = file;
	return { name, bytes: typeof data === 'string' ? Buffer.from(data, 'latin1') : Buffer.from(data.data) };
}
