/** Runs an example, of a model or of a deployed ComfyUI workflow, through n8n's own engine, and leaves the video under output/. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

import type { ICredentialDataDecryptedObject, INodeExecutionData } from 'n8n-workflow';

import { Engine, toExecution, type LogLine } from '../test/engine/support/engine';
import { readExample, withSimulatedImages } from '../test/e2e/examples';
import { credentialFor } from '../test/simulator/accounts';
import { Simulator } from '../test/simulator/simulator';
import { liveCredential } from './liveCredential';

const project = resolve(__dirname, '..');
const isDeployment = process.argv[2] === 'deployment';
const EXAMPLE = join(project, 'examples', isDeployment ? 'deployment.json' : 'image-to-video.json');
const OUTPUT_FOLDER = join(project, 'output');
const SIMULATED = { queueMs: 1_500, runMs: 3_500, outcome: 'succeeded' as const, reason: '' };

/** Ends the run as Stop in n8n does: what is queued is cancelled. Said once, however often it is sent. */
const end = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end.abort());

async function main(): Promise<void> {
	requireOutputFolder();
	const example = readExample(EXAMPLE);
	const token = process.env.RUNCOMFY_API_TOKEN?.trim();
	const simulator = token
		? undefined
		: await new Simulator({ plan: SIMULATED }).start(Number(process.env.SIMULATOR_PORT ?? 0));
	console.log(`Workflow   ${relative(project, EXAMPLE)}`);
	console.log(
		simulator
			? `Service    simulator at ${simulator.url} (set RUNCOMFY_API_TOKEN to use RunComfy, which charges you)`
			: 'Service    RunComfy, with RUNCOMFY_API_TOKEN. You are charged for this generation.',
	);
	const workflow = simulator ? withSimulatedImages(example, simulator) : example;
	const deploymentId = process.env.RUNCOMFY_DEPLOYMENT_ID?.trim();
	if (isDeployment && token && !deploymentId)
		throw new Error(
			'Set RUNCOMFY_DEPLOYMENT_ID to the ID of your deployment: the deployment in the example exists only in the simulator.',
		);
	if (isDeployment && deploymentId)
		for (const { parameters } of workflow.nodes)
			if ('deployment' in parameters) {
				Object.assign(parameters, { deployment: { __rl: true, mode: 'id', value: deploymentId } });
				// The inputs of the example belong to another workflow.
				Object.assign(parameters, { specifyInput: 'json', inputJson: '{}' });
			}

	const startedAt = Date.now();
	const engine = await Engine.start((line) => showProgress(line, startedAt));
	const credential: ICredentialDataDecryptedObject = simulator
		? credentialFor(simulator.url)
		: liveCredential(token ?? '');
	try {
		if (end.signal.aborted) return;
		const pending = engine.start(workflow, { credential });
		end.signal.addEventListener('abort', () => pending.cancel());
		const execution = toExecution(await pending);
		// What came before the signal is paid, and saved.
		const [item] = execution.items('RunComfy');
		if (end.signal.aborted && item === undefined) throw new Error(stoppedText(engine));
		const problem = execution.error('RunComfy');
		if (problem) throw new Error([problem.message, problem.description].filter(Boolean).join('\n'));
		if (item === undefined) throw new Error('The workflow ended without a result');
		for (const hint of execution.hints('RunComfy')) console.log(`Hint       ${hint}`);
		await report(engine, item, { elapsedMs: Date.now() - startedAt, isSimulated: simulator !== undefined });
	} finally {
		await simulator?.stop();
		engine.stop();
	}
}

/** What became of the request: only one that is still in the queue can be cancelled. */
function stoppedText({ log }: Engine): string {
	const running = log.find(({ message }) => message.includes("These requests weren't cancelled"))?.message;
	return (
		running?.replace('RunComfy: the execution was stopped', 'Stopped') ?? 'Stopped. Queued requests were cancelled.'
	);
}

function showProgress({ level, message }: LogLine, startedAt: number): void {
	// What goes wrong is told once, at the end.
	if (level !== 'info') return;
	console.log(`  ${((Date.now() - startedAt) / 1000).toFixed(1).padStart(5)} s  ${message}`);
}

/** A result that can't be saved is paid for all the same. @throws Error naming the folder */
function requireOutputFolder(): void {
	const probe = join(OUTPUT_FOLDER, `.writable-${process.pid}`);
	try {
		mkdirSync(OUTPUT_FOLDER, { recursive: true });
		writeFileSync(probe, '');
		rmSync(probe);
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new Error(`Nothing was submitted, because the result can't be saved in ${OUTPUT_FOLDER}: ${reason}`);
	}
}

async function report(
	engine: Engine,
	item: INodeExecutionData,
	{ elapsedMs, isSimulated }: { elapsedMs: number; isSimulated: boolean },
): Promise<void> {
	const simulated = isSimulated ? ' (simulated: nothing was charged)' : '';
	const { json, binary = {} } = item;
	console.log(`\nRequest    ${String(json.request_id)}`);
	console.log(isDeployment ? `Deployment ${String(json.deployment_id)}` : `Model      ${String(json.model_id)}`);
	console.log(`Status     ${String(json.status)}`);
	console.log(`Time       ${(elapsedMs / 1000).toFixed(1)} s`);
	if (!isDeployment)
		console.log(`Cost       ${json.cost === undefined ? 'unknown' : `${String(json.cost)} USD${simulated}`}`);
	for (const file of Object.values(binary)) {
		const path = join(OUTPUT_FOLDER, file.fileName ?? String(json.request_id));
		const bytes = await engine.readBinary(file);
		writeFileSync(path, bytes);
		console.log(`File       ${relative(process.cwd(), path)} (${file.mimeType}, ${bytes.length} bytes)`);
	}
	if (isSimulated) console.log('           (simulated: the video shows a color gradient, whatever the prompt says)');
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exit(1);
	},
);
