/** One form or one run of a deployed workflow, in a process of its own. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

import type { INodeParameters } from 'n8n-workflow';

import { Engine, runComfyNode, toExecution } from '../engine/support/engine';
import { workflowFields } from '../engine/support/deploymentInput';
import { credentialFor } from '../simulator/accounts';
import { printFigures } from './childRun';

/** What to measure. */
export interface DeploymentsRunSettings {
	kind: 'form' | 'run';
	url: string;
}

/** What it took. */
export interface DeploymentsRunFigures {
	ms: number;
	blockMs: number;
	growthMb: number;
	fields: number;
}

const MB = 1_048_576;
const SAMPLE_MS = 2;

printFigures(async ({ kind, url }: DeploymentsRunSettings): Promise<DeploymentsRunFigures> => {
	const engine = await Engine.start();
	const parameters = workflowFields({ '6.text': 'a boat' });
	(globalThis.gc as () => void)();
	const before = process.memoryUsage().rss;
	let peak = before;
	const sampler = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), SAMPLE_MS);
	const delay = monitorEventLoopDelay({ resolution: SAMPLE_MS });
	delay.enable();
	const startedAt = performance.now();
	const fields = kind === 'form' ? await form(engine, parameters, url) : await run(engine, parameters, url);
	const ms = performance.now() - startedAt;
	delay.disable();
	clearInterval(sampler);
	engine.stop();
	return { ms, blockMs: delay.max / 1e6 - SAMPLE_MS, growthMb: (peak - before) / MB, fields };
});

async function form(engine: Engine, parameters: INodeParameters, url: string): Promise<number> {
	const context = engine.loadOptions(parameters, credentialFor(url));
	const result = await engine.nodeType.methods?.resourceMapping?.getWorkflowInputFields?.call(context);
	if (result === undefined || result.fields.length === 0) throw new Error(`No fields: ${JSON.stringify(result)}`);
	return result.fields.length;
}

async function run(engine: Engine, parameters: INodeParameters, url: string): Promise<number> {
	const trigger = { ...runComfyNode({}), id: 't', name: 'Trigger', type: 'n8n-nodes-base.manualTrigger' };
	const to = [[{ node: 'RunComfy', type: 'main' as const, index: 0 }]];
	const workflow = {
		nodes: [trigger, runComfyNode(parameters)],
		connections: { Trigger: { main: to } },
		settings: { executionOrder: 'v1' as const },
	};
	const execution = toExecution(await engine.start(workflow, { credential: credentialFor(url) }));
	const problem = execution.error('RunComfy');
	if (problem) throw new Error(problem.message);
	return execution.items('RunComfy').length;
}
