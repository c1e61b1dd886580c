import { collectMedia } from '../../nodes/RunComfy/media/collectMedia';
import type { GivenInput } from '../../nodes/RunComfy/schema/requestBody';
import type { StoredField } from '../../nodes/RunComfy/workflow/changes';
import { checkWorkflowValues, flatValues } from '../../nodes/RunComfy/workflow/checkValues';
import { enteredFields } from '../../nodes/RunComfy/workflow/entered';
import { overridesBody, UNCHANGED } from '../../nodes/RunComfy/workflow/overridesBody';
import { describeWorkflow, type Workflow } from '../../nodes/RunComfy/workflow/workflowInputs';
import { toMapperField } from '../../nodes/RunComfy/methods/mapperField';
import { readWorkflowJson } from '../../nodes/RunComfy/workflow/workflowJson';
import { numbers } from '../support/numbers';
import { graphOf, workflowNames, workflowOf } from '../support/workflows';

const sdxl = workflowOf('sdxl-text-to-image', 'new');
const types = workflowOf('value-types', 'new');
const unknown = workflowOf('value-types');

function check(
	workflow: Workflow,
	values: Record<string, unknown>,
	source: GivenInput['source'] = 'fields',
	stored: StoredField[] = [],
) {
	const entered =
		source === 'fields' ? enteredFields(workflow.graph, values) : readWorkflowJson(workflow.graph, values);
	const checked = checkWorkflowValues(workflow, entered, stored);
	const { body, warnings } = overridesBody(entered, checked.values);
	return {
		...checked,
		sentences: checked.problems.map(({ sentence }) => sentence),
		flat: flatValues(checked.values),
		body,
		bodyWarnings: warnings,
	};
}

/** As the body is written: long numbers with all their digits. */
const written = (body: unknown) =>
	JSON.stringify(body, (_name, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));

describe('the overrides', () => {
	it.each([
		['sdxl-text-to-image', { '6.text': 'a cat' }, { 6: { inputs: { text: 'a cat' } } }],
		[
			'flux-subgraph',
			{ '58.value': 'a dog', '57:3.seed': '7' },
			{ 58: { inputs: { value: 'a dog' } }, '57:3': { inputs: { seed: 7 } } },
		],
		[
			'odd-inputs',
			{ '1.resize_type.width': 1280, '1.crop it': 'disabled' },
			{ 1: { inputs: { 'resize_type.width': 1280, 'crop it': 'disabled' } } },
		],
		[
			'sdxl-text-to-image',
			{ '5.width': '768', '5.height': '512.0', '6.text': ' x ' },
			{ 5: { inputs: { width: 768, height: 512 } }, 6: { inputs: { text: ' x ' } } },
		],
		['sdxl-text-to-image', { '6.text': '', '3.steps': null, '3.cfg': '', '5.width': undefined }, {}],
		[
			'sdxl-text-to-image',
			{ '3.steps': 20, '5.width': '1024', '6.text': 'text, watermark' },
			{ 6: { inputs: { text: 'text, watermark' } } },
		],
	])('of %s with %j', (name, values, overrides) => {
		const { body, problems } = check(workflowOf(name, 'new'), values);
		expect(problems).toEqual([]);
		expect(body).toEqual({ overrides });
	});

	it('take the names of prototypes for names', () => {
		const workflow = workflowOf('prototype-ids');
		const { body, problems } = check(workflow, {
			'__proto__.text': 'a dog',
			'__proto__.__proto__': 'y',
			'constructor.value': 5,
		});
		expect(problems).toEqual([]);
		expect(JSON.stringify(body)).toBe(
			'{"overrides":{"__proto__":{"inputs":{"text":"a dog","__proto__":"y"}},"constructor":{"inputs":{"value":5}}}}',
		);
	});

	it('may be for a node whose id has a dot', () => {
		const workflow = describeWorkflow(
			graphOf({ 'a.b': { class_type: 'X', inputs: { 'c.d': 1 } }, a: { class_type: 'Y', inputs: { e: 1 } } }),
		);
		expect(check(workflow, { 'a.b.c.d': 2, 'a.e': 3 }).flat).toEqual({ 'a.e': 3, 'a.b.c.d': 2 });
		expect(
			check(describeWorkflow(graphOf({ 'a.b': { class_type: 'X', inputs: { c: 1 } } })), { 'a.b.c': 2 }).problems,
		).toEqual([]);
	});

	it('that change nothing come with a warning about the cache', () => {
		expect(check(sdxl, { '3.steps': 20 })).toMatchObject({ body: { overrides: {} }, bodyWarnings: [UNCHANGED] });
		expect(check(sdxl, { '3.steps': 21 }).bodyWarnings).toEqual([]);
	});

	it('name what its author chose also where it equals the saved value', () => {
		const workflow = workflowOf('sdxl-text-to-image', 'new', { 3: { inputs: { steps: 30 } } });
		expect(check(workflow, { '3.steps': 20, '3.cfg': 8 }).flat).toEqual({ '3.steps': 20 });
	});

	it('hold false, 0 and, in JSON, an empty text', () => {
		const workflow = describeWorkflow(
			graphOf({ 1: { class_type: 'X', inputs: { text: 'words', on: true, count: 3 } } }),
		);
		const values = { '1.text': '', '1.on': false, '1.count': 0 };
		expect(check(workflow, values, 'json').flat).toEqual(values);
		expect(check(workflow, values, 'fields').flat).toEqual({ '1.on': false, '1.count': 0 });
	});
});

describe('a long seed', () => {
	it.each([
		['"18446744073709551614"', '18446744073709551614', '18446744073709551614n'],
		['a bigint of JSON', 18446744073709551614n, '18446744073709551614n'],
		['a short number', 5, '5'],
		['a short text', ' 5 ', '5'],
	])('given as %s arrives digit by digit', (_how, value, digits) => {
		for (const workflow of [types, unknown]) {
			const { body, problems } = check(workflow, { '1.noise_seed': value });
			expect(problems).toEqual([]);
			expect(written(body)).toBe(
				`{"overrides":{"1":{"inputs":{"noise_seed":${digits.endsWith('n') ? `"${digits}"` : digits}}}}}`,
			);
		}
	});

	it.each([
		[
			'18446744073709551616',
			'RandomNoise #1: noise_seed must be at most 18446744073709551615, not 18446744073709551616',
		],
		['-1', 'RandomNoise #1: noise_seed must be at least 0, not -1'],
		[-9007199254740993n, 'RandomNoise #1: noise_seed must be at least 0, not -9007199254740993'],
		[
			1e19,
			'RandomNoise #1: noise_seed is too large to send exactly: 10000000000000000000. Enter it as text, in quotes',
		],
		[1.5, 'RandomNoise #1: noise_seed must be a whole number, not 1.5'],
		['many', 'RandomNoise #1: noise_seed must be a whole number, not "many"'],
	])('%j is refused', (value, sentence) => {
		expect(check(types, { '1.noise_seed': value }).sentences).toEqual([sentence]);
	});

	it('that is saved is known again, as a text or as digits', () => {
		for (const saved of ['18446744073709551615', 18446744073709551615n]) {
			const workflow = describeWorkflow(
				graphOf({ 1: { class_type: 'RandomNoise', inputs: { noise_seed: saved } } }),
			);
			expect(check(workflow, { '1.noise_seed': '18446744073709551615' }).flat).toEqual({});
		}
	});

	it('may be -1 where its class allows it', () => {
		expect(check(types, { '2.seed': -1 }).sentences).toEqual([]);
		expect(check(types, { '2.seed': -2 }).sentences).toEqual(['Sampler #2: seed must be at least -1, not -2']);
	});
});

describe('a value', () => {
	it.each([
		['3.steps', 'twenty', 'KSampler #3: steps must be a whole number, not "twenty"'],
		['3.steps', 12000, 'KSampler #3: steps must be at most 10000, not 12000'],
		['3.steps', 7.5, 'KSampler #3: steps must be a whole number, not 7.5'],
		['3.steps', 0, 'KSampler #3: steps must be at least 1, not 0'],
		['3.cfg', 'high', 'KSampler #3: cfg must be a number, not "high"'],
		['3.cfg', Number.NaN, 'KSampler #3: cfg must be a number, not null'],
		['3.cfg', Infinity, 'KSampler #3: cfg must be a number, not null'],
		['3.denoise', 1.5, 'KSampler #3: denoise must be at most 1, not 1.5'],
		['6.text', ['a'], 'CLIP Text Encode (Prompt), positive #6: text must be text, not ["a"]'],
		['6.text', { a: 1 }, 'CLIP Text Encode (Prompt), positive #6: text must be text, not {"a":1}'],
		[
			'3.scheduler',
			'fast',
			'KSampler #3: scheduler must be "simple", "sgm_uniform", "karras", "exponential", "ddim_uniform", "beta" or "normal", not "fast"',
		],
	])('of %s: %j is refused', (id, value, sentence) => {
		expect(check(sdxl, { [id]: value }).sentences).toEqual([sentence]);
		// It stays, for where the checks are off.
		expect(check(sdxl, { [id]: value }).flat).toEqual({ [id]: value });
	});

	it('of a long list is answered with the nearest choices', () => {
		const [sentence = ''] = check(sdxl, { '3.sampler_name': 'dpmpp_2n' }).sentences;
		expect(sentence).toMatch(
			/^KSampler #3: sampler_name must be one of its 14 choices, not "dpmpp_2n"\. The nearest are "dpmpp_2m", /,
		);
		expect(sentence.match(/"/g)).toHaveLength(2 + 2 * 10);
	});

	it.each([
		['3.scheduler', 'KARRAS', 'karras'],
		['3.scheduler', ' karras ', 'karras'],
	])('of %s: %j is %j', (id, value, sent) => {
		expect(check(sdxl, { [id]: value }).flat).toEqual({ [id]: sent });
	});

	it.each([
		['4.number', '3', 3],
		['4.flag', 'false', false],
		['4.voice', 'VOICE 300', 'voice 300'],
		['2.tiled', 'true', true],
		['4.empty', 'anything', 'anything'],
		['4.objects', 'dog', 'dog'],
		['4.color', '#00ff00', '#00ff00'],
		['4.remote_model', 'beta', 'beta'],
		['2.blend', 70000, 70000],
	])('of %s: %j is sent as %j', (id, value, sent) => {
		expect(check(types, { [id]: value })).toMatchObject({ problems: [], flat: { [id]: sent } });
	});

	it.each([
		['2.tiled', 'yes', 'Sampler #2: tiled must be true or false, not "yes"'],
		['2.tiled', 1, 'Sampler #2: tiled must be true or false, not 1'],
		['4.flag', 'maybe', 'Chooser #4: flag must be true or false, not "maybe"'],
	])('of %s: %j is refused too', (id, value, sentence) => {
		expect(check(types, { [id]: value }).sentences).toEqual([sentence]);
	});

	it('that its author saved is right, whatever its class says', () => {
		const saved = {
			'2.steps': 0,
			'2.cfg': 7.25,
			'2.preset': 'house style',
			'3.unet_name': 'elsewhere.safetensors',
			'3.weight_dtype': 'fp8_new',
		};
		expect(check(types, saved)).toMatchObject({ problems: [], warnings: [], flat: {} });
	});

	it.each(workflowNames().filter((name) => name !== 'ui-format'))(
		'that is saved is accepted and left out: %s',
		(name) => {
			for (const form of ['classic', 'new', undefined] as const) {
				const workflow = workflowOf(name, form);
				const saved = Object.fromEntries(workflow.inputs.map((input) => [input.name, input.saved]));
				expect(Object.keys(saved).length).toBeGreaterThan(0);
				const asTexts = Object.fromEntries(
					Object.entries(saved).map(([id, value]) => [id, typeof value === 'number' ? String(value) : value]),
				);
				for (const values of [saved, asTexts])
					expect(check(workflow, values)).toMatchObject({ problems: [], warnings: workflow.hints, flat: {} });
			}
		},
	);

	it('between steps is sent with a hint', () => {
		const { problems, warnings, flat } = check(types, { '2.cfg': 7.3 });
		expect({ problems, flat }).toEqual({ problems: [], flat: { '2.cfg': 7.3 } });
		expect(warnings).toEqual([
			"Sampler #2: cfg is 7.3, which isn't a multiple of its step 0.5. ComfyUI may round it.",
		]);
		expect(check(sdxl, { '3.denoise': 0.57, '3.cfg': 7.1 }).warnings).toEqual([]);
		// Steps may begin at the least value.
		expect(check(workflowOf('image-to-video-audio', 'new'), { '5.length': 49 }).warnings).toEqual([]);
	});

	it('that names a file of another list is sent with a hint', () => {
		const { problems, warnings } = check(types, { '3.unet_name': 'mine.safetensors' });
		expect(problems).toEqual([]);
		expect(warnings).toEqual([expect.stringContaining('Load Diffusion Model #3: unet_name is "mine.safetensors"')]);
		expect(check(types, { '3.unet_name': 'mine' }).problems).toHaveLength(1);
	});

	it('that is a very long text is sent with a hint', () => {
		expect(check(sdxl, { '6.text': 'x'.repeat(10_001) }).warnings).toEqual([
			expect.stringContaining('more than 10000 characters'),
		]);
	});

	it('is checked by its type alone where nothing describes it', () => {
		const { sentences, warnings, flat } = check(unknown, {
			'2.steps': 1e6,
			'2.preset': 'any',
			'2.tiled': 'no',
			'2.cfg': 'x',
		});
		expect(sentences).toEqual([
			'Sampler #2: tiled must be true or false, not "no"',
			'Sampler #2: cfg must be a number, not "x"',
		]);
		expect(flat).toMatchObject({ '2.steps': 1e6, '2.preset': 'any' });
		expect(warnings).toEqual([expect.stringContaining('object_info')]);
	});
});

describe('media', () => {
	const workflow = workflowOf('image-to-video-audio', 'new');

	it.each(['https://a.example/x.png', 'http://a.example/x', 'data:image/png;base64,AAAA', 'photo.jpg'])(
		'%s is sent',
		(value) => {
			const { problems, warnings, flat, inputs } = check(workflow, { '1.image': value });
			expect({ problems, warnings, flat }).toEqual({ problems: [], warnings: [], flat: { '1.image': value } });
			expect(inputs.inputs[0]).toMatchObject({ name: '1.image', kind: 'media', source: { format: 'image_uri' } });
		},
	);

	it('is found by the checks of media, and so is that of a field beyond the form', () => {
		const values = {
			'1.image': 'https://a.example/x.png',
			'2.audio': 'https://a.example/x.mp3',
			'4.text': 'https://a.example',
		};
		const { inputs, flat } = check(workflow, values);
		expect(
			collectMedia(inputs, flat).map(({ input, url, types, isDeclared }) => [input.name, url, types, isDeclared]),
		).toEqual([
			['1.image', 'https://a.example/x.png', ['image'], true],
			['2.audio', 'https://a.example/x.mp3', ['audio'], true],
		]);
		expect(collectMedia(workflow, flat)).toHaveLength(2);
	});

	it.each(['other.png', 'clips/a.png', '/data/input/a.png'])(
		'%s is looked for by RunComfy, as a hint says',
		(value) => {
			const { problems, warnings } = check(workflow, { '1.image': value });
			expect(problems).toEqual([]);
			expect(warnings).toEqual([
				`Load Image #1: image is "${value}", which isn't a URL. RunComfy will look for this file on its own machine.`,
			]);
		},
	);

	it.each([
		'C:\\pic.png',
		'file:///home/me/pic.png',
		'blob:https://a.example/1',
		'ftp://a.example/1.png',
		'\\\\server\\a.png',
	])('%s is refused', (value) => {
		const { problems } = check(workflow, { '1.image': value });
		expect(problems).toMatchObject([{ name: '1.image', isMedia: true }]);
	});
});

describe('what has no place any more', () => {
	const stored = sdxl.inputs.map((input): StoredField => ({ ...toMapperField(input) }));
	const without = (
		change: (graph: Record<string, { class_type: string; inputs: Record<string, unknown> }>) => void,
	) => {
		const graph = JSON.parse(
			JSON.stringify(Object.fromEntries([...sdxl.graph.nodes].map(([id, { source }]) => [id, source]))),
		) as never;
		change(graph);
		return describeWorkflow(graphOf(graph), { classes: sdxl.classes });
	};

	it('is refused with its old title: a node that is gone', () => {
		const workflow = without((graph) => Reflect.deleteProperty(graph, 7));
		const { sentences } = check(workflow, { '7.text': 'blurry' }, 'fields', stored);
		expect(sentences).toEqual([
			expect.stringMatching(
				/^CLIP Text Encode \(Prompt\), negative: text isn't in this workflow: there is no node "7"\. The workflow has .*#6/,
			),
		]);
	});

	it('is refused: an input that is gone', () => {
		const workflow = without((graph) => delete graph[3]?.inputs.steps);
		expect(check(workflow, { '3.steps': 30 }, 'fields', stored).sentences).toEqual([
			expect.stringMatching(/^KSampler: steps isn't an input of node #3 \(KSampler\)/),
		]);
		// The class has it, so that in JSON it may be one that nobody set before.
		expect(check(workflow, { '3.steps': 30 }, 'json')).toMatchObject({
			problems: [],
			warnings: [
				expect.stringContaining('no saved value for "steps"'),
				expect.stringContaining('no value for inputs that its nodes require: #3 steps.'),
			],
			flat: { '3.steps': 30 },
		});
	});

	it('is refused in the form: an input that became a link', () => {
		const workflow = without((graph) => {
			if (graph[6]) graph[6].inputs.text = ['12', 0];
		});
		expect(check(workflow, { '6.text': 'x' }, 'fields', stored).sentences).toEqual([
			"CLIP Text Encode (Prompt), positive: text can't be set: it is now connected to #12",
		]);
	});

	it('is refused in the form: an input that became a list', () => {
		const workflow = without((graph) => {
			if (graph[6]) graph[6].inputs.text = ['a', 'b', 'c'];
		});
		expect(check(workflow, { '6.text': 'x' }, 'fields', stored).sentences).toEqual([
			'CLIP Text Encode (Prompt), positive: text can now only be set with JSON',
		]);
		expect(check(workflow, { '6.text': ['x'] }, 'json').flat).toEqual({ '6.text': ['x'] });
	});

	it('is refused: an id that means another node of another kind', () => {
		const workflow = without((graph) => {
			graph[3] = { class_type: 'Timer', inputs: { steps: true } };
			Object.assign(graph[3], { _meta: { title: 'Timer' } });
		});
		expect(check(workflow, { '3.steps': 30 }, 'fields', stored).sentences).toEqual([
			'KSampler: steps is no longer in this workflow. Its ID now belongs to Timer #3: steps',
		]);
	});

	it('is sent with a hint where the kind is the same', () => {
		const workflow = without((graph) => {
			if (graph[3]) Object.assign(graph[3], { _meta: { title: 'Refiner' } });
		});
		const { problems, warnings, flat } = check(workflow, { '3.steps': 30 }, 'fields', stored);
		expect({ problems, flat }).toEqual({ problems: [], flat: { '3.steps': 30 } });
		expect(warnings).toEqual([
			'KSampler: steps is now Refiner #3: steps in this workflow. Open the node and refresh its inputs.',
		]);
	});

	it('does not matter where nothing is entered, or only ranges changed', () => {
		const workflow = without((graph) => {
			Reflect.deleteProperty(graph, 7);
			if (graph[3]) graph[3].inputs.steps = 4;
		});
		expect(check(workflow, { '7.text': '', '3.steps': 30 }, 'fields', stored)).toMatchObject({
			warnings: [],
			flat: { '3.steps': 30 },
		});
	});
});

describe('any values', () => {
	it('are checked without a throw, and what is not refused is sent', () => {
		const random = numbers(20);
		const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
		const values = [
			null,
			true,
			0,
			-1,
			2 ** 60,
			1.5,
			'',
			' ',
			'text',
			'7',
			['6', 0],
			['a', 'b'],
			{},
			{ a: 1 },
			10n ** 30n,
			'C:\\a',
			'https://a.example/b.png',
		];
		const workflows = workflowNames()
			.filter((name) => name !== 'ui-format')
			.map((name) => workflowOf(name, pick(['classic', 'new', undefined] as const)));
		for (let round = 0; round < 1_000; round += 1) {
			const workflow = pick(workflows);
			const ids = [...workflow.inputs.map(({ name }) => name), 'nope.x', '6.clip', '', '.', '6', '6.'];
			const source = pick(['fields', 'json'] as const);
			// JSON without a dot is no field id.
			const usable = source === 'json' ? ids.filter((id) => id.includes('.')) : ids;
			const given = Object.fromEntries(Array.from({ length: 5 }, () => [pick(usable), pick<unknown>(values)]));
			const { problems, flat } = check(workflow, given, source);
			for (const { sentence } of problems) expect(sentence.length).toBeLessThan(2_000);
			for (const id of Object.keys(flat))
				expect(id in given || `${id}.` in given || id === '.' || id.endsWith('.')).toBe(true);
		}
	});
});
