import { DEPLOYMENTS } from '../simulator/deployments/demoDeployments';
import { INPUT_IMAGE, readMedia } from '../simulator/media';
import type { Simulator } from '../simulator/simulator';
import { until } from '../support/until';
import { readExampleFile, RECIPES } from './examples';
import { LanguageModel } from './languageModel';
import type { N8nRest } from './n8nRest';
import { PostReceiver } from './postReceiver';
import { changeData, changeNode, RecipeBench, returnedFile } from './recipeBench';

/* The recipes of docs/recipes.md, imported and run in a real n8n: what a person gets, and what is paid for it. */
const VIDEO = readMedia('video-720p-121.mp4').bytes;
const IMAGE = readMedia('image-1024x1024.png').bytes;

let bench: RecipeBench;
let simulator: Simulator;
let rest: N8nRest;

beforeAll(async () => {
	bench = await RecipeBench.start();
	({ simulator } = bench);
	({ rest } = bench.n8n);
}, 240_000);

afterAll(async () => await bench?.n8n.stop());

beforeEach(() => simulator.reset());

const inputImage = () => `${simulator.url}/files/inputs/${INPUT_IMAGE}`;
const submits = () => simulator.calls('submit').length;

it('has only nodes that this n8n has, in versions that it has', async () => {
	const types = await rest.nodeTypes();
	const known = types.flatMap(({ name, version }) => [version].flat().map((each) => `${name} ${String(each)}`));
	const used = RECIPES.flatMap((file) =>
		readExampleFile(file).nodes.map(({ type, typeVersion }) => `${type} ${typeVersion}`),
	);
	expect(used.filter((type) => !known.includes(type))).toEqual([]);
});

it.each([
	['product-videos.json', 'Manual Trigger', 'Result Row', 3],
	['scheduled-batch.json', 'Every Night', 'Finished', 3],
	['compare-prompts.json', 'Manual Trigger', 'Make Images', 4],
] as const)('%s runs with the rows that it comes with', async (file, trigger, node, rows) => {
	const run = await bench.run(file, undefined, trigger);

	const statuses = run.items(node).map(({ status }) => status);
	expect(statuses).toEqual(Array(rows).fill(expect.stringMatching(/^(done|succeeded)$/)));
	expect(submits()).toBe(rows);
});

it('makes product videos, and a row for the sheet about each', async () => {
	const row = (sku: string, image: string) => ({ sku, product: `the ${sku}`, image });
	const rows = [
		row('MUG', inputImage()),
		row('LAMP', `${simulator.url}/files/nothing.jpg`),
		row('CHAIR', inputImage()),
	];
	const run = await bench.run('product-videos.json', changeData('Sheet', { rows }));

	const results = run.items('Result Row').sort((a, b) => String(a.sku).localeCompare(String(b.sku)));
	expect(results).toEqual([
		{ sku: 'CHAIR', status: 'done', video_url: expect.stringContaining('.mp4'), cost_usd: '0.12', reason: '' },
		{ sku: 'LAMP', status: 'failed', video_url: '', cost_usd: '', reason: expect.stringContaining('404') },
		{ sku: 'MUG', status: 'done', video_url: expect.stringContaining('.mp4'), cost_usd: '0.12', reason: '' },
	]);
	const files = await run.files('Make Videos');
	expect(files.map(({ name }) => name)).toEqual(['MUG.mp4', 'CHAIR.mp4']);
	expect(files.every(({ bytes }) => bytes.equals(VIDEO))).toBe(true);
	expect(simulator.accepted.map(({ input }) => input.prompt)).toContainEqual(
		expect.stringContaining('the MUG turns'),
	);
	expect(submits()).toBe(2);
});

it('works through a list at night, and stops at the budget', async () => {
	const rows = Array.from({ length: 20 }, (_, index) => ({ prompt: `scene ${index}`, image: inputImage() }));
	const run = await bench.run('scheduled-batch.json', changeData('List', { rows }), 'Every Night');

	// 2 USD are enough for 16 videos at 0.12 USD.
	expect(run.items('Finished').map(({ status }) => status)).toEqual(Array(16).fill('succeeded'));
	expect(run.items('Failed or Over Budget').map(({ error }) => error)).toEqual(
		Array(4).fill(expect.objectContaining({ code: 'spend_limit', charged: 'no' })),
	);
	expect(submits()).toBe(16);
});

it('shows prompts, images and costs on one page, and outside texts as texts', async () => {
	const hostile = `</figcaption><script>alert("1")</script> & 'quotes'`;
	const prompts = ['a boat', hostile, 'a tree', ''];
	simulator.nextPlans.push({ outcome: 'failed', reason: { message: 'Salt & <img src=x onerror=alert(2)>' } });
	const change = changeData('Prompts', { variations: prompts.map((prompt) => ({ prompt })) });
	const run = await bench.run('compare-prompts.json', change);

	const [file] = await run.files('Build Page');
	expect(file).toMatchObject({ name: 'prompt-comparison.html', mimeType: 'text/html' });
	const page = file!.bytes.toString('utf8');
	const unescape = (text = '') => text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
	const texts = [...page.matchAll(/<figcaption>(.*?)<br><b>(.*?)<\/b><\/figcaption>/g)];
	expect(texts.map(([, prompt]) => unescape(prompt))).toEqual(prompts);
	expect(texts.map(([, , cost]) => cost).sort()).toEqual(['$0.00', '$0.00', '$0.12', '$0.12']);
	expect(page.match(/<script|<img src=x/g)).toBeNull();
	expect(page).toContain('The generation failed: Salt &#38; ');
	expect(page.split(`src="data:image/png;base64,${IMAGE.toString('base64')}"`)).toHaveLength(1 + 2);
	expect(page).toContain('4 variations, total $0.24<');
	expect(run.items('Build Page')).toEqual([{ variations: 4, cost_usd: 0.24 }]);
	expect(submits()).toBe(3);
});

it('returns what a form uploads, at 2K', async () => {
	const id = await bench.import('upscale-upload.json');
	await rest.activate(id);
	const { webhookId = '' } = readExampleFile('upscale-upload.json').nodes[0]!;
	const upload = readMedia(INPUT_IMAGE);
	const page = await bench.submitForm(webhookId, {
		'field-0': new Blob([new Uint8Array(upload.bytes)], { type: upload.contentType }),
	});

	expect(simulator.accepted.map(({ input }) => input)).toEqual([
		expect.objectContaining({
			image_urls: [`data:image/jpeg;base64,${upload.bytes.toString('base64')}`],
			resolution: '2K',
			aspect_ratio: 'auto',
		}),
	]);
	expect(page).toContain('Your image is ready');
	const file = returnedFile(page);
	expect([file?.name, file?.bytes.equals(IMAGE)]).toEqual(['upscaled.png', true]);
	expect(submits()).toBe(1);
});

describe('a video with a caption', () => {
	let service: PostReceiver;
	beforeEach(async () => void (service = await new PostReceiver().start()));
	afterEach(async () => await service.stop());

	it('is posted as a file', async () => {
		await bench.run(
			'image-to-video-to-post.json',
			changeNode('Post Video', { url: service.url }, { disabled: false }),
		);

		expect(service.bodies).toHaveLength(1);
		expect(service.bodies[0]?.includes('Low tide, just before the rain.')).toBe(true);
		expect(service.bodies[0]?.includes(VIDEO)).toBe(true);
		expect(submits()).toBe(1);
	});

	it('is not posted before somebody activates the node', async () => {
		const run = await bench.run('image-to-video-to-post.json', changeNode('Post Video', { url: service.url }));

		expect((await run.files('Make Video')).map(({ bytes }) => bytes.equals(VIDEO))).toEqual([true]);
		expect(service.bodies).toEqual([]);
	});
});

it('makes a song of lyrics, whose lines arrive', async () => {
	const run = await bench.run('lyrics-to-song.json');

	const files = await run.files('Make Song');
	expect(files.map(({ name, mimeType }) => [name, mimeType])).toEqual([['Row Me Home.mp3', 'audio/mpeg']]);
	expect(files[0]?.bytes.equals(readMedia('audio-2s.mp3').bytes)).toBe(true);
	expect(simulator.accepted.map(({ input }) => input)).toEqual([
		expect.objectContaining({
			lyrics: expect.stringMatching(/^\[verse\]\nThe harbor .*\n.*\n\n\[chorus\]\n/),
			tags: expect.stringContaining('folk'),
			duration: 60,
		}),
	]);
});

it('runs a ComfyUI workflow with the values of the form', async () => {
	const run = await bench.run('deployment.json');

	const [file] = await run.files('RunComfy');
	expect(file?.bytes.subarray(1, 4).toString()).toBe('PNG');
	expect(
		simulator.platform.accepted.map(({ deploymentId, bodyText }) => [deploymentId, JSON.parse(bodyText)]),
	).toEqual([
		[
			DEPLOYMENTS.textToImage,
			{ overrides: { '3': { inputs: { seed: 7 } }, '6': { inputs: { text: expect.stringContaining('boat') } } } },
		],
	]);
});

it.each(['Generate', 'Cancel'])('asks a person with the price, and does what they decide (%s)', async (decision) => {
	const executionId = await rest.run(await bench.import('check-approve-generate.json'));
	const form = await rest.formUrl(executionId);
	expect(await rest.form(form)).toContain('0.12 USD');
	expect(submits()).toBe(0);
	await rest.fillForm(form, { 'field-0': decision });
	const run = await bench.finished(executionId);

	const isWanted = decision === 'Generate';
	expect(submits()).toBe(isWanted ? 1 : 0);
	expect((await run.files('Generate')).map(({ bytes }) => bytes.equals(VIDEO))).toEqual(isWanted ? [true] : []);
	expect(run.items('Not Generated')).toHaveLength(isWanted ? 0 : 1);
});

describe('an agent with a budget', () => {
	const PER_SECOND = 'lightricks/ltx-2.5/text-to-video/fast';
	/** A language model that checks an input, then plans these requests. @returns what the chat shows */
	const chat = async (prompts: string[]) => {
		const inputOf = (prompt: string) => ({ prompt, duration: '10' });
		const requests = prompts.map((prompt) => ({ model: PER_SECOND, input: inputOf(prompt) }));
		const model = await new LanguageModel([
			{ tool: 'Check_Input', args: () => ({ model: PER_SECOND, input: inputOf('a boat') }) },
			{
				tool: 'format_final_json_response',
				args: () => ({ output: { message: 'Here is the plan.', requests } }),
			},
		]).start();
		try {
			const openAi = await rest.createCredential('Stand-in', { apiKey: 'none', url: model.url }, 'openAiApi');
			const trigger = 'When chat message received';
			const run = await bench.run(
				'agent-with-budget.json',
				(workflow) => ({
					...changeNode(
						'OpenAI Chat Model',
						{},
						{ credentials: { openAiApi: { id: openAi.id, name: openAi.name } } },
					)(workflow),
					pinData: {
						[trigger]: [{ json: { sessionId: 'a chat', action: 'sendMessage', chatInput: 'Boats' } }],
					},
				}),
				trigger,
			);
			expect([...model.tools.keys()]).not.toContain('Submit');
			expect(model.answers[0]).toContain('"valid":true');
			return { run, reply: String(run.items('Reply')[0]?.output) };
		} finally {
			await model.stop();
		}
	};

	it('plans, and what no longer fits into the budget is not submitted', async () => {
		const { run, reply } = await chat(['one boat', 'two boats', 'three boats']);

		// 10 seconds at 0.05 USD each are 0.50 USD; the budget is 1 USD.
		expect(submits()).toBe(2);
		expect(run.items('Generate').map(({ status }) => status)).toEqual(['succeeded', 'succeeded', undefined]);
		expect(reply).toMatch(/^Here is the plan\.\n- http\S+\.mp4\n- http\S+\.mp4\n- .*Spend Limit/);
	});

	it('answers without a request when nothing is planned', async () => {
		const { reply } = await chat([]);

		expect([submits(), reply]).toEqual([0, 'Here is the plan.']);
	});
});

it('collects what Stop left, and submits nothing', async () => {
	for (const file of ['image-to-video.json', 'deployment.json'] as const) {
		simulator.nextPlans.push({ runMs: 4_000 });
		const before = simulator.calls('status').length;
		const executionId = await rest.run(await bench.import(file));
		await until('the first poll', () => simulator.calls('status').length > before);
		await rest.stop(executionId);
		expect((await rest.finished(executionId)).status).toBe('canceled');
	}
	const paid = submits();
	const run = await bench.run('collect-after-stop.json');

	expect([paid, submits()]).toEqual([2, 2]);
	const ids = [simulator.accepted[0]?.id, simulator.platform.accepted[0]?.id];
	const [models, deployments] = await Promise.all(
		['Collect Model Results', 'Collect ComfyUI Results'].map(async (node) => await run.files(node)),
	);
	expect(models?.map(({ name, bytes }) => [name, bytes.equals(VIDEO)])).toEqual([[`${ids[0]}.mp4`, true]]);
	expect(deployments?.map(({ name }) => name)).toEqual([`${ids[1]}.png`]);
});
