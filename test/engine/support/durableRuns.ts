import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { driven } from './controlledClock';
import { runComfyNode, type Execution } from './engine';
import type { Bench } from './setup';

/** The name of the durable node in these workflows. */
export const DURABLE_NODE = 'RunComfy Durable Wait';

/** What a test changes in the workflow. */
export interface DurableSettings {
	parameters?: INodeParameters;
	options?: IDataObject;
	node?: IDataObject;
	/** Connections of the node by output; the loop and Done by default. */
	outputs?: string[][];
	type?: string;
	donePosition?: number[];
}

/** n8n resumes an execution when its time has come; here that is always after so many milliseconds. */
const ROUND_MS = 100;

/** Items that tell each other apart. */
export const named = (count: number): INodeExecutionData[] =>
	Array.from({ length: count }, (_, index) => ({ json: { name: `item ${index}`, size: index } }));

/** All items that a node got, over all its runs. */
export const all = ({ run }: Execution, node: string) =>
	(run.data.resultData.runData[node] ?? []).flatMap(({ data }) => data?.main?.[0] ?? []).map(({ json }) => json);

/** Runs of the durable node through n8n's engine. */
export class DurableRuns {
	constructor(private readonly bench: Bench) {}

	/** A trigger, the node with its loop, and what lies behind its outputs. */
	workflow({
		parameters = {},
		options = {},
		node = {},
		outputs = [[DURABLE_NODE], ['Done'], ['Failed']],
		type = 'runComfyDurable',
		donePosition = [400, 100],
	}: DurableSettings) {
		const input = this.bench.dreaminaInput({ prompt: '={{ $json.name }}' });
		const base = { ...runComfyNode({}), id: 'trigger', name: 'Trigger', type: 'n8n-nodes-base.manualTrigger' };
		const end = (name: string) => ({
			...base,
			id: name,
			name,
			type: 'n8n-nodes-base.noOp',
			position: donePosition as [number, number],
		});
		const durable = {
			...runComfyNode({
				operation: 'submitAndWait',
				specifyInput: 'fields',
				modelInput: { mappingMode: 'defineBelow', value: input, matchingColumns: [], schema: [] } as never,
				watchSeconds: 0,
				downloadOutput: false,
				...parameters,
				options: options as never,
			}),
			id: 'durable',
			name: DURABLE_NODE,
			type: `n8n-nodes-runcomfy.${type}`,
			...node,
		};
		const to = (names: string[]) => names.map((name) => ({ node: name, type: 'main' as const, index: 0 }));
		return {
			nodes: [base, durable, end('Done'), end('Failed')],
			connections: { Trigger: { main: [to([DURABLE_NODE])] }, [DURABLE_NODE]: { main: outputs.map(to) } },
			settings: { executionOrder: 'v1' as const },
		};
	}

	/** Runs until it waits or ends. */
	async start(settings: DurableSettings, items: INodeExecutionData[]): Promise<Execution> {
		return await this.bench.engine.execute(this.workflow(settings), { credential: this.bench.credential(), items });
	}

	/** Resumes as n8n does, until the execution is over. @returns it, and how often it waited */
	async untilOver(
		settings: DurableSettings,
		first: Execution,
		roundMs = ROUND_MS,
	): Promise<{ execution: Execution; waits: number }> {
		let execution = first;
		let waits = 0;
		const id = this.bench.engine.lastExecutionId;
		while (execution.run.status === 'waiting') {
			waits += 1;
			if (waits > 60) throw new Error('It waits without end');
			await driven(new Promise((resolve) => setTimeout(resolve, roundMs)));
			execution = await this.bench.engine.resume(
				this.workflow(settings),
				{ credential: this.bench.credential() },
				execution,
				id,
			);
		}
		return { execution, waits };
	}
}
