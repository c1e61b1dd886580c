/** One case of what could block n8n, in a process of its own. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import type { IBinaryData, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { Engine, runComfyNode } from '../engine/support/engine';
import { credentialFor } from '../simulator/accounts';
import { printFigures } from './childRun';

/** What to run. */
export interface BlocksRunSettings {
	url: string;
	model: string;
	items: number;
	/** MB of a file that each item has. */
	fileMb?: number;
	/** MB of a text that stands in each item's `text`. */
	textMb?: number;
	parameters: INodeParameters;
	/** Memory in use after garbage was collected, instead of all that the process has taken; times are worthless then. */
	measuresLive?: boolean;
	/** A node that does nothing in the place of ours, with the same expressions: what n8n takes by itself. */
	isBaseline?: boolean;
}

/** What it took. */
export interface BlocksRunFigures {
	blockMs: number;
	growthMb: number;
	seconds: number;
	outcome: string;
}

const RESOLUTION_MS = 5;
const SAMPLE_MS = 5;
const LIVE_SAMPLE_MS = 250;
const MB = 1_048_576;

async function main(settings: BlocksRunSettings): Promise<BlocksRunFigures> {
	const engine = await Engine.start();
	await engine.useStore('filesystem');
	const credential = credentialFor(settings.url);
	// Loads what is loaded once, with a call that none of the cases is about.
	await engine.execute(
		workflowOf({
			...settings,
			isBaseline: false,
			parameters: { specifyInput: 'json', inputJson: '{"prompt":"a boat"}' },
		}),
		{ credential },
	);
	const items = await itemsOf(settings);
	await new Promise((resolve) => setTimeout(resolve, 500));
	(globalThis.gc as () => void)();
	const inUse = () => {
		if (settings.measuresLive !== true) return process.memoryUsage.rss();
		(globalThis.gc as () => void)();
		const { heapUsed, external } = process.memoryUsage();
		return heapUsed + external;
	};
	const before = inUse();
	let most = before;
	const timer = setInterval(
		() => {
			most = Math.max(most, inUse());
		},
		settings.measuresLive === true ? LIVE_SAMPLE_MS : SAMPLE_MS,
	);
	const loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
	loop.enable();
	const startedAt = process.hrtime.bigint();
	const execution = await engine.execute(workflowOf(settings), { credential, items });
	const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
	loop.disable();
	clearInterval(timer);
	const error = execution.error('RunComfy');
	engine.stop();
	const outcome = error
		? `${String((error.context.details as { code?: string })?.code)}: ${error.message.slice(0, 60)}`
		: `${execution.items('RunComfy').length} items`;
	return { blockMs: Math.max(0, loop.max / 1e6 - RESOLUTION_MS), growthMb: (most - before) / MB, seconds, outcome };
}

/** The files are different ones for n8n, and the same bytes. */
async function itemsOf({ items, fileMb, textMb, url }: BlocksRunSettings): Promise<INodeExecutionData[]> {
	const file = Buffer.alloc((fileMb ?? 0) * MB, 'video');
	const text = 'x'.repeat((textMb ?? 0) * MB);
	const made: INodeExecutionData[] = [];
	for (let index = 0; index < items; index++) {
		const json = { index, text, picture: `${url}/pictures/${index}.jpg` };
		if (fileMb === undefined) made.push({ json });
		else {
			const about: IBinaryData = { mimeType: 'video/mp4', fileName: 'video.mp4', data: '' };
			const location = { type: 'execution', workflowId: 'bench', executionId: 'bench' } as const;
			made.push({ json, binary: { data: await Container.get(BinaryDataService).store(location, file, about) } });
		}
	}
	return made;
}

function workflowOf({ model, parameters, isBaseline }: BlocksRunSettings) {
	const node = {
		...runComfyNode({
			resource: 'request',
			operation: 'submit',
			model: { __rl: true, mode: 'id', value: model },
			...parameters,
		}),
	};
	const trigger = { ...runComfyNode({}), id: 'trigger', name: 'Trigger', type: 'n8n-nodes-base.manualTrigger' };
	return {
		nodes: [trigger, isBaseline ? { ...node, type: 'n8n-nodes-base.noOp' } : node],
		connections: { Trigger: { main: [[{ node: 'RunComfy', type: 'main' as const, index: 0 }]] } },
		settings: { executionOrder: 'v1' as const },
	};
}

printFigures(main);
