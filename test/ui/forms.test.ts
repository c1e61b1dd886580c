import { LocalN8n } from '../e2e/localN8n';
import { INPUT_IMAGE } from '../simulator/media';
import type { Simulator } from '../simulator/simulator';
import { Editor } from './editor';
import { storeRow } from './workflows';

let n8n: LocalN8n;
let simulator: Simulator;
let editor: Editor;
let workflowId: string;

beforeAll(async () => {
	n8n = await LocalN8n.start();
	({ simulator } = n8n);
	workflowId = await storeRow(n8n, [{ name: 'RunComfy', parameters: {} }]);
	editor = await Editor.open(n8n.server.url);
}, 240_000);

afterAll(async () => {
	await editor?.close();
	await n8n?.stop();
});

beforeEach(async () => {
	simulator.reset();
	await editor.openNode(workflowId, 'RunComfy');
});

const image = () => `${simulator.url}/files/inputs/${INPUT_IMAGE}`;

describe('the form in the editor', () => {
	it('finds models by what they make', async () => {
		await editor.searchModels('image-to-video', 'Dreamina 3.0 · Image to Video · from $0.12/output');
		await editor.screenshot('pick-model');
	});

	it('of Dreamina makes a video of a picture', async () => {
		await editor.pickModel('dreamina', 'Dreamina 3.0 · Image to Video · from $0.12/output');
		expect(await editor.labels('Number of Frames')).toEqual([
			'Prompt * (max 800 chars)',
			'Image * (URL, < 4.7 MB, JPEG/PNG, 320–4096 px, ratio up to 3:1)',
			'Number of Frames',
			'Resolution',
			'Seed (-1 = random)',
		]);
		await editor.fill('prompt', 'the boat leaves the shore');
		await editor.fill('image_urls', image());
		await editor.choose('number_of_frames', '241');
		await editor.choose('resolution', '1080P');
		await editor.screenshot('form-image-to-video');
		await editor.execute('Node executed successfully');

		expect(simulator.accepted.map(({ input }) => input)).toEqual([
			{
				prompt: 'the boat leaves the shore',
				image_urls: [image()],
				number_of_frames: 241,
				resolution: '1080P',
				seed: -1,
			},
		]);
		expect(await editor.output()).toMatch(/video-1080p-241-[0-9a-f]{8}\.mp4/);
	});

	it('of a text-to-image model has other fields, with numbers as numbers', async () => {
		await editor.pickModel('flux-2/flash', 'FLUX 2 Flash · Text to Image · from $0.12/output');
		expect(await editor.labels('Guidance Scale (0–20)')).toEqual([
			'Prompt *',
			'Image Size',
			'Output Format',
			'Guidance Scale (0–20)',
			'Seed',
		]);
		await editor.fill('prompt', 'a lake at dawn');
		await editor.choose('image_size', 'square_hd');
		await editor.fill('guidance_scale', '7.5');
		await editor.screenshot('form-text-to-image');
		await editor.execute('Node executed successfully');

		expect(simulator.accepted.map(({ input }) => input)).toEqual([
			{ prompt: 'a lake at dawn', image_size: 'square_hd', output_format: 'png', guidance_scale: 7.5 },
		]);
	});

	it('of a reference-to-video model takes a list of pictures', async () => {
		await editor.pickModel('wan-2.7/reference', 'Wan 2.7 Reference · Reference to Video · from $0.05/s');
		expect(await editor.labels('Duration')).toEqual([
			'Prompt * (1 line, max 5000 chars)',
			'Reference Image URLs (max 5)',
			'Reference Video URLs (max 5)',
			'Aspect Ratio',
			'Duration',
			'Resolution',
			'Multi Shots',
			'Negative Prompt (max 500 chars)',
			'Seed',
		]);
		await editor.fill('prompt', 'two friends walk');
		await editor.fill('reference_image_urls', JSON.stringify([image(), image()]));
		await editor.choose('duration', '8');
		await editor.screenshot('form-reference-to-video');
		await editor.execute('Node executed successfully');

		expect(simulator.accepted.map(({ input }) => input)).toEqual([
			{
				prompt: 'two friends walk',
				reference_image_urls: [image(), image()],
				aspect_ratio: '16:9',
				duration: 8,
				resolution: '1080p',
				multi_shots: false,
				seed: 0,
			},
		]);
	});

	it('asks nothing where the model has one choice, and says where long texts go', async () => {
		await editor.pickModel('kling 3.0 standard', 'Kling 3.0 Standard · Image to Video · from $0.05/s');
		const labels = await editor.labels('Start Image URL *');
		expect(labels).not.toContain('Shot Type');
		expect(await editor.text()).toContain('pasted text loses its line breaks');
	});

	it('says what is missing before anything is paid', async () => {
		await editor.pickModel('dreamina', 'Dreamina 3.0 · Image to Video · from $0.12/output');
		await editor.labels('Number of Frames');
		await editor.execute('Prompt is required, but empty; Image is required, but empty');

		expect(simulator.calls('submit')).toHaveLength(0);
		await editor.screenshot('refused-input');
	});
});
