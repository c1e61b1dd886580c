import { RunComfyFailure } from '../../nodes/RunComfy/shared/failure';
import { checkWorkflowValues, flatValues, uncheckedWorkflowValues } from '../../nodes/RunComfy/workflow/checkValues';
import { enteredFields, mergeEntered, setEntered, type EnteredWorkflow } from '../../nodes/RunComfy/workflow/entered';
import { overridesBody } from '../../nodes/RunComfy/workflow/overridesBody';
import { readWorkflowJson } from '../../nodes/RunComfy/workflow/workflowJson';
import { describeWorkflow } from '../../nodes/RunComfy/workflow/workflowInputs';
import { numbers } from '../support/numbers';
import { workflowOf, workflowText } from '../support/workflows';

const workflow = workflowOf('sdxl-text-to-image', 'new');
const { graph } = workflow;
const sdxl = JSON.parse(workflowText('sdxl-text-to-image')) as Record<string, { inputs: Record<string, unknown> }>;
const uiFormat = JSON.parse(workflowText('ui-format')) as unknown;

const read = (json: unknown) => readWorkflowJson(graph, json);

/** What becomes of JSON: the body, what is refused, and the hints. */
function run(json: unknown, additional: unknown = {}) {
	const entered = mergeEntered(read(json), readWorkflowJson(graph, additional, 'Additional Inputs'));
	const target =
		entered.graph === undefined ? workflow : describeWorkflow(entered.graph, { classes: workflow.classes });
	const { values, problems, warnings } = checkWorkflowValues(target, entered);
	return { body: overridesBody(entered, values).body, sentences: problems.map(({ sentence }) => sentence), warnings };
}

const overridesBodyOf = (entered: EnteredWorkflow) => overridesBody(entered, uncheckedWorkflowValues(entered)).body;

function refusal(work: () => unknown): RunComfyFailure['details'] {
	try {
		work();
	} catch (error) {
		if (error instanceof RunComfyFailure) return error.details;
		throw error;
	}
	throw new Error('It was accepted');
}

describe('JSON for a deployment', () => {
	const cat = { overrides: { 6: { inputs: { text: 'a cat' } } } };

	it.each([
		['as a body with overrides', cat],
		['as its text', JSON.stringify(cat)],
		['with overrides as a text', { overrides: JSON.stringify(cat.overrides) }],
		['as an overrides object', cat.overrides],
		['as a flat map of field ids', { '6.text': 'a cat' }],
		['as a node without inputs', { 6: { text: 'a cat' } }],
	])('is accepted %s', (_how, json) => {
		const { body, sentences } = run(json);
		expect(sentences).toEqual([]);
		expect(body).toEqual(cat);
	});

	it('may be nodes that were copied out of the workflow, whose links stay', () => {
		const copied = { ...sdxl[6], inputs: { ...sdxl[6]?.inputs, text: 'a cat' } };
		const changed = { 6: { inputs: { text: 'a cat', clip: ['4', 1] } } };
		expect(run({ 6: copied })).toEqual({ body: { overrides: changed }, sentences: [], warnings: [] });
		expect(run({ 6: copied, 7: sdxl[7] }).body).toEqual({
			overrides: { ...changed, 7: { inputs: { clip: ['4', 1] } } },
		});
	});

	it('may mix nodes and field ids, and has a hint where "inputs" is missing', () => {
		const { body, warnings } = run({
			'6.text': 'a cat',
			3: { inputs: { steps: '30' } },
			5: { width: 512, height: 512 },
		});
		expect(body).toEqual({
			overrides: {
				6: { inputs: { text: 'a cat' } },
				3: { inputs: { steps: 30 } },
				5: { inputs: { width: 512, height: 512 } },
			},
		});
		expect(warnings).toEqual([
			'The entry for node #5 has no "inputs", so its values were used as inputs of that node.',
		]);
	});

	it('keeps what stands beside the overrides', () => {
		const extra_data = { api_key_comfy_org: 'key' };
		expect(run({ ...cat, extra_data }).body).toEqual({ ...cat, extra_data });
		expect(run({ '6.text': 'a cat', extra_data }).body).toEqual({ ...cat, extra_data });
	});

	it.each([
		['alone', { workflow_api_json: sdxl }],
		['as a text', { workflow_api_json: JSON.stringify(sdxl) }],
		['in a wrapper', { workflow_api_json: { prompt: sdxl } }],
		['as a bare graph', sdxl],
		['as a graph beside other entries', { ...sdxl, _workflow_metadata: {} }],
		['as a graph in a wrapper', { prompt: sdxl, client_id: 'x' }],
	])('may be a whole workflow: %s', (_how, json) => {
		expect(run(json)).toEqual({ body: { workflow_api_json: sdxl }, sentences: [], warnings: [] });
	});

	it('keeps extra_data beside a whole workflow, and nothing else of a body of ComfyUI', () => {
		const extra_data = { api_key_comfy_org: 'key' };
		expect(run({ prompt: sdxl, extra_data, client_id: 'x' }).body).toEqual({ workflow_api_json: sdxl, extra_data });
	});

	it('with a whole workflow writes additional inputs into it', () => {
		const { body } = run({ workflow_api_json: sdxl, extra_data: { a: 1 } }, { '6.text': 'a dog' });
		expect(body).toMatchObject({
			extra_data: { a: 1 },
			workflow_api_json: {
				6: { class_type: 'CLIPTextEncode', inputs: { text: 'a dog', clip: ['4', 1] } },
				7: sdxl[7],
			},
		});
		expect(sdxl[6]?.inputs.text).toBe('a lighthouse on a cliff, morning light');
		expect(run(sdxl, { '3.steps': 99999 }).sentences).toEqual([
			'KSampler #3: steps must be at most 10000, not 99999',
		]);
	});

	it('keeps all digits of the seeds of a whole workflow', () => {
		const { body } = run(workflowText('value-types'));
		expect(body.workflow_api_json).toMatchObject({ 1: { inputs: { noise_seed: 18446744073709551615n } } });
	});

	it('of nothing changes nothing', () => {
		for (const json of [{}, '', '{}', ' ', undefined, { overrides: {} }, { overrides: null }])
			expect(run(json).body).toEqual({ overrides: {} });
	});

	it('reads null as not set', () => {
		expect(run({ '6.text': null, 3: { inputs: { steps: null } }, 5: null }).body).toEqual({ overrides: {} });
	});
});

describe('JSON that cannot be meant', () => {
	it.each<[string, unknown, RegExp, RegExp]>([
		['both forms', { overrides: {}, workflow_api_json: sdxl }, /can't be sent together/, /Keep overrides/],
		['the format of the editor', uiFormat, /format of the ComfyUI editor/, /Export \(API\)/],
		[
			'the format of the editor in a body',
			{ workflow_api_json: uiFormat },
			/format of the ComfyUI editor/,
			/Export/,
		],
		['the format of the editor in a wrapper', { workflow: uiFormat }, /format of the ComfyUI editor/, /Export/],
		['a workflow without nodes', { workflow_api_json: { a: 1 } }, /no nodes with a class_type/, /Export/],
		['a list', [1], /must be a JSON object, not \[1\]/, /must look like/],
		['a text of JSON', '"text"', /must be a JSON object, not "text"/, /must look like/],
		['null', null, /must be a JSON object, not null/, /must look like/],
		['null as a text', 'null', /must be a JSON object, not null/, /must look like/],
		['a number', 7, /must be a JSON object, not 7/, /must look like/],
		[
			'broken JSON',
			'{\n  "6.text": "a cat",\n}',
			/isn't valid JSON: it breaks at line 3, column 1/,
			/no comma after/,
		],
		[
			'JSON that ends too early',
			'{"6.text": "a',
			/isn't valid JSON: it breaks at line 1, column 14/,
			/double quotes/,
		],
		['overrides that are no object', { overrides: [1] }, /"overrides" must be a JSON object/, /"overrides": \{"6"/],
		[
			'the body of a LoRA deployment',
			{ prompt: 'x', width: 3 },
			/without node inputs: "prompt", "width"/,
			/"6\.text".*LoRA deployments/,
		],
		[
			'an override without inputs',
			{ 6: { words: 'x' } },
			/node #6 has no "inputs", and "words" isn't an input/,
			/\{"6": \{"inputs": \{"text"/,
		],
		['a node that is a text', { 6: 'x' }, /node #6 has no "inputs"/, /"6\.text"/],
	])('is answered with what to do: %s', (_what, json, message, description) => {
		const details = refusal(() => read(json));
		expect(details).toMatchObject({ code: 'invalid_input', charged: 'no' });
		expect(details.message).toMatch(message);
		expect(details.description).toMatch(description);
	});

	it.each<[unknown, RegExp]>([
		[
			{ '6.text': 'x', 'nope.y': 1 },
			/^nope\.y isn't in this workflow: there is no node "nope"\. The workflow has #/,
		],
		[
			{ 99: { inputs: { text: 'x' } } },
			/^99\.text isn't in this workflow: there is no node "99"\. The workflow has #9 \(Save Image\), .*#6 \(CLIP Text Encode \(Prompt\)\), #7/,
		],
		[
			{ 6: { inputs: { txt: 'x' } } },
			/^6\.txt isn't an input of node #6 \(CLIP Text Encode \(Prompt\)\)\. Did you mean "text"\?/,
		],
		[{ 6: { inputs: { zzz: 'x' } } }, /^6\.zzz isn't an input .* Its inputs are "text", "clip"/],
		[{ 3: { inputs: { steps: 'twenty' } } }, /^KSampler #3: steps must be a whole number/],
		[
			{ 3: { inputs: { model: ['99', 0] } } },
			/^KSampler #3: model is linked to node #99, which isn't in this workflow/,
		],
	])('is refused by the workflow: %j', (json, sentence) => {
		expect(run(json).sentences).toEqual([expect.stringMatching(sentence)]);
	});

	it('names ids of any length in short', () => {
		const long = 'n'.repeat(100_000);
		for (const json of [{ [`${long}.x`]: 1 }, { [`6.${long}`]: 1 }, { [long]: { inputs: { a: 1 } } }])
			expect(run(json).sentences.join().length).toBeLessThan(1_500);
		expect(refusal(() => read({ [long]: 1 })).message.length).toBeLessThan(300);
	});
});

describe('links in JSON', () => {
	it('are sent', () => {
		const { body, sentences, warnings } = run({ 3: { inputs: { model: ['4', 0] } }, '6.text': ['7', 0] });
		expect({ sentences, warnings }).toEqual({ sentences: [], warnings: [] });
		expect(body).toEqual({ overrides: { 3: { inputs: { model: ['4', 0] } }, 6: { inputs: { text: ['7', 0] } } } });
	});

	it('are cut by a value, as a hint says', () => {
		const { body, sentences, warnings } = run({ 3: { inputs: { model: 'x' } } });
		expect({ body, sentences }).toEqual({ body: { overrides: { 3: { inputs: { model: 'x' } } } }, sentences: [] });
		expect(warnings).toEqual(['KSampler #3: model cuts the link from #4, because the JSON sets a value there.']);
	});
});

describe('lists and objects', () => {
	it('are set by JSON', () => {
		const odd = workflowOf('odd-inputs', 'new');
		const json = {
			'3.curve': [4, 5],
			4: { inputs: { rows: { left: 'x' } } },
			'2.Update inputs': 'x',
			'1.break"]': 'y',
		};
		const { values, problems } = checkWorkflowValues(odd, readWorkflowJson(odd.graph, json));
		expect(problems).toEqual([]);
		expect(flatValues(values)).toEqual({
			'3.curve': [4, 5],
			'4.rows': { left: 'x' },
			'2.Update inputs': 'x',
			'1.break"]': 'y',
		});
	});
});

describe('additional inputs', () => {
	it.each([
		['field ids', { '6.text': 'a dog', '3.steps': 9 }],
		['nodes', { 6: { inputs: { text: 'a dog' } }, 3: { inputs: { steps: 9 } } }],
		['a body', { overrides: { 6: { inputs: { text: 'a dog' } }, 3: { steps: 9 } } }],
	])('are merged as %s', (_how, additional) => {
		expect(run({ '6.text': 'a cat', '5.width': 512 }, additional).body).toEqual({
			overrides: { 6: { inputs: { text: 'a dog' } }, 5: { inputs: { width: 512 } }, 3: { inputs: { steps: 9 } } },
		});
	});

	it.each([
		['a field id', { '6.text': null }],
		['an input of a node', { 6: { inputs: { text: null } } }],
		['a node', { 6: null }],
	])('take out what is null: %s', (_how, additional) => {
		expect(run({ '6.text': 'a cat', '5.width': 512 }, additional).body).toEqual({
			overrides: { 5: { inputs: { width: 512 } } },
		});
	});

	it('may hold links and empty texts beside the fields of a form', () => {
		const entered = mergeEntered(
			enteredFields(graph, { '3.steps': '30', '6.text': '' }),
			read({ '7.text': '', 3: { inputs: { model: ['10', 0], latent_image: ['5', 0] } } }),
		);
		const { values, problems } = checkWorkflowValues(workflow, entered);
		expect(problems).toMatchObject([{ name: '3.model' }]);
		expect(flatValues(values)).toEqual({
			'3.steps': 30,
			'7.text': '',
			'3.model': ['10', 0],
			'3.latent_image': ['5', 0],
		});
	});

	it('are no place for a whole workflow', () => {
		for (const additional of [sdxl, { workflow_api_json: sdxl }])
			expect(refusal(() => run({ '6.text': 'x' }, additional)).message).toContain('Additional Inputs');
	});

	it('take extra_data in and out', () => {
		const extra_data = { api_key_comfy_org: 'key' };
		expect(run({ '6.text': 'a cat' }, { extra_data }).body).toMatchObject({ extra_data });
		expect(run({ '6.text': 'a cat', extra_data }, { extra_data: null }).body).not.toHaveProperty('extra_data');
	});
});

describe('a deployment without a known workflow', () => {
	const bodyOf = (json: unknown, additional: unknown = {}) => {
		const entered = mergeEntered(readWorkflowJson(undefined, json), readWorkflowJson(undefined, additional));
		return { body: overridesBody(entered, uncheckedWorkflowValues(entered)).body, hints: entered.hints };
	};

	it('takes the whole body, as LoRA deployments want it', () => {
		const lora = { prompt: 'x', width: 512, 'sampler.name': 'y' };
		expect(bodyOf(lora)).toEqual({ body: lora, hints: [] });
		expect(bodyOf(lora, { width: null, seed: 3 }).body).toEqual({ prompt: 'x', 'sampler.name': 'y', seed: 3 });
	});

	it('takes additional inputs where the form is empty, as the body or as overrides', () => {
		const merged = (additional: unknown, json: unknown = {}) =>
			overridesBodyOf(mergeEntered(readWorkflowJson(undefined, json), readWorkflowJson(undefined, additional)));
		const inForm = (additional: unknown, values: Record<string, unknown> = {}) =>
			overridesBodyOf(mergeEntered(enteredFields(undefined, values), readWorkflowJson(undefined, additional)));
		expect(merged({ prompt: 'x' })).toEqual({ prompt: 'x' });
		expect(inForm({ prompt: 'x' })).toEqual({ prompt: 'x' });
		expect(inForm({})).toEqual({ overrides: {} });
		expect(merged({ '6.text': 'x' })).toEqual({ overrides: { 6: { inputs: { text: 'x' } } } });
		expect(inForm({ '3.steps': 4 }, { '6.text': 'x' })).toEqual({
			overrides: { 6: { inputs: { text: 'x' } }, 3: { inputs: { steps: 4 } } },
		});
		expect(merged({ '6.text': 'x' }, { prompt: 'y' })).toEqual({ prompt: 'y', '6.text': 'x' });
	});

	it('takes a file for an input of that body', () => {
		const entered = readWorkflowJson(undefined, { prompt: 'x' });
		setEntered(entered, undefined, 'ctrl_img_1', 'data:image/png;base64,file-0');
		expect(overridesBody(entered, []).body).toEqual({ prompt: 'x', ctrl_img_1: 'data:image/png;base64,file-0' });
	});

	it.each([
		[{ overrides: { 6: { inputs: { text: 'x' } } } }, 1],
		[{ 6: { inputs: { text: 'x' } } }, 1],
		[{ '6.text': 'x' }, 1],
	])('takes overrides unchecked: %j', (json, hints) => {
		expect(bodyOf(json).body).toEqual({ overrides: { 6: { inputs: { text: 'x' } } } });
		expect(bodyOf(json).hints).toHaveLength(hints);
	});

	it('leaves out what is not set', () => {
		expect(bodyOf({ '6.text': 'x', '3.steps': 4, '3.cfg': null }, { '6.text': null }).body).toEqual({
			overrides: { 3: { inputs: { steps: 4 } } },
		});
		const entered = mergeEntered(
			enteredFields(undefined, { '6.text': '', '7.text': 'y' }),
			readWorkflowJson(undefined, { '7.text': null, '8.text': '' }),
		);
		expect([...entered.values.keys()]).toEqual(['6.text', '8.text']);
		expect(overridesBodyOf(entered)).toEqual({ overrides: { 8: { inputs: { text: '' } } } });
	});

	it('takes a whole workflow', () => {
		for (const json of [{ workflow_api_json: sdxl }, sdxl, { prompt: sdxl }])
			expect(bodyOf(json).body).toEqual({ workflow_api_json: sdxl });
	});
});

describe('any JSON', () => {
	it('is read or refused, and never ends in another fault', () => {
		const random = numbers(26);
		const pick = <T>(list: T[]): T => list[Math.floor(random() * list.length)] as T;
		const names = [
			'6',
			'3',
			'6.text',
			'99.x',
			'inputs',
			'class_type',
			'overrides',
			'workflow_api_json',
			'extra_data',
			'__proto__',
			'text',
			'steps',
			'nodes',
			'links',
			'prompt',
			'',
		];
		const make = (depth: number): unknown => {
			if (depth === 0 || random() < 0.15)
				return pick<unknown>([null, 1, 'x', true, '', ['4', 0], [], {}, '{"6.text":"x"}', sdxl, 2n ** 70n]);
			return random() < 0.1
				? [make(depth - 1)]
				: Object.fromEntries(Array.from({ length: 3 }, () => [pick(names), make(depth - 1)]));
		};
		const outcomes = { accepted: 0, refused: 0 };
		for (let round = 0; round < 3_000; round += 1) {
			const [json, additional] = [make(4), random() < 0.3 ? make(3) : {}];
			try {
				run(json, additional);
				outcomes.accepted += 1;
			} catch (error) {
				expect(error).toBeInstanceOf(RunComfyFailure);
				outcomes.refused += 1;
			}
		}
		expect(Math.min(outcomes.accepted, outcomes.refused)).toBeGreaterThan(100);
	});
});
