import { toMapperField } from '../../nodes/RunComfy/methods/mapperField';
import { readDeploymentGraph } from '../../nodes/RunComfy/workflow/graph';
import type { WorkflowInput } from '../../nodes/RunComfy/workflow/workflowInput';
import { describeWorkflow, describeWorkflowInSteps, type Workflow } from '../../nodes/RunComfy/workflow/workflowInputs';
import { formNotices, readingNotice } from '../../nodes/RunComfy/workflow/notices';
import { counted } from '../support/steps';
import { generatedWorkflow, graphOf, workflowOf, workflowText } from '../support/workflows';

const labels = (workflow: Workflow) => workflow.inputs.map((input) => toMapperField(input).displayName);
const shown = (workflow: Workflow) => workflow.inputs.filter(({ isAddable }) => isAddable !== true);
const shownTitles = (workflow: Workflow) => shown(workflow).map(({ title }) => title);
const input = (workflow: Workflow, id: string): WorkflowInput => {
	const found = workflow.inputs.find(({ name }) => name === id);
	if (found === undefined) throw new Error(`no field ${id}`);
	return found;
};
const ofNodes = (nodes: Record<string, unknown>) => describeWorkflow(graphOf(nodes));
const node = (classType: string, inputs: object, title?: string) => ({
	class_type: classType,
	inputs,
	...(title === undefined ? {} : { _meta: { title } }),
});

describe('the form of a workflow', () => {
	it.each(['classic', 'new'] as const)('tells prompts apart and shows what people change (%s form)', (form) => {
		const workflow = workflowOf('sdxl-text-to-image', form);
		expect(shown(workflow).map((entry) => toMapperField(entry).displayName)).toEqual([
			'CLIP Text Encode (Prompt), positive: text (now a lighthouse on a cliff,…)',
			'CLIP Text Encode (Prompt), negative: text (now text, watermark)',
			'Empty Latent Image: width (16 to 16384, now 1024)',
			'Empty Latent Image: height (16 to 16384, now 1024)',
			'Empty Latent Image: batch_size (1 to 4096, now 1)',
			'KSampler: steps (1 to 10000, now 20)',
			'KSampler: cfg (0 to 100, now 8)',
			'KSampler: denoise (0 to 1, now 1)',
			'KSampler: seed (now 156680208700286)',
		]);
		const addable = workflow.inputs.filter(({ isAddable }) => isAddable === true).map(({ name }) => name);
		expect(addable).toEqual(['3.sampler_name', '3.scheduler', '4.ckpt_name', '9.filename_prefix']);
	});

	it('is the same in both forms of object_info, and shows the same without it', () => {
		const [classic, recent, without] = [
			workflowOf('flux-subgraph', 'classic'),
			workflowOf('flux-subgraph', 'new'),
			workflowOf('flux-subgraph'),
		];
		expect(classic.inputs).toEqual(recent.inputs);
		expect(shownTitles(without)).toEqual(shownTitles(recent));
		expect(without.isDescribed).toBe(false);
	});

	it('fills in nothing, and gives the editor fields of the right types', () => {
		const fields = new Map(
			workflowOf('sdxl-text-to-image', 'new').inputs.map((entry) => [entry.name, toMapperField(entry)]),
		);
		for (const field of fields.values()) expect(field.defaultValue).toBeUndefined();
		expect(fields.get('6.text')?.type).toBe('string');
		expect(fields.get('3.steps')?.type).toBe('number');
		expect(fields.get('3.seed')?.type).toBe('string');
		expect(fields.get('3.sampler_name')).toMatchObject({ type: 'options', removed: true });
		expect(fields.get('3.sampler_name')?.options).toHaveLength(14);
	});

	it('has ids of subgraphs, and the prompt where it can be set', () => {
		const workflow = workflowOf('flux-subgraph', 'new');
		expect(shown(workflow).map(({ name }) => name)).toEqual([
			...['58.value', '57:13.width', '57:13.height', '57:13.batch_size'],
			...['57:3.steps', '57:3.cfg', '57:3.denoise', '57:3.seed'],
		]);
		expect(workflow.inputs.map(({ name }) => name)).toContain('75:79:77.scale_by');
		expect(workflow.find('57:27', 'text')).toBeUndefined();
	});

	it('leaves out buttons and previews, and knows media with and without flags', () => {
		for (const form of ['new', undefined] as const) {
			const workflow = workflowOf('image-to-video-audio', form);
			expect(
				shown(workflow)
					.filter(({ kind }) => kind === 'media')
					.map(({ name, media }) => [name, media?.type]),
			).toEqual([
				['1.image', 'image'],
				['2.audio', 'audio'],
				['3.video', 'video'],
			]);
			const noise = /upload|audioUI|videopreview|video-preview/;
			expect(workflow.inputs.filter(({ inputName }) => noise.test(inputName))).toEqual([]);
		}
		expect(labels(workflowOf('image-to-video-audio', 'new'))).toContain(
			'Load Image: image (URL, now portrait.png)',
		);
	});

	it('takes inputs that the class does not describe by their values', () => {
		const workflow = workflowOf('image-to-video-audio', 'new');
		expect(input(workflow, '9.crf')).toMatchObject({ kind: 'number', isAddable: true, isDescribed: false });
		expect(input(workflow, '9.pix_fmt')).toMatchObject({ kind: 'text', isAddable: true });
	});

	it('knows all loaders of media', () => {
		const media = shown(workflowOf('media-loaders')).filter(({ group }) => group === 'media');
		expect(media.map(({ name, media: hint }) => [name, hint?.type])).toEqual([
			['1.image', 'image'],
			['2.image', 'image'],
			['3.video', 'video'],
			['4.audio', 'audio'],
			['5.model_file', undefined],
			['6.image', 'image'],
			['7.file', 'video'],
			['8.source', 'image'],
		]);
		expect(labels(workflowOf('media-loaders'))).toContain('Load Image (Base64): image (URL, now a file)');
	});

	it('tells nodes of one title apart by their ids', () => {
		const titles = workflowOf('three-loras', 'new').inputs.map(({ title }) => title);
		expect(titles).toEqual(
			expect.arrayContaining([
				'Load LoRA #10: strength_model',
				'Load LoRA #11: strength_model',
				'Load LoRA #12: lora_name',
			]),
		);
	});

	it('judges a primitive by what it feeds', () => {
		expect(shownTitles(workflowOf('primitives', 'new'))).toEqual([
			...[
				'Prompt: value',
				'Words to Avoid: value',
				'Width: value',
				'Height: value',
				'Empty Latent Image: batch_size',
			],
			...['Steps of the Sampler: value', 'Guidance: Number', 'KSampler: denoise', 'Seed'],
		]);
	});

	it('finds roles through other nodes, and none for what serves both or neither', () => {
		const titles = shownTitles(workflowOf('controlnet-roles', 'new'));
		expect(titles.slice(0, 4)).toEqual([
			'CLIP Text Encode (Prompt), positive: text',
			'Style: text',
			'Scene: text',
			'CLIP Text Encode (Prompt), negative: text',
		]);
	});

	it('ends where links go round in a circle', () => {
		expect(shownTitles(workflowOf('cycle', 'new')).slice(0, 2)).toEqual([
			'CLIP Text Encode (Prompt), positive: text',
			'CLIP Text Encode (Prompt), negative: text',
		]);
	});

	it('names nodes without a title by their class', () => {
		expect(shownTitles(workflowOf('no-meta', 'new'))[0]).toBe('CLIP Text Encode (Prompt), positive: text');
		expect(shownTitles(workflowOf('no-meta'))[0]).toBe('CLIPTextEncode, positive: text');
		expect(workflowOf('no-meta').inputs.map(({ title }) => title)).toContain('An Unknown Class|somebody: amount');
	});

	it('folds, cuts and disarms odd titles', () => {
		const titles = workflowOf('odd-titles', 'new').inputs.map(({ title }) => title);
		expect(titles).toContain('🎨 Prompt ‹b›: text');
		expect(titles).toContain('Size of the picture: width');
		expect(titles).toContain('Sampler of the Studio: steps');
		expect(titles).toContain('Load Checkpoint: ckpt_name');
		for (const title of titles) expect([...title].length).toBeLessThanOrEqual(60);
		const long = 'x'.repeat(300);
		const twins = ofNodes({
			1: node('A', { [long]: 1, [`${long}y`]: 2 }, long),
			2: node('A', { a: 1 }, `${long}z`),
		});
		expect(new Set(twins.inputs.map(({ title }) => title)).size).toBe(3);
	});

	it('names an input once that is called like its node', () => {
		const workflow = ofNodes({ 5: node('PrimitiveInt', { width: 3 }, 'Width') });
		expect(workflow.inputs[0]).toMatchObject({ title: 'Width', place: 'Width #5: width' });
	});

	it('keeps values of any form, and leaves lists, objects and links to JSON', () => {
		const workflow = workflowOf('odd-inputs', 'new');
		expect(workflow.inputs.map(({ name }) => name).sort()).toEqual([
			...[
				'1.crop it',
				'1.format.bit_depth',
				'1.resize_type',
				'1.resize_type.height',
				'1.resize_type.width',
				'1.say "hi"',
			],
			...['2.image', '3.nothing', '4.alpha', '5.filename_prefix'],
		]);
		expect(input(workflow, '3.nothing')).toMatchObject({ kind: 'integer', minimum: 0, maximum: 5 });
		// The editor could not find it, but JSON can set it.
		expect(workflow.find('1', 'break"]')).toMatchObject({ kind: 'text' });
		expect(workflow.omitted).toBe(1);
		expect(workflow.find('3', 'names')).toBeUndefined();
		expect(workflow.find('3', 'missing')).toBeUndefined();
	});

	it('reads choices of all kinds', () => {
		const workflow = workflowOf('value-types', 'new');
		expect(input(workflow, '4.voice')).toMatchObject({ kind: 'choice', isEnteredAsText: true });
		expect(toMapperField(input(workflow, '4.voice')).type).toBe('string');
		for (const name of ['remote_model', 'picks', 'empty', 'objects', 'odd', 'bare', 'several', 'color'])
			expect(input(workflow, `4.${name}`)).toMatchObject({ kind: 'text', choices: [] });
		expect(input(workflow, '4.flag')).toMatchObject({ kind: 'choice', choices: [true, false] });
		expect(input(workflow, '4.number')).toMatchObject({ kind: 'choice', choices: [1, 2, 3] });
		expect(input(workflow, '2.preset').choices).toEqual(['soft', 'hard', 'house style']);
		expect(input(workflow, '2.blend')).toMatchObject({ kind: 'integer' });
		expect(input(workflow, '2.blend').minimum).toBeUndefined();
		expect(input(workflow, '2.verbose')).toMatchObject({ kind: 'boolean' });
		expect(workflow.find('4', 'socket')).toBeUndefined();
		expect(workflowOf('value-types', 'classic').inputs.map(({ name, kind }) => [name, kind])).toEqual(
			workflow.inputs.map(({ name, kind }) => [name, kind]),
		);
	});

	it('keeps advanced, hidden and forced inputs to be added, at the end', () => {
		const workflow = workflowOf('value-types', 'new');
		for (const id of ['2.device', '4.hidden_text', '4.forced'])
			expect(input(workflow, id)).toMatchObject({ group: 'technical', isAddable: true });
	});

	it('takes the largest seeds, whatever the node definitions make of them', () => {
		const workflow = workflowOf('value-types', 'new');
		const largest = 18446744073709551615n;
		expect(input(workflow, '1.noise_seed').exactRange).toEqual({ minimum: 0n, maximum: largest });
		expect(input(workflow, '2.seed').exactRange).toEqual({ minimum: -1n, maximum: largest });
		expect(labels(workflow)).toContain('RandomNoise: noise_seed (now 18446744073709551615)');
		expect(input(workflowOf('value-types'), '1.noise_seed').exactRange?.maximum).toBe(largest);
	});

	it('says of texts that usually have several lines that a field is a single line', () => {
		const inputs = { lyrics: 'la', tags: 'pop, slow', text: '[verse]\nla\n' };
		expect(labels(ofNodes({ 1: node('Song', inputs), 2: node('SaveAudio', { audio: ['1', 0] }) }))).toEqual(
			expect.arrayContaining([
				'Song: lyrics (1 line, now la)',
				'Song: tags (now pop, slow)',
				'Song: text (1 line, now [verse] la)',
			]),
		);
	});

	it('has booleans only to be added, with their saved value', () => {
		const field = toMapperField(input(workflowOf('value-types', 'new'), '2.tiled'));
		expect(field).toMatchObject({ type: 'boolean', removed: true, defaultValue: false });
		const overrides = { 2: { inputs: { tiled: false } } };
		const marked = toMapperField(input(workflowOf('value-types', 'new', overrides), '2.tiled'));
		expect(marked).toMatchObject({ type: 'boolean', defaultValue: false });
		expect(marked.removed).toBeUndefined();
	});

	it('puts nodes that ComfyUI would skip last, and does not show them', () => {
		const workflow = workflowOf('unused-nodes', 'new');
		expect(shownTitles(workflow)).toEqual(shownTitles(workflowOf('sdxl-text-to-image', 'new')));
		expect(workflow.inputs.slice(-4).map(({ nodeId }) => nodeId)).toEqual(['1', '2', '2', '2']);
	});

	it('is never empty where anything can be set', () => {
		const workflow = workflowOf('large-panel', 'new');
		expect(shown(workflow)).toHaveLength(20);
		expect(workflow.inputs).toHaveLength(300);
		expect(workflow.omitted).toBe(21);
		expect(formNotices(workflow)).toEqual([
			'The form has 300 fields. Set the other 21 inputs in Additional Inputs, or set Specify Input to Using JSON.',
		]);
		expect(formNotices(ofNodes({ 1: node('PreviewImage', { images: ['2', 0] }) }))).toEqual([
			expect.stringContaining('Using JSON'),
		]);
	});

	it('shows twenty fields of a workflow with ninety nodes at most', () => {
		const workflow = workflowOf('ninety-nodes');
		expect(shown(workflow).length).toBeLessThanOrEqual(20);
		expect(workflow.inputs.length).toBeGreaterThan(130);
		expect(new Set(workflow.inputs.map(({ title }) => title)).size).toBe(workflow.inputs.length);
	});

	it('orders nodes by their ids, part by part', () => {
		const graph = Object.fromEntries(
			['word', '57:27', '57:3', '57', '9', '10:a'].map((id) => [id, node('X', { seed: 1 })]),
		);
		expect(ofNodes(graph).inputs.map(({ nodeId }) => nodeId)).toEqual(['9', '10:a', '57', '57:3', '57:27', 'word']);
	});
});

describe('a deployment without a form', () => {
	it.each([
		[{}, /no ComfyUI workflow.*API tab/],
		[{ workflow_api_json: {} }, /no ComfyUI workflow/],
		[{ workflow_api_json: workflowText('ui-format') }, /format of the ComfyUI editor/],
		[{ workflow_api_json: 'broken' }, /can't be read/],
	])('says why: %.60j', (payload, notice) => {
		expect(readingNotice(readDeploymentGraph(payload))).toMatch(notice);
	});

	it('says nothing where there is one', () => {
		expect(readingNotice(readDeploymentGraph({ workflow_api_json: workflowText('cycle') }))).toBeUndefined();
		expect(formNotices(workflowOf('cycle'))).toEqual([]);
	});
});

describe('what its author chose', () => {
	it('comes first, and alone but for media', () => {
		const overrides = {
			3: { inputs: { sampler_name: 'euler', steps: 30 } },
			99: { inputs: { text: 'gone' } },
			7: { inputs: { nope: 1 } },
			8: { inputs: { vae: ['4', 2] } },
		};
		expect(shown(workflowOf('sdxl-text-to-image', 'new', overrides)).map(({ name }) => name)).toEqual([
			'3.steps',
			'3.sampler_name',
		]);
		expect(
			shown(workflowOf('image-to-video-audio', 'new', { 4: { inputs: { text: 'x' } } })).map(({ name }) => name),
		).toEqual(['4.text', '1.image', '2.audio', '3.video']);
	});

	it('is not told as the saved value where it differs from that', () => {
		const workflow = workflowOf('sdxl-text-to-image', 'new', { 3: { inputs: { steps: 30, cfg: 8 } } });
		expect(labels(workflow).slice(0, 2)).toEqual([
			'KSampler: steps (1 to 10000)',
			'KSampler: cfg (0 to 100, now 8)',
		]);
	});

	it.each([
		[null],
		[{}],
		['text'],
		[[]],
		[{ 99: { inputs: { text: 'x' } } }],
		[{ 6: null }],
		[{ 6: { inputs: null } }],
		[{ 6: { inputs: { clip: ['4', 1] } } }],
	])('is nothing in overrides such as %j', (overrides) => {
		expect(shownTitles(workflowOf('sdxl-text-to-image', 'new', overrides))).toHaveLength(9);
	});

	it('may be marked by the titles of nodes', () => {
		const titles = shownTitles(workflowOf('author-marks', 'new'));
		expect(titles.slice(0, 9)).toEqual([
			...[
				'Sampler: steps',
				'Sampler: cfg',
				'Sampler: denoise',
				'Sampler: seed',
				'Sampler: sampler_name',
				'Sampler: scheduler',
			],
			...['Mirror: enabled', 'Mirror: axis', 'Model: ckpt_name'],
		]);
		expect(titles).toContain('CLIP Text Encode (Prompt), positive: text');
	});
});

describe('the work on a workflow', () => {
	const stepsOf = (nodes: number) => counted(describeWorkflowInSteps(graphOf(generatedWorkflow(nodes))));

	it('grows with its nodes, in steps of a bounded size', () => {
		const [small, large] = [stepsOf(400), stepsOf(2_000)];
		expect(large.count - small.count).toBe(8);
		expect(large.result.inputs).toHaveLength(300);
		expect(large.result.omitted).toBe(5_200);
		expect(large.result.find('1997', 'text')).toMatchObject({ place: 'CLIPTextEncode, positive #1997: text' });
	});
});
