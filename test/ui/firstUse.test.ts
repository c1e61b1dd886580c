import { readExamples, withCredential, withSimulatedImages } from '../e2e/examples';
import { LocalN8n } from '../e2e/localN8n';
import { isN8n1, type N8nRest, type StoredCredential } from '../e2e/n8nRest';
import { TOKENS } from '../simulator/accounts';
import { INPUT_IMAGE } from '../simulator/media';
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

/** The fields that the author of the demo workflow marked. */
const PROMPT_LABEL = 'CLIP Text Encode (Prompt), positive: text (now a lighthouse at dusk)';
const SEED_LABEL = 'KSampler: seed (now 156680208700286)';

/** Makes one of the examples a workflow of this n8n. @returns its id */
async function importExample(name: string): Promise<string> {
	const example = readExamples().find((entry) => entry.name === name)!;
	return (await rest.createWorkflow(withSimulatedImages(withCredential(example, credential), simulator))).id;
}

describe('a person who only clicks', () => {
	it('finds the node, adds it, fills its form, is told what is missing, and sees the video', async () => {
		await editor.newWorkflow();
		await editor.searchNodes('generate video');
		await editor.screenshot('find-node');
		await editor.addFoundNode('RunComfy');
		await editor.labels('Number of Frames');
		expect(await editor.hints()).toEqual([expect.stringContaining('A required field (*) is empty')]);
		await editor.screenshot('node-added');
		await editor.fill('prompt', 'the boat leaves the shore');
		await editor.fill('image_urls', `${simulator.url}/files/inputs/${INPUT_IMAGE}`);
		expect(await editor.hints()).toEqual([]);
		await editor.execute(/executed successfully/);
		expect(await editor.viewFile()).toEqual({ width: 1280, height: 720, seconds: 5 });
		await editor.screenshot('result-video');
		await editor.closeNode();
		// n8n names a node by the action that adds it.
		expect(await editor.nodeOnCanvas('Generate image video or audio')).toContain('dreamina-3-0/image-to-video');
		expect(await editor.toggleLogs()).toMatch(/Generate image video or audio\s+Success in [\d.]+m?s/);
		await editor.screenshot('logs');
		await editor.toggleLogs();
	});
});

describe('a person who writes expressions everywhere', () => {
	it('gets the fields of the model that the expression names, and runs it', async () => {
		await editor.newWorkflow();
		await editor.searchNodes('RunComfy');
		await editor.addFoundNode('RunComfy');
		await editor.writeExpression('model', "'bytedance/' + 'dreamina-3-0/image-to-video'");
		await editor.labels('Number of Frames');
		await editor.writeExpression('prompt', "'the boat leaves ' + 'the shore'");
		await editor.writeExpression('image_urls', `['${simulator.url}/files/inputs/${INPUT_IMAGE}']`);
		await editor.writeExpression('number_of_frames', "'241'");
		await editor.writeExpression('resolution', "'1080p'");
		await editor.writeExpression('seed', "'7'");
		await editor.screenshot('expressions');
		await editor.execute(/executed successfully/);

		expect(simulator.accepted.map(({ model, input }) => [model.model_id, input])).toEqual([
			[
				'bytedance/dreamina-3-0/image-to-video',
				{
					prompt: 'the boat leaves the shore',
					image_urls: [`${simulator.url}/files/inputs/${INPUT_IMAGE}`],
					number_of_frames: 241,
					resolution: '1080P',
					seed: 7,
				},
			],
		]);
	});

	it('is told what to do while the expression names no model', async () => {
		await editor.newWorkflow();
		await editor.searchNodes('RunComfy');
		await editor.addFoundNode('RunComfy');
		await editor.executePreviousNodes();
		await editor.writeExpression('model', '$json.model');
		await editor.notice('If an expression sets the model, run the previous nodes first');
	});

	it('runs a model named by the item, with its input as JSON', async () => {
		const image = `${simulator.url}/files/inputs/${INPUT_IMAGE}`;
		await editor.newWorkflow();
		await editor.searchNodes('RunComfy');
		await editor.addFoundNode('RunComfy');
		await editor.writeExpression('model', "$json.model ?? 'bytedance/dreamina-3-0/image-to-video'");
		await editor.choose('specifyInput', 'Using JSON');
		await editor.writeExpression('inputJson', `{ prompt: 'a boat', image_urls: ['${image}'] }`);
		await editor.execute(/executed successfully/);

		expect(simulator.accepted.map(({ input }) => input)).toEqual([{ prompt: 'a boat', image_urls: [image] }]);
	});
});

describe('an agent', () => {
	it('has a tool whose form says what an agent gets', async () => {
		const id = await importExample('RunComfy: agent');
		await editor.openNode(id, 'Wait');
		const waiting = await editor.text();
		expect(waiting).toContain('An agent gets the URLs of the files');
		expect(waiting).toContain('An agent waits up to 60 seconds');
		await editor.openNode(id, 'Submit');
		const text = await editor.text();
		expect(text).not.toContain('Binary Inputs');
		expect(text).not.toContain('Download Output');
		await editor.screenshot('agent-tool');
	});
});

describe('the panel of a node', () => {
	it('opens, and how long that takes is told', async () => {
		const id = await importExample('RunComfy: image to video');
		const times: number[] = [];
		for (let time = 0; time < 5; time++) times.push(await editor.timeToOpen(id, 'RunComfy', 'Seed (-1 = random)'));
		console.log(
			`Opening the node, from the double click to the last field: ${times.map(Math.round).join(', ')} ms`,
		);
		expect(times).toHaveLength(5);
	});
});

describe('the panel of nodes', () => {
	beforeAll(async () => await editor.openWorkflow(await importExample('RunComfy: image to video')));

	it.each([
		'RunComfy',
		'ComfyUI',
		'Dreamina',
		'image to video',
		'text to image',
		'generate video',
		'picture',
		'upscale',
		...['AI video', 'image generation', 'text to speech', 'lip sync', 'music', 'background', 'midjourney', 'sora'],
		...['veo', 'flux', 'kling', 'wan', 'seedance', 'stable diffusion', 'comfyui workflow'],
	])('finds the node by "%s"', async (text) => {
		expect((await editor.searchNodes(text)).split('\n')).toContain('RunComfy');
	});
});

describe('the credential', () => {
	it('is tested when it is saved: a wrong token is told, a right one is accepted', async () => {
		const [example] = readExamples().filter(({ name }) => name === 'RunComfy: image to video');
		const nodes = example!.nodes.map((node) => ({ ...node, credentials: undefined }));
		const { id } = await rest.createWorkflow({ ...example!, nodes });
		await editor.openNode(id, 'RunComfy');
		await editor.newCredential();
		expect(await editor.linksOfCredential()).toContain('https://www.runcomfy.com/profile');
		await editor.fillCredential('apiToken', 'not-the-token');
		await editor.switchOn('customEndpoints');
		await editor.fillCredential('modelApiUrl', simulator.url);
		await editor.fillCredential('platformApiUrl', simulator.url);
		// n8n 1.x has words of its own for a wrong token.
		await editor.saveCredential(isN8n1() ? /Authorization failed/ : /rejected this API token/);
		await editor.screenshot('credential-wrong');
		await editor.fillCredential('apiToken', TOKENS.main);
		// n8n 2.x closes the form when the test went well.
		await editor.saveCredential(/Credential saved|Connection tested successfully/);
		// n8n 1.x leaves the form of the credential open.
		if (isN8n1()) return;
		// n8n empties the model when the credential of a node changes.
		await editor.pickModel('dreamina', 'Dreamina 3.0 · Image to Video');
		await editor.labels('Number of Frames');
		await editor.screenshot('credential-saved');
	});
});

describe('the durable wait', () => {
	it('shows its loop and its two outputs on the canvas', async () => {
		await editor.openWorkflow(await importExample('RunComfy: durable wait'));
		expect(await editor.outputLabels('RunComfy Durable Wait')).toEqual(['Done', 'Pending']);
		await editor.screenshot('durable-wait');
	});
});

describe('a deployed ComfyUI workflow', () => {
	it('is picked from the list, filled in by named fields, run, and its picture is seen', async () => {
		await editor.openWorkflow(await importExample('RunComfy: your own ComfyUI workflow'));
		await editor.openNodeHere('RunComfy');
		await editor.pickDeployment('Wan image to video');
		await editor.pickDeployment('SDXL text to image');
		const labels = await editor.labels(PROMPT_LABEL);
		expect(labels.filter((label) => !label.includes('add'))).toEqual([PROMPT_LABEL, SEED_LABEL]);
		await editor.fill('6.text', 'a wooden boat on a calm lake');
		await editor.fill('3.seed', '18446744073709551615');
		await editor.screenshot('deployment');
		await editor.execute(/executed successfully/);
		expect(await editor.viewFile()).toEqual({ width: 1024, height: 1024 });
		expect(simulator.platform.accepted[0]?.bodyText).toContain('18446744073709551615');
	});
});

describe('a run', () => {
	it('shows the picture of one model and the video of the next', async () => {
		await editor.openWorkflow(await importExample('RunComfy: text to image to video'));
		await editor.runWorkflow('Workflow executed successfully');
		await editor.screenshot('chain');
		await editor.openNodeHere('Make a Picture');
		expect(await editor.viewFile()).toEqual({ width: 1024, height: 1024 });
		await editor.screenshot('result-picture');
		await editor.closeNode();
		await editor.openNodeHere('Make It Move');
		expect(await editor.output()).toMatch(/video-720p-121-[0-9a-f]{8}\.mp4/);
	});

	it('that failed says what happened and what to do', async () => {
		simulator.nextPlans.push({ outcome: 'failed', reason: { message: 'The picture shows a real person' } });
		const id = await importExample('RunComfy: image to video');
		await rest.finished(await rest.run(id));
		await editor.openExecutions(id);
		await editor.screenshot('failed-execution');
		const text = await editor.text();

		expect(text).toContain('The generation failed: The picture shows a real person');
	});
});
