import type { ICredentialDataDecryptedObject, IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { credentialFor, TOKENS } from '../../simulator/accounts';
import { INPUT_IMAGE } from '../../simulator/media';
import { Simulator, type SimulatorSettings } from '../../simulator/simulator';
import { withControlledClock } from './controlledClock';
import { Engine, runComfyNode, type Execution } from './engine';

/** The model of most tests, and an input that fits it. */
export const DREAMINA = 'bytedance/dreamina-3-0/image-to-video';

/** What a test file works with: n8n's engine, and a simulator for it. */
export interface Bench {
	engine: Engine;
	simulator: Simulator;
	/** Runs one RunComfy node behind a manual trigger. */
	run(parameters: INodeParameters, more?: RunSettings): Promise<Execution>;
	/** The same, with waits that take no time. */
	runFast(parameters: INodeParameters, more?: RunSettings): Promise<Execution>;
	/** The workflow that `run` runs. */
	workflow(parameters: INodeParameters, more?: RunSettings): ReturnType<typeof workflowOf>;
	credential(token?: string): ICredentialDataDecryptedObject;
	/** Dreamina's input with a picture that the simulator serves. */
	dreaminaInput(more?: IDataObject): IDataObject;
	/** Before each test: nothing received, no faults, and a token for which the node remembers nothing. */
	reset(): void;
	stop(): Promise<void>;
}

/** Settings of one run. */
export interface RunSettings {
	items?: INodeExecutionData[];
	token?: string;
	/** Further settings of the node, such as `onError`. */
	node?: IDataObject;
	/** Fields of the credential that replace the simulator's. */
	credential?: IDataObject;
}

/** Starts the engine and a simulator whose requests are finished at once. */
export async function startBench(settings: Partial<SimulatorSettings> = {}): Promise<Bench> {
	const engine = await Engine.start();
	// By way of a function, so that the simulator follows a clock that a test has taken over.
	const simulator = await new Simulator(settings, () => Date.now()).start();
	let tests = 0;
	const credential = (token: string = TOKENS.main) => credentialFor(simulator.url, `${token}.${tests}`);
	const run = async (parameters: INodeParameters, more: RunSettings = {}) =>
		await engine.execute(workflowOf(parameters, more), {
			credential: { ...credential(more.token), ...more.credential },
			items: more.items,
		});
	return {
		engine,
		simulator,
		credential,
		workflow: workflowOf,
		run,
		runFast: async (parameters, more) => (await withControlledClock(async () => await run(parameters, more))).value,
		dreaminaInput: (more = {}) => ({
			image_urls: [`${simulator.url}/files/inputs/${INPUT_IMAGE}`],
			prompt: 'the boat leaves the shore',
			...more,
		}),
		reset() {
			tests += 1;
			simulator.reset();
			engine.log.length = 0;
		},
		async stop() {
			await simulator.stop();
			engine.stop();
		},
	};
}

/**
 * The bench of a test file: started before its tests, reset before each, stopped after them.
 *
 * @returns to be used inside tests and hooks, where it has started
 */
export function useBench(settings: Partial<SimulatorSettings> = {}): Bench {
	let started: Bench | undefined;
	const current = () => {
		if (started === undefined) throw new Error('The bench starts before the first test: use it inside of one.');
		return started;
	};
	beforeAll(async () => {
		started = await startBench(settings);
	});
	afterAll(async () => await started?.stop());
	beforeEach(() => current().reset());
	return {
		get engine() {
			return current().engine;
		},
		get simulator() {
			return current().simulator;
		},
		run: async (...run) => await current().run(...run),
		runFast: async (...run) => await current().runFast(...run),
		workflow: (...workflow) => current().workflow(...workflow),
		credential: (...token) => current().credential(...token),
		dreaminaInput: (...more) => current().dreaminaInput(...more),
		reset: () => current().reset(),
		stop: async () => await current().stop(),
	};
}

/** The name of a file of the last accepted request, as the node gives it by default. */
export function ownName({ simulator }: Bench, name: string): string {
	return name.replace(/(?=\.\w+$)/, `-${String(simulator.accepted.at(-1)?.id).slice(0, 8)}`);
}

/** Parameters of a submit with the model's input as JSON. */
export function jsonInput(input: IDataObject, more: INodeParameters = {}): INodeParameters {
	return { operation: 'submitAndWait', specifyInput: 'json', inputJson: JSON.stringify(input), ...more };
}

/** Parameters of a submit with the model's input in the form's fields. */
export function fieldInput(value: IDataObject, more: INodeParameters = {}): INodeParameters {
	return {
		operation: 'submitAndWait',
		specifyInput: 'fields',
		modelInput: { mappingMode: 'defineBelow', value, matchingColumns: [], schema: [] } as never,
		...more,
	};
}

function workflowOf(parameters: INodeParameters, { node = {} }: RunSettings = {}) {
	const trigger = {
		id: 'trigger',
		name: 'Manual Trigger',
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		position: [0, 0] as [number, number],
		parameters: {},
	};
	const end = (name: string) => ({ ...trigger, id: name, name, type: 'n8n-nodes-base.noOp' });
	return {
		nodes: [
			trigger,
			{ ...runComfyNode({ resource: 'request', ...parameters }), ...node },
			end('Done'),
			end('Failed'),
		],
		connections: {
			'Manual Trigger': { main: [[{ node: 'RunComfy', type: 'main' as const, index: 0 }]] },
			RunComfy: {
				main: [
					[{ node: 'Done', type: 'main' as const, index: 0 }],
					[{ node: 'Failed', type: 'main' as const, index: 0 }],
				],
			},
		},
		settings: { executionOrder: 'v1' as const },
	};
}
