import 'reflect-metadata';

import { Logger } from '@n8n/backend-common';
import { Container } from '@n8n/di';
import {
	BinaryDataConfig,
	BinaryDataService,
	ExecutionLifecycleHooks,
	LoadOptionsContext,
	PackageDirectoryLoader,
	WorkflowExecute,
} from 'n8n-core';
import {
	Workflow,
	type IBinaryData,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type INodeTypes,
	type IPinData,
	type IRun,
	type IWorkflowBase,
	type IWorkflowExecuteAdditionalData,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { driven } from './controlledClock';
import { TestCredentialsHelper } from './credentialsHelper';
import { passingNodeTypes } from './nodeTypes';

/** n8n 1.x takes the parts of a run one by one, n8n 2.x as one object. */
export const isEngineOfN8n1 = WorkflowExecute.prototype.run.length > 1;

function runOnN8n1(
	execute: WorkflowExecute,
	workflow: Workflow,
	startNode: INode,
	destination?: object,
	pinData?: IPinData,
) {
	const run = execute.run.bind(execute) as unknown as (...parts: unknown[]) => ReturnType<WorkflowExecute['run']>;
	return run(workflow, startNode, destination, pinData);
}

/** The package, built: what n8n would load. */
const PACKAGE_FOLDER = resolve(__dirname, '..', '..', '..');

/** One line that the node wrote into n8n's log. */
export interface LogLine {
	level: 'debug' | 'info' | 'warn' | 'error';
	message: string;
	facts: Record<string, unknown>;
}

/** A finished execution. */
export interface Execution {
	run: IRun;
	/** The items that a node put out last. */
	items(nodeName: string, output?: number): INodeExecutionData[];
	/** The hints that a node left on its run. */
	hints(nodeName: string): string[];
	/** Those of them that warn. */
	warnings(nodeName: string): string[];
	/** The error that ended a node. */
	error(nodeName: string): ExecutionProblem | undefined;
}

/** An n8n error, as far as tests look at it. */
export interface ExecutionProblem {
	name: string;
	message: string;
	description?: string | null;
	httpCode?: string | null;
	context: { itemIndex?: number; details?: IDataObject };
}

/** What an execution is given. */
export interface ExecutionInput {
	credential: ICredentialDataDecryptedObject;
	/** What the trigger puts out; one empty item by default. */
	items?: INodeExecutionData[];
	/** The last node to run, where a person runs a single step. */
	destination?: string;
	/** How n8n came to run it: by hand by default. */
	mode?: WorkflowExecuteMode;
}

/** n8n's own engine with the built package in it, as n8n loads it. */
export class Engine {
	private nextExecution = 1;

	private constructor(
		/** What the node logged, oldest first. */
		readonly log: LogLine[],
		private readonly folder: string,
		private readonly nodeTypes: INodeTypes,
		private readonly loader: PackageDirectoryLoader,
		private readonly binaryData: BinaryDataService,
	) {}

	/** @param onLog sees each line of the log as it is written */
	static async start(onLog: (line: LogLine) => void = () => {}): Promise<Engine> {
		const folder = mkdtempSync(join(tmpdir(), 'runcomfy-engine-'));
		// Read once, when n8n's settings are first asked for.
		process.env.N8N_USER_FOLDER = folder;
		process.env.N8N_ENCRYPTION_KEY ??= 'a key for tests';
		const log: LogLine[] = [];
		captureLog((line) => {
			log.push(line);
			onLog(line);
		});
		Container.get(BinaryDataConfig).mode = 'filesystem';
		const binaryData = Container.get(BinaryDataService);
		await binaryData.init();
		const loader = new PackageDirectoryLoader(PACKAGE_FOLDER);
		await loader.loadAll();
		return new Engine(log, folder, nodeTypesOf(loader), loader, binaryData);
	}

	/** Where n8n keeps files: on disk, or in its memory as n8n 1.x does by default. */
	async useStore(mode: 'filesystem' | 'memory'): Promise<void> {
		// n8n 2.x has no name for it any more, and keeps a file in memory where no manager knows the mode.
		Object.assign(Container.get(BinaryDataConfig), { mode: mode === 'memory' ? 'default' : mode });
		await this.binaryData.init();
	}

	/** All files below n8n's folder for binary data, with their sizes in bytes. */
	storedFiles(): Array<{ name: string; bytes: number }> {
		return readdirSync(this.folder, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile() && entry.parentPath.includes('binary_data'))
			.map((entry) => ({ name: entry.name, bytes: statSync(join(entry.parentPath, entry.name)).size }));
	}

	/** Removes what n8n stored. */
	stop(): void {
		rmSync(this.folder, { recursive: true, force: true });
	}

	/** Starts a workflow; the promise can be cancelled, as n8n does on Stop. */
	start(workflow: Pick<IWorkflowBase, 'nodes' | 'connections' | 'settings'>, input: ExecutionInput) {
		const built = this.workflowOf(workflow);
		const additionalData = this.additionalData(built, input.credential);
		const startNode = built.getStartNode();
		if (startNode === undefined) throw new Error('The workflow has no trigger');
		const pinData = input.items ? { [startNode.name]: input.items } : undefined;
		const execute = new WorkflowExecute(additionalData, input.mode ?? 'manual');
		const destinationNode =
			input.destination === undefined ? undefined : { nodeName: input.destination, mode: 'inclusive' as const };
		const pending = isEngineOfN8n1
			? runOnN8n1(execute, built, startNode, destinationNode, pinData)
			: execute.run({ workflow: built, startNode, destinationNode, pinData });
		const close = () => (additionalData.credentialsHelper as TestCredentialsHelper).close();
		void pending.then(close, close);
		return pending;
	}

	/** Runs a workflow to its end. */
	async execute(
		workflow: Pick<IWorkflowBase, 'nodes' | 'connections' | 'settings'>,
		input: ExecutionInput,
	): Promise<Execution> {
		return toExecution(await driven(this.start(workflow, input)));
	}

	/**
	 * Continues an execution whose node failed, from the data that n8n stored.
	 *
	 * @param executionId the same for an execution that is resumed, another for a person's Retry
	 */
	async continueFailed(
		workflow: Pick<IWorkflowBase, 'nodes' | 'connections' | 'settings'>,
		input: ExecutionInput,
		{ run }: Execution,
		executionId?: string,
	): Promise<Execution> {
		const { parse, stringify } = await import('flatted');
		const built = this.workflowOf(workflow);
		const data = parse(stringify(run.data)) as IRun['data'];
		const failed = data.resultData.lastNodeExecuted ?? '';
		// What n8n removes before it runs a node of a stored execution again.
		data.resultData.error = undefined;
		data.resultData.runData[failed]?.pop();
		const additionalData = this.additionalData(built, input.credential, undefined, executionId);
		return toExecution(
			await driven(new WorkflowExecute(additionalData, 'manual', data).processRunExecutionData(built)),
		);
	}

	/** Resumes a waiting execution from the data that n8n stored, as n8n does when its time has come. */
	async resume(
		workflow: Pick<IWorkflowBase, 'nodes' | 'connections' | 'settings'>,
		input: ExecutionInput,
		execution: Execution,
		executionId: string,
	): Promise<Execution> {
		return toExecution(await driven((await this.startAgain(workflow, input, execution, executionId)).pending));
	}

	/** The same, where the promise inside can be cancelled, as n8n does on Stop. */
	async startAgain(
		workflow: Pick<IWorkflowBase, 'nodes' | 'connections' | 'settings'>,
		input: ExecutionInput,
		{ run }: Execution,
		executionId: string,
	) {
		const { parse, stringify } = await import('flatted');
		const built = this.workflowOf(workflow);
		const data = parse(stringify(run.data)) as IRun['data'];
		const additionalData = this.additionalData(built, input.credential, undefined, executionId);
		return { pending: new WorkflowExecute(additionalData, 'manual', data).processRunExecutionData(built) };
	}

	/** The id of the last execution that was started. */
	get lastExecutionId(): string {
		return String(this.nextExecution - 1);
	}

	/** Calls the methods by which the editor asks a node for lists and fields. */
	loadOptions(parameters: INodeParameters, credential: ICredentialDataDecryptedObject): LoadOptionsContext {
		const node = runComfyNode(parameters);
		const workflow = this.workflowOf({ nodes: [node], connections: {}, settings: {} });
		return new LoadOptionsContext(workflow, node, this.additionalData(workflow, credential, parameters), '');
	}

	/** What an expression gives before anything has run, as the editor asks for subtitles and hints. */
	evaluate(node: INode, expression: string): unknown {
		const workflow = this.workflowOf({ nodes: [node], connections: {}, settings: {} });
		return workflow.expression.getSimpleParameterValue(node, expression, 'internal', {});
	}

	get nodeType(): INodeType {
		return this.nodeTypes.getByNameAndVersion('n8n-nodes-runcomfy.runComfy');
	}

	get durableNodeType(): INodeType {
		return this.nodeTypes.getByNameAndVersion('n8n-nodes-runcomfy.runComfyDurable');
	}

	/** Reads a file out of n8n's binary store. */
	async readBinary(binary: IBinaryData): Promise<Buffer> {
		return await this.binaryData.getAsBuffer(binary);
	}

	private workflowOf(workflow: Pick<IWorkflowBase, 'nodes' | 'connections' | 'settings'>): Workflow {
		return new Workflow({ id: 'workflow', ...workflow, active: false, nodeTypes: this.nodeTypes });
	}

	private additionalData(
		workflow: Workflow,
		credential: ICredentialDataDecryptedObject,
		currentNodeParameters?: INodeParameters,
		executionId = String(this.nextExecution++),
	): IWorkflowExecuteAdditionalData {
		const credentialType = this.loader.getCredential('runComfyApi').type;
		const workflowData = { id: workflow.id, name: 'Test', nodes: [], connections: {} } as unknown as IWorkflowBase;
		// The parts of n8n's server that an execution of this node reaches; the rest would need a database.
		return {
			executionId,
			workflowId: workflow.id,
			hooks: new ExecutionLifecycleHooks('manual', executionId, workflowData),
			credentialsHelper: new TestCredentialsHelper(credentialType, credential),
			currentNodeExecutionIndex: 0,
			currentNodeParameters,
			formWaitingBaseUrl: 'http://localhost:5678/form-waiting',
			webhookWaitingBaseUrl: 'http://localhost:5678/webhook-waiting',
			restApiUrl: 'http://localhost:5678/rest',
			instanceBaseUrl: 'http://localhost:5678',
			variables: {},
			setExecutionStatus: () => {},
		} as unknown as IWorkflowExecuteAdditionalData;
	}
}

/** A RunComfy node with these parameters, for workflows of one node and for the editor's calls. */
export function runComfyNode(parameters: INodeParameters) {
	return {
		id: 'runcomfy',
		name: 'RunComfy',
		type: 'n8n-nodes-runcomfy.runComfy',
		typeVersion: 1,
		position: [200, 0] as [number, number],
		parameters,
		credentials: { runComfyApi: { id: '1', name: 'RunComfy' } },
	};
}

/** Makes the outcome of a run readable. */
export function toExecution(run: IRun): Execution {
	const task = (nodeName: string) => run.data.resultData.runData[nodeName]?.at(-1);
	return {
		run,
		items: (nodeName, output = 0) => task(nodeName)?.data?.main?.[output] ?? [],
		hints: (nodeName) => (task(nodeName)?.hints ?? []).map((hint) => hint.message),
		warnings: (nodeName) =>
			(task(nodeName)?.hints ?? []).filter(({ type }) => type === 'warning').map((hint) => hint.message),
		error: (nodeName) => task(nodeName)?.error,
	};
}

function nodeTypesOf(loader: PackageDirectoryLoader): INodeTypes {
	const find = (fullName: string): INodeType => {
		const known = passingNodeTypes[fullName];
		if (known) return known;
		// n8n runs a node as a tool under its name with "Tool" at the end.
		const name = fullName.replace(/^n8n-nodes-runcomfy\./, '').replace(/Tool$/, '');
		return loader.getNode(name).type as INodeType;
	};
	return { getByName: find, getByNameAndVersion: find, getKnownTypes: () => ({}) };
}

/** Puts a logger of ours in the place of n8n's, before anything of n8n asks for it. */
function captureLog(write: (line: LogLine) => void): void {
	const at =
		(level: LogLine['level']) =>
		(message: string, facts: Record<string, unknown> = {}) =>
			write({ level, message, facts });
	const logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), scoped: () => logger };
	Container.set(Logger, logger as unknown as Logger);
}
