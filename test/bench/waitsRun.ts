/** One measured execution, in a process of its own. Takes its settings as JSON, prints its figures as JSON. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

import type { INodeParameters } from 'n8n-workflow';

import { Engine, runComfyNode } from '../engine/support/engine';
import { credentialFor } from '../simulator/accounts';
import { INPUT_IMAGE } from '../simulator/media';
import { until } from '../support/until';
import { printFigures } from './childRun';

/** What to run. */
export interface WaitsRunSettings {
	url: string;
	items: number;
	/** As many as there are items by default. */
	maxConcurrency?: number;
	/** Collects garbage again and again, to see what is really held; the times are worthless then. */
	measuresMemory?: boolean;
	/** Stops the execution when all requests are watched. */
	stops?: boolean;
}

/** What it took. */
export interface WaitsRunFigures {
	startedAt: number;
	seconds: number;
	succeeded: number;
	blockMs: number;
	cpuSeconds: number;
	peakRssMb: number;
	/** Bytes on the heap and outside of it that are in use, at the most, above those before the run. */
	liveBytes: number;
	/** Milliseconds since 1970, and how long the node went on after it. */
	stoppedAt?: number;
	endedAfterStopMs?: number;
}

const LOOP_RESOLUTION_MS = 10;
const SAMPLE_MS = 500;

async function main(settings: WaitsRunSettings): Promise<WaitsRunFigures> {
	const engine = await Engine.start();
	const credential = credentialFor(settings.url);
	// Loads what n8n and the node load only once, and leaves no run time behind that the node could learn from.
	await engine.execute(workflowOf(settings, { operation: 'submit' }), { credential, items: [{ json: {} }] });

	const live = settings.measuresMemory ? watchLiveBytes() : undefined;
	const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
	loop.enable();
	const cpu = process.cpuUsage();
	const startedAt = Date.now();
	const items = Array.from({ length: settings.items }, (_, index) => ({ json: { index } }));
	const pending = engine.start(workflowOf(settings, { operation: 'submitAndWait' }), { credential, items });
	let stoppedAt: number | undefined;
	if (settings.stops) {
		const watched = () => engine.log.filter(({ message }) => message.includes('in_progress')).length;
		await until('all requests are watched', () => watched() >= settings.items);
		stoppedAt = Date.now();
		pending.cancel();
	}
	const run = await pending;
	const endedAt = Date.now();
	loop.disable();
	const { user, system } = process.cpuUsage(cpu);
	const output = run.data.resultData.runData.RunComfy?.[0]?.data?.main?.[0] ?? [];
	engine.stop();
	return {
		startedAt,
		seconds: (endedAt - startedAt) / 1000,
		succeeded: output.filter(({ json }) => json.status === 'succeeded').length,
		blockMs: Math.max(0, loop.max / 1e6 - LOOP_RESOLUTION_MS),
		cpuSeconds: (user + system) / 1e6,
		peakRssMb: process.resourceUsage().maxRSS / 1024,
		liveBytes: live?.() ?? 0,
		stoppedAt,
		endedAfterStopMs: stoppedAt === undefined ? undefined : endedAt - stoppedAt,
	};
}

/** @returns tells the most bytes in use so far, above those at the start */
function watchLiveBytes(): () => number {
	const collect = globalThis.gc as () => void;
	const inUse = () => {
		collect();
		const { heapUsed, external } = process.memoryUsage();
		return heapUsed + external;
	};
	const before = inUse();
	let most = before;
	const sample = () => {
		most = Math.max(most, inUse());
	};
	const timer = setInterval(sample, SAMPLE_MS);
	return () => {
		clearInterval(timer);
		sample();
		return most - before;
	};
}

function workflowOf({ url, items, maxConcurrency = items }: WaitsRunSettings, { operation }: { operation: string }) {
	const input = { prompt: '={{ $json.index }}', image_urls: [`${url}/files/inputs/${INPUT_IMAGE}`] };
	const parameters: INodeParameters = {
		resource: 'request',
		operation,
		specifyInput: 'fields',
		modelInput: {
			mappingMode: 'defineBelow',
			value: { ...input, prompt: '={{ "boat " + $json.index }}' },
			matchingColumns: [],
			schema: [],
		},
		downloadOutput: false,
		options: { maxConcurrency },
	};
	const trigger = { ...runComfyNode({}), id: 'trigger', name: 'Trigger', type: 'n8n-nodes-base.manualTrigger' };
	return {
		nodes: [trigger, runComfyNode(parameters)],
		connections: { Trigger: { main: [[{ node: 'RunComfy', type: 'main' as const, index: 0 }]] } },
		settings: { executionOrder: 'v1' as const },
	};
}

printFigures(main);
