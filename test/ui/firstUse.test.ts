import { readExamples, withCredential, withSimulatedImages } from '../e2e/examples';
import { LocalN8n } from '../e2e/localN8n';
import type { N8nRest, StoredCredential } from '../e2e/n8nRest';
import { TOKENS } from '../simulator/accounts';
import type { Simulator } from '../simulator/simulator';
import { Editor } from './editor';

/* A person who has never heard of the package, from the search for a node to the message of a run that failed. */
let n8n: LocalN8n;
let simulator: Simulator;
let rest: N8nRest;
let editor: Editor;
let credential: StoredCredential;

beforeAll(async () => {
	n8n = await LocalN8n.start();
	({ simulator, rest, credential } = n8n);
	editor = await Editor.open(n8n.server.url);
}, 240_000);

afterAll(async () => {
	await editor?.close();
	await n8n?.stop();
});

beforeEach(() => simulator.reset());

/** Makes one of the examples a workflow of this n8n. @returns its id */
async function importExample(name: string): Promise<string> {
	const example = readExamples().find((entry) => entry.name === name)!;
	return (await rest.createWorkflow(withSimulatedImages(withCredential(example, credential), simulator))).id;
}

describe('the panel of nodes', () => {
	beforeAll(async () => await editor.openWorkflow(await importExample('RunComfy: image to video')));

	it.each(['RunComfy', 'ComfyUI', 'Dreamina', 'image to video', 'text to image', 'generate video'])('finds the node by "%s"', async (text) => {
		expect((await editor.searchNodes(text)).split('\n')).toContain('RunComfy');
		if (text === 'ComfyUI') await editor.screenshot('find-node');
	});
});

describe('the credential', () => {
	it('is tested when it is saved: a wrong token is told, a right one is accepted', async () => {
		const [example] = readExamples().filter(({ name }) => name === 'RunComfy: image to video');
		const nodes = example!.nodes.map((node) => ({ ...node, credentials: undefined }));
		const { id } = await rest.createWorkflow({ ...example!, nodes });
		await editor.openNode(id, 'RunComfy');
		await editor.newCredential();
		await editor.fillCredential('apiToken', 'not-the-token');
		await editor.switchOn('customEndpoints');
		await editor.fillCredential('modelApiUrl', simulator.url);
		await editor.fillCredential('platformApiUrl', simulator.url);
		await editor.saveCredential(/did not accept this API token/);
		await editor.screenshot('credential-wrong');
		await editor.fillCredential('apiToken', TOKENS.main);
		// n8n closes the form when the test went well.
		await editor.saveCredential('Credential saved');
		await editor.screenshot('credential-saved');
	});
});

describe('the durable wait', () => {
	it('shows its loop and its two outputs on the canvas', async () => {
		await editor.openWorkflow(await importExample('RunComfy: durable wait'));
		const text = await editor.text();

		expect(text).toContain('Loop');
		expect(text).toContain('Done');
		await editor.screenshot('durable-wait');
	});
});

describe('a run', () => {
	it('shows the picture of one model and the video of the next', async () => {
		await editor.openWorkflow(await importExample('RunComfy: text to image to video'));
		await editor.runWorkflow('Workflow executed successfully');
		await editor.screenshot('chain');
		await editor.openNodeHere('Make It Move');
		expect(await editor.output()).toContain('video-720p-121.mp4');
	});

	it('that failed says what happened and what to do', async () => {
		simulator.nextPlans.push({ outcome: 'failed', reason: { message: 'The picture shows a real person' } });
		const id = await importExample('RunComfy: image to video');
		await rest.finished(await rest.run(id));
		await editor.openExecutions(id);
		await editor.screenshot('failed-execution');
		const text = await editor.text();

		expect(text).toContain('The generation did not succeed: The picture shows a real person');
	});
});
