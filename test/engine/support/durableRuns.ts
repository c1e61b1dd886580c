import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { driven } from './controlledClock';
import { runComfyNode, type Execution } from './engine';
import type { Bench } from './setup';

/** The name of the durable node in these workflows. */
export const DURABLE_NODE = 'RunComfy Durable Wait';

/** The name of the node that waits in these workflows. */
export const WAIT_NODE = 'Wait';

/** What a test changes in the workflow. */
export interface DurableSettings {
	parameters?: INodeParameters;
	options?: IDataObject;
	node?: IDataObject;
	/** Connections of the node by output; Done, and Pending to the Wait node, by default. */
	outputs?: string[][];
	/** The same for other nodes, from their first output; the Wait node leads back by default. */
	connections?: Record<string, string[]>;
	/** Further nodes by name, whose items pass `edits`. */
	editing?: string[];
	wait?: IDataObject;
	type?: string;
	donePosition?: number[];
}

/** Items that tell each other apart. */
export const named = (count: number): INodeExecutionData[] =>
	Array.from({ length: count }, (_, index) => ({ json: { name: `item ${index}`, size: index } }));

/** All items that a node got, over all its runs. */
export const all = ({ run }: Execution, node: string) =>
	(run.data.resultData.runData[node] ?? []).flatMap(({ data }) => data?.main?.[0] ?? []).map(({ json }) => json);

/** Runs of the durable node through n8n's engine. */
export class DurableRuns {
	constructor(private readonly bench: Bench) {}

	/** A trigger, the node with its loop, and what is behind its outputs. */
	workflow({
		parameters = {},
		options = {},
		node = {},
		outputs = [['Done'], [WAIT_NODE], ['Failed']],
		connections = {},
		editing = [],
		wait = {},
		type = 'runComfyDurable',
		donePosition = [400, 100],
	}: DurableSettings) {
		const input = this.bench.dreaminaInput({ prompt: '={{ $json.name }}' });
		const base = { ...runComfyNode({}), id: 'trigger', name: 'Trigger', type: 'n8n-nodes-base.manualTrigger' };
		const other = (name: string, nodeType: string, position: number[]) => ({
			...base,
			id: name,
			name,
			type: nodeType,
			position: position as [number, number],
		});
		const durable = {
			...runComfyNode({
				resource: 'request',
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
		const waitNode = {
			...other(WAIT_NODE, 'n8n-nodes-base.wait', [400, 0]),
			parameters: { dateTime: '={{ $json.runComfyWait.resumeAt }}' } as INodeParameters,
			...wait,
		};
		const ends = ['Done', 'Failed'].map((name) => other(name, 'n8n-nodes-base.noOp', donePosition));
		const to = (names: string[]) => names.map((name) => ({ node: name, type: 'main' as const, index: 0 }));
		const others = Object.entries({ [WAIT_NODE]: [DURABLE_NODE], ...connections });
		return {
			nodes: [base, durable, waitNode, ...ends, ...editing.map((name) => other(name, 'test.editing', [300, 0]))],
			connections: {
				Trigger: { main: [to([DURABLE_NODE])] },
				[DURABLE_NODE]: { main: outputs.map(to) },
				...Object.fromEntries(others.map(([name, targets]) => [name, { main: [to(targets)] }])),
			},
			settings: { executionOrder: 'v1' as const },
		};
	}

	/** Runs until it waits or ends. */
	async start(settings: DurableSettings, items: INodeExecutionData[]): Promise<Execution> {
		return await this.bench.engine.execute(this.workflow(settings), { credential: this.bench.credential(), items });
	}

	/** Resumes as n8n does when its time has come, until the execution is over. @returns it, and how often it waited */
	async untilOver(
		settings: DurableSettings,
		first: Execution,
		id = this.bench.engine.lastExecutionId,
	): Promise<{ execution: Execution; waits: number }> {
		let execution = first;
		let waits = 0;
		while (execution.run.status === 'waiting') {
			waits += 1;
			if (waits > 60) throw new Error('It waits without end');
			await this.untilResume(execution);
			execution = await this.bench.engine.resume(
				this.workflow(settings),
				{ credential: this.bench.credential() },
				execution,
				id,
			);
		}
		return { execution, waits };
	}

	/** Lets time pass until n8n would resume an execution. */
	async untilResume({ run }: Execution): Promise<void> {
		const pauseMs = new Date(run.waitTill ?? 0).getTime() - Date.now();
		if (pauseMs > 0) await driven(new Promise((resolve) => setTimeout(resolve, pauseMs)));
	}
}
