import { NodeHelpers, type ILoadOptionsFunctions, type INodeParameters, type INodeProperties } from 'n8n-workflow';

import { readExamples } from '../e2e/examples';
import { runComfyNode } from './support/engine';
import { DREAMINA, useBench } from './support/setup';

const bench = useBench();

const context = (parameters: INodeParameters, credential = bench.credential() as never) =>
	bench.engine.loadOptions(parameters, credential) as unknown as ILoadOptionsFunctions;

async function searchModels(filter?: string, paginationToken?: string) {
	return await bench.engine.nodeType.methods!.listSearch!.searchModels!.call(context({}), filter, paginationToken);
}

async function fieldsOf(model: unknown, credential?: never) {
	const parameters = { model } as INodeParameters;
	return await bench.engine.nodeType.methods!.resourceMapping!.getModelInputFields!.call(
		context(parameters, credential),
	);
}

const chosen = (value: string) => ({ __rl: true, mode: 'list', value });

describe('the model list', () => {
	it('shows name, task and price, by task and price, page by page', async () => {
		const first = await searchModels();
		const second = await searchModels(undefined, first.paginationToken);

		expect(first.results).toHaveLength(50);
		expect(first.paginationToken).toBe('50');
		expect(second.paginationToken).toBeUndefined();
		const all = [...first.results, ...second.results];
		expect(all.map(({ value }) => value).sort()).toEqual(
			bench.simulator.models.map(({ model_id }) => model_id).sort(),
		);
		const names = all.map(({ name }) => name);
		expect(names).toEqual(
			expect.arrayContaining([
				'Kling 3.0 Pro · Image to Video · from $0.05/s',
				'Seedream 5.0 Pro · Text to Image · from $0.12/output',
			]),
		);
		const tasks = names.map((name) => name.split(' · ')[1] ?? '');
		expect(tasks).toEqual([...tasks].sort());
		expect(names.every((name) => name.length <= 80)).toBe(true);
	});

	it.each([
		['kling 0.05', 'Kling 3.0 4K · Image to Video · from $0.05/s'],
		['$0.12 seedream', 'Seedream 5.0 Pro · Image to Image · from $0.12/output'],
		['kling per second', 'Kling 3.0 4K · Image to Video · from $0.05/s'],
	])('is searched by price: "%s"', async (text, name) => {
		expect((await searchModels(text)).results[0]?.name).toBe(name);
	});

	it.each(['DREAMINA', 'dreamina 3.0', 'i2v dreamina', DREAMINA])('is searched for "%s"', async (text) => {
		const { results } = await searchModels(text);

		expect(results).toEqual([
			{
				name: 'Dreamina 3.0 · Image to Video · from $0.12/output',
				value: DREAMINA,
				description: `image-to-video · ${DREAMINA}`,
				url: `https://www.runcomfy.com/models/${DREAMINA}`,
			},
		]);
	});

	it('names the preset model as the list does, with its link', async () => {
		const preset = bench.engine.nodeType.description.properties.find(({ name }) => name === 'model')?.default;
		const [listed] = (await searchModels(DREAMINA)).results;
		const { cachedResultName, cachedResultUrl } = preset as unknown as Record<string, string>;
		expect(listed?.name.startsWith(`${cachedResultName} · `)).toBe(true);
		expect(cachedResultUrl).toBe(listed?.url);
	});

	it('reads the catalog once for all keys and pages', async () => {
		for (const text of ['k', 'kl', 'kling', 'kling ', 'kling 3']) await searchModels(text);
		await searchModels(undefined, '50');

		expect(bench.simulator.calls('models')).toHaveLength(1);
	});

	it('says what is wrong when it cannot be had', async () => {
		bench.simulator.fault({ on: 'models', action: { type: 'answer', status: 401, body: '{}' } });

		await expect(searchModels()).rejects.toThrow('RunComfy rejected the API token');
	});
});

describe('the form', () => {
	it("has Dreamina's fields, with what a person has to know in their names", async () => {
		const { fields } = await fieldsOf(chosen(DREAMINA));

		expect(fields.map(({ displayName, type, defaultValue }) => [displayName, type, defaultValue])).toEqual([
			['Prompt * (max 800 chars)', 'string', undefined],
			['Image * (URL, < 4.7 MB, JPEG/PNG, 320–4096 px, ratio up to 3:1)', 'string', undefined],
			['Number of Frames', 'options', 121],
			['Resolution', 'options', '720P'],
			['Seed (-1 = random)', 'number', -1],
		]);
		expect(fields[2]?.options).toEqual([
			{ name: '121 (≈ 5 s)', value: 121 },
			{ name: '241 (≈ 10 s)', value: 241 },
		]);
		expect(bench.simulator.received).toHaveLength(1);
	});

	it.each(readExamples())('of the example "$name" is the current one', async ({ nodes }) => {
		for (const { parameters } of nodes.filter((node) => node.parameters.modelInput !== undefined)) {
			const { model, modelInput } = parameters as unknown as {
				model: { value: string };
				modelInput: { schema: unknown };
			};
			expect(modelInput.schema).toEqual((await fieldsOf(chosen(model.value))).fields);
		}
	});

	it('comes from the bundled schema when the catalog cannot be reached', async () => {
		const live = await fieldsOf(chosen(DREAMINA));
		bench.simulator.fault({ on: 'model', action: { type: 'answer', status: 404, body: '{}' } });

		expect(await fieldsOf(chosen(DREAMINA))).toEqual(live);
		expect(await fieldsOf(chosen(DREAMINA), { apiToken: '' } as never)).toEqual(live);
	});

	it('is that of the model of a page, and so are the media inputs', async () => {
		const page = {
			__rl: true,
			mode: 'url',
			value: 'https://www.runcomfy.com/models/bytedance/seedance-v2/pro/api',
		};
		expect(await fieldsOf(page)).toEqual(await fieldsOf(chosen('bytedance/seedance-2.0/pro')));
		const media = await bench.engine.nodeType.methods!.loadOptions!.getMediaInputs!.call(context({ model: page }));
		expect(media.map(({ value }) => value)).toEqual(expect.arrayContaining(['images', 'audios']));
		expect(bench.simulator.calls('models')).toHaveLength(1);
	});

	it('lists the media inputs with the rules about their files', async () => {
		const media = await bench.engine.nodeType.methods!.loadOptions!.getMediaInputs!.call(
			context({ model: chosen(DREAMINA) }),
		);
		expect(media).toEqual([
			{ name: 'Image', value: 'image_urls', description: '< 4.7 MB, JPEG/PNG, 320–4096 px, ratio up to 3:1' },
		]);
	});

	it('lists the inputs that take long texts, by the titles of the form', async () => {
		const texts = await bench.engine.nodeType.methods!.loadOptions!.getTextInputs!.call(
			context({ model: chosen('kling/kling-3.0/standard/image-to-video') }),
		);
		expect(texts).toEqual([
			{ name: 'Prompt', value: 'prompt' },
			{ name: 'Negative Prompt', value: 'negative_prompt' },
		]);
	});

	it('takes the path of a page for the id where the catalog cannot be had', async () => {
		const live = await fieldsOf(chosen(DREAMINA));
		const page = { __rl: true, mode: 'url', value: `https://www.runcomfy.com/models/${DREAMINA}` };
		expect(await fieldsOf(page, { apiToken: '' } as never)).toEqual(live);
		bench.simulator.fault({ on: 'models', action: { type: 'answer', status: 404, body: '' } });
		expect(await fieldsOf(page)).toEqual(live);
		bench.simulator.fault({ on: 'model', action: { type: 'answer', status: 401, body: '{}' } });
		expect(await fieldsOf(page)).toEqual(live);
	});

	it.each([
		['kling/kling-3.0', "isn't the page of a single model. Models there: kling/kling-3.0/4k/image-to-video, "],
		['collections/kling', "isn't the page of a model in RunComfy's catalog"],
	])('is a notice for the page %s', async (page, notice) => {
		const model = { __rl: true, mode: 'url', value: `https://www.runcomfy.com/models/${page}` };
		expect(await fieldsOf(model)).toEqual({ fields: [], emptyFieldsNotice: expect.stringContaining(notice) });
	});

	it.each([
		['there is no model yet', '', 'Select a model to see its input fields here'],
		['the model is an expression', '={{ $json.model }}', 'comes from an expression'],
		['the model is unknown', 'no/such-model', "doesn't have the model no/such-model. Check Model"],
		[
			'the model is spelt in another way',
			'kling/kling-3/pro/i2v',
			'Did you mean kling/kling-3.0/pro/image-to-video? ',
		],
		['the model is no id', 'nonsense', 'neither a model ID'],
	])('is a notice when %s', async (_what, value, notice) => {
		expect(await fieldsOf(chosen(value))).toEqual({
			fields: [],
			emptyFieldsNotice: expect.stringContaining(notice),
		});
	});

	it('has fields for every model of the catalog, the same each time', async () => {
		for (const { model_id, inputs } of bench.simulator.models) {
			const first = await fieldsOf(chosen(model_id));
			expect(first.fields.map(({ id }) => id).sort()).toEqual([...inputs].sort());
			expect(await fieldsOf(chosen(model_id))).toEqual(first);
		}
	});
});

describe('what is shown', () => {
	/** The names of the parameters, and of the options in the collection, that the editor shows. */
	function shown(parameters: INodeParameters, { isTool = false, isDurable = false } = {}): string[] {
		const { description: node } = isDurable ? bench.engine.durableNodeType : bench.engine.nodeType;
		const description = { ...node, name: isTool ? `${node.name}Tool` : node.name };
		const values =
			NodeHelpers.getNodeParameters(description.properties, parameters, true, false, null, description) ?? {};
		const isShown = (property: INodeProperties) =>
			NodeHelpers.displayParameter(values, property, null, description, values);
		const properties = description.properties.filter(isShown);
		const options = properties
			.filter(({ name }) => name === 'options')
			.flatMap((property) => property.options as INodeProperties[]);
		return [...properties, ...options.filter(isShown)].map(({ name }) => name);
	}

	it.each([false, true])(
		'depends on parameters of the node alone, or n8n 1.123 opens no workflow: durable %s',
		(isDurable) => {
			const { properties } = (isDurable ? bench.engine.durableNodeType : bench.engine.nodeType).description;
			const known = new Set(properties.map(({ name }) => name));
			const named = properties
				.flatMap(({ displayOptions }) => Object.keys({ ...displayOptions?.show, ...displayOptions?.hide }))
				.filter((name) => !name.startsWith('@'));
			expect(named.filter((name) => !known.has(name))).toEqual([]);
		},
	);

	const aboutFiles = ['binaryPropertyName', 'downloadHosts', 'downloadKinds', 'maxFileSize'];

	it.each(['submitAndWait', 'wait', 'getResult'])('of files in %s is what applies', (operation) => {
		expect(shown({ operation })).toEqual(expect.arrayContaining([...aboutFiles, 'downloadOutput']));
		const withoutFiles = shown({ operation, downloadOutput: false });
		expect(withoutFiles).toContain('downloadOutput');
		expect(withoutFiles.filter((name) => aboutFiles.includes(name))).toEqual([]);
	});

	it.each([
		['submit', false],
		['submitAndWait', false],
		['wait', false],
		['getResult', false],
		['submitAndWait', true],
		['wait', true],
	])('to an agent has no files and no items: %s, durable %s', (operation, isDurable) => {
		const names = shown({ operation }, { isTool: true, isDurable });
		const never = [...aboutFiles, 'downloadOutput', 'binaryInputs', 'maxConcurrency'];
		expect(names.filter((name) => never.includes(name))).toEqual([]);
		expect(names.includes('toolFilesNotice')).toBe(operation !== 'submit');
		expect(names.includes('toolWaitNotice')).toBe(['submitAndWait', 'wait'].includes(operation));
		// The action of Submit says so itself.
		expect(names.includes('toolPaidNotice')).toBe(operation === 'submitAndWait');
		expect(shown({ operation }, { isDurable }).filter((name) => name.startsWith('tool'))).toEqual([]);
	});
});

describe('the hints', () => {
	function hints(parameters: INodeParameters, when: string): string[] {
		const isTrue = (condition: string) => {
			try {
				return bench.engine.evaluate(runComfyNode(parameters), condition) === true;
			} catch {
				// The editor shows no hint where the data for its condition is not there yet.
				return false;
			}
		};
		const { hints: all = [] } = bench.engine.nodeType.description;
		return all
			.filter(({ whenToDisplay, displayCondition }) => whenToDisplay === when && isTrue(displayCondition!))
			.map(({ message }) => message);
	}

	it.each<[string, object | null, INodeParameters, boolean]>([
		['nothing is entered', null, {}, true],
		['the picture is missing', { prompt: 'a boat' }, {}, true],
		['all is entered', { prompt: 'a boat', image_urls: '={{ $json.url }}' }, {}, false],
		[
			'a file supplies it',
			{ prompt: 'a boat' },
			{ binaryInputs: { input: [{ field: 'image_urls', binaryPropertyName: 'data' }] } },
			false,
		],
		[
			'additional inputs may supply it',
			{ prompt: 'a boat' },
			{ options: { additionalInputs: '{"image_urls":["https://a.example/b.png"]}' } },
			false,
		],
		['the input is JSON', null, { specifyInput: 'json' }, false],
		['nothing is submitted', null, { operation: 'getStatus' }, false],
	])('on a field with a star when %s', async (_what, value, parameters, isThere) => {
		const { fields } = await fieldsOf(chosen(DREAMINA));
		const modelInput = { mappingMode: 'defineBelow', value, schema: fields } as unknown as INodeParameters;
		const messages = hints({ modelInput, ...parameters }, 'beforeExecution');
		expect(messages.some((message) => message.includes('A required field (*) is empty'))).toBe(isThere);
	});

	it.each([
		['', true],
		['={{ undefined }}', true],
		['={{ $json.request_id }}', false],
		['an-id', false],
	])('on the request ID "%s": %s', (requestId, isThere) => {
		expect(
			hints({ operation: 'wait', requestId }, 'beforeExecution').some((message) =>
				message.includes('Request ID'),
			),
		).toBe(isThere);
	});

	it.each<[INodeParameters, boolean]>([
		[{ downloadOutput: false }, true],
		[{}, false],
		[{ operation: 'submit' }, false],
	])('on addresses that expire, with %j: %s', (parameters, isThere) => {
		expect(hints(parameters, 'afterExecution').some((message) => message.includes('expire'))).toBe(isThere);
	});
});

describe('the subtitle', () => {
	const page = (value: string, mode = 'url') => ({ __rl: true, mode, value });

	it.each<[INodeParameters, string]>([
		[{}, 'dreamina-3-0/image-to-video'],
		[{ operation: 'submit' }, 'dreamina-3-0/image-to-video'],
		[{ model: page('https://www.runcomfy.com/models/openai/sora-2/text-to-video/api') }, 'sora-2/text-to-video'],
		[{ resource: 'model', operation: 'get', model: page('={{ "a/b/c" }}', 'id') }, 'b/c'],
		[{ model: page('kling/kling-video-o3/standard/reference-to-video', 'id') }, 'kling-video-o3/standard/R2V'],
		[{ model: page('bytedance/seedance-2.5/first-last-frame/480p', 'id') }, 'seedance-2.5/FLF/480p'],
		[{ model: page('blackforestlabs/flux-3/first-last-frame-to-video/draft', 'id') }, 'flux-3/FLF2V/draft'],
		[{ model: page('', 'id') }, 'submitAndWait: request'],
		[{ operation: 'wait' }, 'wait: request'],
		[{ resource: 'model', operation: 'getAll' }, 'getAll: model'],
		[{ resource: 'deployment', operation: 'get' }, 'get: deployment'],
		[{ resource: 'deployment', operation: 'getAll', deployment: page('d1', 'id') }, 'getAll: deployment'],
		[{ resource: 'deployment', operation: 'get', deployment: page('d1d2a3b4-5678', 'id') }, 'd1d2a3b4-5678'],
		[
			{
				resource: 'deployment',
				operation: 'update',
				deployment: { __rl: true, mode: 'list', value: 'd1d2a3b4-5678', cachedResultName: 'Product shots' },
			},
			'Product shots',
		],
		[{ resource: 'account', operation: 'getBalance' }, 'getBalance: account'],
	])('of %j is "%s"', (parameters, subtitle) => {
		for (const { description } of [bench.engine.nodeType, bench.engine.durableNodeType])
			expect(bench.engine.evaluate(runComfyNode(parameters), description.subtitle!)).toBe(subtitle);
	});

	it('of every model of the catalog tells it from the others, in the room that there is', () => {
		const all = bench.simulator.models.map(({ model_id: id }) =>
			String(
				bench.engine.evaluate(
					runComfyNode({ model: page(id, 'id') }),
					bench.engine.nodeType.description.subtitle!,
				),
			),
		);
		expect(new Set(all.map((text) => text.slice(0, 28))).size).toBe(all.length);
	});
});
