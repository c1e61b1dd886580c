import type { IExecuteFunctions } from 'n8n-workflow';

import type * as binaryStore from '../../nodes/RunComfy/n8n/binaryStore';
import { callContextOf } from '../../nodes/RunComfy/n8n/callContext';
import { earlierOutputOf } from '../../nodes/RunComfy/n8n/itemPairing';
import { endRetryPause, listenInRetryPause } from '../../nodes/RunComfy/n8n/retryPause';
import { isCalledByAgent, isToolRun, requireOwnArguments } from '../../nodes/RunComfy/n8n/toolCall';
import { WorkflowConnections } from '../../nodes/RunComfy/n8n/workflowConnections';
import { openStream } from '../../nodes/RunComfy/transport/openStream';
import { credentialFor, TOKENS } from '../simulator/accounts';
import { isEngineOfN8n1, toExecution } from './support/engine';
import { edits } from './support/nodeTypes';
import { inspectorToolWorkflow, inspectorWorkflow } from './support/inspector';
import { useBench } from './support/setup';

/*
 * What nodes/RunComfy/n8n relies on that n8n documents nowhere, a contract a file. These tests run against the n8n-core in
 * use; where a new version breaks one, the file named by it has to change, and until then the node must refuse and not pay.
 */

const bench = useBench();

/** Runs the inspector as a node of a workflow, and hands on what it failed with. */
async function inside(inspect: (context: IExecuteFunctions) => Promise<void>): Promise<void> {
	const execution = await bench.engine.execute(inspectorWorkflow(inspect), { credential: bench.credential() });
	const error = execution.error('RunComfy');
	if (error) throw new Error(error.message);
}

/** An authenticated read of the balance, as the transport makes it. */
function balanceCall(abortSignal?: AbortSignal) {
	return {
		url: `${bench.simulator.url}/prod/v2/balance`,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		abortSignal,
	};
}

interface Balance {
	statusCode: number;
}

describe('n8n/callContext', () => {
	it('authenticates with the credential it was given, not with the one that the node has', async () => {
		const statuses: number[] = [];
		await inside(async (context) => {
			const own = await context.getCredentials('runComfyApi');
			for (const apiToken of [String(own.apiToken), 'another token']) {
				const callContext = callContextOf(context, { ...own, apiToken });
				const { statusCode } = (await context.helpers.httpRequestWithAuthentication.call(
					callContext,
					'runComfyApi',
					balanceCall(),
				)) as Balance;
				statuses.push(statusCode);
			}
		});
		expect(statuses).toEqual([200, 401]);
	});

	it("can still call after Stop, which ends the calls of n8n's own context", async () => {
		const outcomes: Record<string, unknown> = {};
		const running = bench.engine.start(
			inspectorWorkflow(async (context) => {
				const credential = await context.getCredentials('runComfyApi');
				running.cancel();
				const call = async (caller: object) =>
					await context.helpers.httpRequestWithAuthentication
						.call(caller as never, 'runComfyApi', balanceCall(new AbortController().signal))
						.then(
							({ statusCode }: Balance) => statusCode,
							() => 'failed',
						);
				outcomes.isStopped = context.getExecutionCancelSignal()?.aborted;
				outcomes.ofOurs = await call(callContextOf(context, credential));
				outcomes.ofN8n = await call(context);
				finish();
			}),
			{ credential: bench.credential() },
		);
		let finish = () => {};
		const finished = new Promise<void>((resolve) => {
			finish = resolve;
		});
		running.catch(() => {});
		await finished;

		expect(outcomes).toEqual({ isStopped: true, ofOurs: 200, ofN8n: 'failed' });
	});

	it('fails before anything is sent when n8n asks for more than it holds', async () => {
		const sent: unknown[] = [];
		const helpers = {
			async httpRequestWithAuthentication(this: IExecuteFunctions, _type: string, options: object) {
				this.getExecutionId();
				sent.push(options);
			},
		};
		const context = { helpers, getNode: () => ({}) } as unknown as IExecuteFunctions;
		const call = helpers.httpRequestWithAuthentication.call(
			callContextOf(context, {}) as unknown as IExecuteFunctions,
			'runComfyApi',
			{},
		);
		await expect(call).rejects.toThrow(TypeError);
		expect(sent).toEqual([]);
	});
});

describe('n8n/toolCall', () => {
	it('tells a node of the workflow from a tool that an agent calls', async () => {
		const found: object[] = [];
		const note = async (context: IExecuteFunctions) => {
			found.push({ isTool: isToolRun(context), isCalled: isCalledByAgent(context) });
		};
		await inside(note);
		await bench.engine.execute(inspectorToolWorkflow(note, { given: 'x' }), { credential: bench.credential() });

		expect(found).toEqual([
			{ isTool: false, isCalled: false },
			{ isTool: true, isCalled: true },
		]);
	});

	it('sees the arguments of the call, and those that expressions get', async () => {
		const seen: unknown[] = [];
		const inspect = async (context: IExecuteFunctions) => {
			requireOwnArguments(context);
			seen.push(context.getNodeParameter('given', 0));
		};
		await bench.engine.execute(inspectorToolWorkflow(inspect, { given: 'x' }), { credential: bench.credential() });
		expect(seen).toEqual(['x']);
	});

	it.each([
		['gives expressions other values', { $fromAI: () => 'another' }],
		['gives expressions no values', {}],
	])('refuses a call when n8n %s', (_what, proxy) => {
		const context = {
			getInputData: () => [{ json: { given: 'x' } }],
			getWorkflowDataProxy: () => proxy,
		} as unknown as IExecuteFunctions;
		expect(() => requireOwnArguments(context)).toThrow('tool call');
	});

	it('takes a tool run in a context that it does not know for the call of an agent, which keeps no record', () => {
		const context = {
			getNode: () => ({ type: 'n8n-nodes-runcomfy.runComfyTool' }),
		} as unknown as IExecuteFunctions;
		expect(isCalledByAgent(context)).toBe(true);
	});
});

describe('n8n/retryPause', () => {
	it('gets the same signal for every try of an execution, and hears Stop in the pause between them', async () => {
		const signals: unknown[] = [];
		let heard = 0;
		let failed = () => {};
		const paused = new Promise<void>((resolve) => {
			failed = resolve;
		});
		const work = async (context: IExecuteFunctions) => {
			const signal = context.getExecutionCancelSignal();
			signals.push(signal);
			if (signal === undefined) throw new Error('n8n gives no signal');
			endRetryPause(signal, 'RunComfy');
			listenInRetryPause(signal, 'RunComfy', () => {
				heard += 1;
			});
			if (signals.length === 2) setImmediate(failed);
			throw new Error('try again');
		};
		const node = { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 };
		const running = bench.engine.start(inspectorWorkflow(work, node), { credential: bench.credential() });
		await paused;
		running.cancel();
		await running.catch(() => {});

		expect(signals[0]).toBeInstanceOf(AbortSignal);
		expect(signals[1]).toBe(signals[0]);
		expect(heard).toBe(1);
	});
});

describe('n8n/binaryStore', () => {
	/** More than the blocks that are in use at once. Bytes. */
	const LONG = 3 * 1024 * 1024;
	const bytes = Buffer.from(Array.from({ length: LONG }, (_byte, index) => (index * 7 + (index >> 10)) & 0xff));
	const file = { fileName: 'a.bin', mimeType: 'application/octet-stream' };

	async function* chunksOf(content: Buffer, fault?: Error): AsyncGenerator<Buffer> {
		for (let at = 0; at < content.length; at += 100_000) yield content.subarray(at, at + 100_000);
		if (fault) throw fault;
	}

	/** The part as a process has it that has not stored anything yet: what it learns of the store lasts as long as the process. */
	function freshStore() {
		let fresh: typeof binaryStore | undefined;
		jest.isolateModules(() => {
			fresh = jest.requireActual<NonNullable<typeof fresh>>('../../nodes/RunComfy/n8n/binaryStore');
		});
		if (fresh === undefined) throw new Error('The module was not loaded');
		return fresh;
	}

	/** The body of a call, whose class is the way to make another stream. */
	const bodyOf = async (context: IExecuteFunctions) => {
		const { body } = await openStream(context, `${bench.simulator.url}/files/inputs/input-1280x720.jpg`, {
			refuse: () => undefined,
			timeoutMs: 10_000,
			signal: new AbortController().signal,
		});
		return body;
	};

	it.each(['filesystem', 'memory'] as const)('stores every byte of a stream in the %s store', async (mode) => {
		await bench.engine.useStore(mode);
		const { putIntoStore } = freshStore();
		const stored: Buffer[] = [];
		await inside(async (context) => {
			for (let round = 0; round < 2; round++) {
				const binary = await putIntoStore(context, chunksOf(bytes), await bodyOf(context), file);
				expect(binary.id === undefined).toBe(mode === 'memory');
				if (binary.id !== undefined) expect(binary.id).toMatch(/^filesystem/);
				stored.push(await bench.engine.readBinary(binary));
			}
		});
		await bench.engine.useStore('filesystem');
		expect(stored.map((content) => content.equals(bytes))).toEqual([true, true]);
	});

	it('gives no file where a stream fails in the filesystem store', async () => {
		const before = bench.engine.storedFiles().length;
		const fault = new Error('the connection was lost');
		const { putIntoStore } = freshStore();
		await inside(async (context) => {
			const stored = putIntoStore(context, chunksOf(bytes, fault), await bodyOf(context), file);
			await expect(stored).rejects.toThrow();
		});
		// n8n 1.x leaves the file behind, but no item refers to it.
		if (!isEngineOfN8n1) expect(bench.engine.storedFiles()).toHaveLength(before);
	});

	it('reuses no memory in a store that it does not know, which may keep what it gets', async () => {
		const kept: Buffer[] = [];
		const { putIntoStore } = freshStore();
		const context = {
			helpers: {
				async prepareBinaryData(content: AsyncIterable<Buffer> | Buffer) {
					if (Buffer.isBuffer(content)) kept.push(content);
					else for await (const block of content) kept.push(block);
					return { id: 'cloud:1', data: '', mimeType: '' };
				},
			},
		} as unknown as IExecuteFunctions;
		for (let round = 0; round < 2; round++) {
			kept.length = 0;
			await putIntoStore(context, chunksOf(bytes), undefined, file);
			expect(Buffer.concat(kept).equals(bytes)).toBe(true);
		}
	});
});

describe('n8n/workflowConnections', () => {
	/** The inspector with two outputs, of which the second leads back by another node. */
	const loop = (inspect: (context: IExecuteFunctions) => Promise<void>) => {
		const workflow = inspectorWorkflow(inspect);
		const [trigger, node] = workflow.nodes;
		const other = (name: string, height: number) => ({
			...trigger!,
			id: name,
			name,
			type: 'n8n-nodes-base.noOp',
			position: [400, height] as [number, number],
		});
		const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
		return {
			...workflow,
			nodes: [trigger!, node!, other('End', -100), other('Back', 100)],
			connections: {
				Trigger: { main: [to('RunComfy')] },
				RunComfy: { main: [to('End'), to('Back')] },
				Back: { main: [to('RunComfy')] },
			},
		};
	};
	const seen = async (destination?: string) => {
		let found: object = {};
		const workflow = loop(async (context) => {
			const connections = new WorkflowConnections(context);
			found = {
				isReadable: connections.isReadable,
				targets: [connections.targetsOf(0), connections.targetsOf(1), connections.targetsOf(2)],
				loop: [...connections.reachableFrom(1)],
				previous: connections.previousNode,
				heights: [connections.heightOf('End'), connections.heightOf('Back')],
				isLast: connections.isLastToRun,
			};
			await Promise.resolve();
		});
		await bench.engine.execute(workflow, { credential: bench.credential(), destination });
		return found;
	};

	it('reads where each output leads, where the items come from and what a person runs alone', async () => {
		expect(await seen()).toEqual({
			isReadable: true,
			targets: [['End'], ['Back'], []],
			loop: ['Back', 'RunComfy'],
			previous: 'Trigger',
			heights: [-100, 100],
			isLast: false,
		});
		expect(await seen('RunComfy')).toMatchObject({ isLast: true });
	});

	it('says so when n8n tells it nothing', () => {
		const connections = new WorkflowConnections({ getNode: () => ({ name: 'RunComfy' }) } as IExecuteFunctions);
		expect([connections.isReadable, connections.isLastToRun, [...connections.reachableFrom(1)]]).toEqual([
			false,
			false,
			[],
		]);
	});
});

describe('n8n/itemPairing', () => {
	it('finds what the node put out before that an item comes from, and nothing for items from elsewhere', async () => {
		const earlier: unknown[] = [];
		const workflow = inspectorWorkflow(async (context) => {
			earlier.push(earlierOutputOf(context, 0)?.json);
			await Promise.resolve();
		});
		const [trigger, node] = workflow.nodes;
		const to = (name: string) => [[{ node: name, type: 'main' as const, index: 0 }]];
		const edit = { ...trigger!, id: 'edit', name: 'Edit', type: 'test.editing' };
		edits.current = (items) => (earlier.length > 1 ? [] : items.map(() => ({ json: { other: true } })));
		await bench.engine.execute(
			{
				...workflow,
				nodes: [trigger!, node!, edit],
				connections: {
					Trigger: { main: to('RunComfy') },
					RunComfy: { main: to('Edit') },
					Edit: { main: to('RunComfy') },
				},
			},
			{ credential: bench.credential() },
		);
		edits.current = (items) => items;

		expect(earlier).toEqual([undefined, {}]);
	});

	it('finds nothing when n8n has no pairing to offer', () => {
		const context = { getWorkflowDataProxy: () => ({}), getInputSourceData: () => ({}), getNode: () => ({}) };
		expect(earlierOutputOf(context as unknown as IExecuteFunctions, 0)).toBeUndefined();
	});
});

describe('what the record of submits relies on', () => {
	it('is a context of the node that n8n keeps from one try to the next', async () => {
		const found: unknown[] = [];
		const work = async (context: IExecuteFunctions) => {
			const store = context.getContext('node');
			found.push({ earlier: store.mark, run: context.getWorkflowDataProxy(0).$runIndex as unknown });
			store.mark = 'kept';
			if (found.length === 1) throw new Error('try again');
		};
		const node = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
		const credential = credentialFor(bench.simulator.url, TOKENS.main);
		const run = await bench.engine.start(inspectorWorkflow(work, node), { credential });

		expect(toExecution(run).error('RunComfy')).toBeUndefined();
		expect(found).toEqual([
			{ earlier: undefined, run: 0 },
			{ earlier: 'kept', run: 0 },
		]);
	});
});
