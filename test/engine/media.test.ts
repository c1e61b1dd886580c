import type { CatalogModel } from '../simulator/catalog';
import { INPUT_IMAGE, readMedia } from '../simulator/media';
import { Simulator } from '../simulator/simulator';
import { DREAMINA, fieldInput, jsonInput, startBench, type Bench } from './support/setup';

let bench: Bench;
let elsewhere: Simulator;

beforeAll(async () => {
	bench = await startBench();
	elsewhere = await new Simulator().start();
});
afterAll(async () => {
	await elsewhere.stop();
	await bench.stop();
});
beforeEach(() => {
	bench.reset();
	elsewhere.reset();
});

const image = (name = INPUT_IMAGE) => `${bench.simulator.url}/files/inputs/${name}`;
const withImage = (url: unknown) =>
	fieldInput(bench.dreaminaInput({ image_urls: url as never }), { operation: 'submit' });
const answer = (status: number, body = '', headers = {}) => ({ type: 'answer' as const, status, body, headers });

/** Replaces the rules on Dreamina's picture while a test runs. */
function withRules(rules: Array<[string, number, string]>, run: () => Promise<void>): () => Promise<void> {
	return async () => {
		const model = bench.simulator.models.find(({ model_id }) => model_id === DREAMINA) as CatalogModel;
		const kept = model.input_schema;
		const copy = structuredClone(kept) as { properties: { image_urls: { validations: unknown } } };
		copy.properties.image_urls.validations = rules.map(([validation_rule, validation_value, validation_error]) => ({
			validation_rule,
			validation_value,
			validation_error,
		}));
		model.input_schema = copy;
		try {
			await run();
		} finally {
			model.input_schema = kept;
		}
	};
}

async function rejection(parameters: Parameters<Bench['run']>[0]) {
	const execution = await bench.runFast(parameters);
	expect(bench.simulator.calls('submit')).toHaveLength(0);
	const details = execution.error('RunComfy')?.context.details;
	expect(details).toMatchObject({ charged: 'no', retryable: false });
	return details ?? {};
}

async function acceptedWithHints(parameters: Parameters<Bench['run']>[0]) {
	const execution = await bench.runFast(parameters);
	expect(execution.error('RunComfy')).toBeUndefined();
	expect(bench.simulator.calls('submit')).toHaveLength(1);
	return execution.hints('RunComfy');
}

describe('a picture that keeps the rules', () => {
	it('is probed with one small call, and once for all items of a run', async () => {
		const items = Array.from({ length: 5 }, () => ({ json: {} }));
		const execution = await bench.run(withImage(image()), { items });

		expect(execution.warnings('RunComfy')).toEqual([]);
		expect(bench.simulator.calls('submit')).toHaveLength(5);
		expect(bench.simulator.calls('media').map(({ headers }) => headers.range)).toEqual(['bytes=0-65535']);
		expect(bench.simulator.calls('media')[0]?.headers.authorization).toBeUndefined();
		expect(bench.simulator.calls('media')[0]?.headers['accept-encoding']).toBe('identity');
	});

	it('is not probed when that is turned off', async () => {
		await bench.run({ ...withImage(image()), options: { checkMedia: false } });
		await bench.run({ ...withImage(image()), options: { validation: 'off' } });

		expect(bench.simulator.calls('submit')).toHaveLength(2);
		expect(bench.simulator.calls('media')).toHaveLength(0);
	});
});

describe('a picture that breaks a rule', () => {
	it.each<[string, [string, number, string], string]>([
		[
			'size',
			['file_size_mb<', 0.01, 'File size must be less than 0.01 MB.'],
			'File size must be less than 0.01 MB. (it is 0.02 MB)',
		],
		['width', ['width_pixels<=', 1000, 'Too wide.'], 'Too wide. (it is 1280 × 720 pixels)'],
		['height', ['height_pixels>', 720, 'Too low.'], 'Too low. (it is 1280 × 720 pixels)'],
		['shortest side', ['shortest_side_pixels>=', 721, 'Too small.'], 'Too small. (it is 1280 × 720 pixels)'],
		['ratio', ['width/height<', 1.5, ''], 'Its width/height must be less than 1.5 (it is 1280 × 720 pixels)'],
	])('(%s) is refused in the words of the model', async (_what, rule, text) => {
		await withRules([rule], async () => {
			const details = await rejection(withImage(image()));
			expect(details).toMatchObject({
				code: 'media_rejected',
				model_id: DREAMINA,
				message: `The model can't use a file: Image isn't accepted by the model: ${text}`,
			});
		})();
	});

	it(
		'is a hint when validation is set to warn',
		withRules([['width_pixels<=', 1000, 'Too wide.']], async () => {
			const hints = await acceptedWithHints({ ...withImage(image()), options: { validation: 'warn' } });
			expect(hints).toEqual([expect.stringContaining('Too wide.')]);
		}),
	);

	it(
		'is told together with everything else that is wrong',
		withRules([['width_pixels<=', 1000, 'Too wide.']], async () => {
			const details = await rejection(fieldInput({ image_urls: image(), prompt: '', resolution: '8K' }));
			expect(details.code).toBe('invalid_input');
			for (const part of ['Prompt is required', 'Resolution must be', 'Too wide.'])
				expect(details.message).toContain(part);
		}),
	);

	it(
		'is refused as a data URI too',
		withRules([['width_pixels<=', 1000, 'Too wide.']], async () => {
			const uri = `data:image/jpeg;base64,${readMedia(INPUT_IMAGE).bytes.toString('base64')}`;
			expect((await rejection(withImage(uri))).message).toContain('Too wide. (it is 1280 × 720 pixels)');
		}),
	);
});

describe('media that are certainly of no use', () => {
	it.each([
		['is gone', answer(404), "Image doesn't exist (HTTP 404)"],
		['is gone for good', answer(410), "Image doesn't exist (HTTP 410)"],
		['is a web page', answer(200, '<!doctype html><title>Log in</title>'), 'Image is a web page, not a media file'],
		[
			'is sent on to a private address',
			answer(302, '', { location: 'http://10.1.2.3/x.png' }),
			'Image is a private or local URL',
		],
	])('because it %s', async (_what, action, text) => {
		bench.simulator.fault({ on: 'media', action });
		const details = await rejection(withImage(image()));
		expect(details.code).toBe('media_rejected');
		expect(details.message).toContain(text);
	});

	it.each([
		'http://localhost/x.png',
		'http://127.0.0.1/x.png',
		'http://2130706433/x.png',
		'http://0x7f.1/x.png',
		'http://[::1]/x.png',
		'http://[::ffff:192.168.1.5]/x.png',
		'http://192.168.1.5/x.png',
		'http://169.254.169.254/latest/meta-data',
		'http://100.64.0.1/x.png',
		'https://nas.local/x.png',
		'https://intranet/x.png',
		'https://files.internal./x.png',
	])('because of its private address: %s', async (url) => {
		for (const checkMedia of [true, false]) {
			const details = await rejection({ ...withImage(url), options: { checkMedia } });
			expect(details).toMatchObject({
				code: 'media_rejected',
				message: expect.stringContaining('private or local URL'),
			});
		}
		expect(bench.simulator.calls('media')).toHaveLength(0);
	});

	it('because it lies on another port of this machine', async () => {
		const details = await rejection(withImage(`${elsewhere.url}/files/inputs/${INPUT_IMAGE}`));
		expect(details.code).toBe('media_rejected');
		expect(elsewhere.received).toHaveLength(0);
	});
});

describe('media that cannot be probed', () => {
	it.each([
		['asks for a login', answer(401)],
		['blocks bots', answer(403)],
		['is busy', answer(503)],
		['never answers', { type: 'hang' as const }],
		['drops the connection', { type: 'drop' as const }],
		['sends the call round in circles', answer(302, '', { location: `/files/inputs/${INPUT_IMAGE}` })],
	])('because the server %s are sent, with a hint', async (_what, action) => {
		bench.simulator.fault({ on: 'media', action });
		const hints = await acceptedWithHints(withImage(image()));
		expect(hints).toEqual([
			expect.stringMatching(/^Image couldn't be checked: its server .* The node submits it anyway\.$/),
		]);
	});

	it('because nobody knows the format are sent, with a hint', async () => {
		bench.simulator.fault({ on: 'media', action: answer(200, 'not an image', { 'content-type': 'image/x-new' }) });
		expect(await acceptedWithHints(withImage(image()))).toEqual([expect.stringContaining('width and height')]);
	});
});

describe('media inside of other inputs', () => {
	const rules = [{ validation_rule: 'width_pixels<=', validation_value: 10, validation_error: 'Too wide.' }];
	const oneImage = { type: 'string', format: 'image_uri' };
	const tooWide = "isn't accepted by the model: Too wide. (it is 1280 × 720 pixels)";

	/** Submits a value for one input with this schema, and returns what is said. */
	async function told(schema: object, value: unknown): Promise<string> {
		const entry = bench.simulator.models.find(({ model_id }) => model_id === DREAMINA) as CatalogModel;
		const kept = entry.input_schema;
		entry.input_schema = { type: 'object', properties: { thing: schema } };
		try {
			return String((await rejection(jsonInput({ thing: value as never }, { operation: 'submit' }))).message);
		} finally {
			entry.input_schema = kept;
		}
	}

	it.each<[string, object, () => unknown, string]>([
		[
			'rules of the entries',
			{ type: 'array', items: { ...oneImage, validations: rules } },
			() => [image()],
			tooWide,
		],
		[
			'one of several forms',
			{
				anyOf: [
					{ ...oneImage, validations: rules },
					{ type: 'array', items: oneImage },
				],
			},
			() => image(),
			tooWide,
		],
		[
			'a list as one of several forms',
			{ anyOf: [oneImage, { type: 'array', items: { ...oneImage, validations: rules } }] },
			() => [image(), image()],
			"(entry 2) isn't accepted",
		],
		[
			'a structured input',
			{
				type: 'array',
				items: { type: 'object', properties: { image_url: { ...oneImage, validations: rules } } },
			},
			() => [{ image_url: image() }],
			`"image_url" ${tooWide}`,
		],
		[
			'a structured input, private',
			{ type: 'object', properties: { picture: oneImage } },
			() => ({ picture: 'http://169.254.169.254/a' }),
			'"picture" is a private',
		],
		[
			'a structured input, no address',
			{ type: 'object', properties: { picture: oneImage } },
			() => ({ picture: 'not a url' }),
			'"picture" must be the URL',
		],
		[
			'a data URI with line breaks',
			{ ...oneImage, validations: rules },
			() =>
				`data:image/jpeg;base64,\n${readMedia(INPUT_IMAGE)
					.bytes.toString('base64')
					.replace(/(.{76})/g, '$1\n')}`,
			tooWide,
		],
	])('are checked: %s', async (_what, schema, value, text) => {
		expect(await told(schema, value())).toContain(text);
	});
});

describe('binary inputs', () => {
	const file = readMedia(INPUT_IMAGE).bytes;
	const binary = (name = 'data') => ({
		[name]: { data: file.toString('base64'), mimeType: 'image/jpeg', fileName: 'a.jpg' },
	});
	const parameters = (entries: Array<{ field: string; binaryPropertyName: string }>, value = {}, more = {}) =>
		fieldInput({ prompt: 'x', ...value }, { operation: 'submit', binaryInputs: { input: entries }, ...more });
	const dataUri = `data:image/jpeg;base64,${file.toString('base64')}`;
	const entry = (field = 'image_urls', binaryPropertyName = 'data') => ({ field, binaryPropertyName });

	it('send a file of the item as a data URI, which supplies a required input', async () => {
		const execution = await bench.run(parameters([entry()]), { items: [{ json: {}, binary: binary() }] });

		expect(execution.error('RunComfy')).toBeUndefined();
		expect(bench.simulator.accepted[0]?.input).toEqual({ prompt: 'x', image_urls: [dataUri] });
	});

	it('take a file out of the binary store of an earlier node', async () => {
		bench.simulator.nextPlans.push({ output: { image: `${bench.simulator.url}/files/r/image-1024x1024.png` } });
		const made = await bench.run(fieldInput(bench.dreaminaInput()));
		await bench.run(parameters([entry()]), { items: made.items('RunComfy') });

		const png = readMedia('image-1024x1024.png').bytes.toString('base64');
		expect(bench.simulator.accepted[1]?.input.image_urls).toEqual([`data:image/png;base64,${png}`]);
	});

	it('are added at the end of a list', async () => {
		const model = { __rl: true, mode: 'id', value: 'qwen/qwen-image-2.1/edit' };
		const entries = [entry('image_urls', 'a'), entry('image_urls', 'b')];
		await bench.run(parameters(entries, { image_urls: image() }, { model }), {
			items: [{ json: {}, binary: { ...binary('a'), ...binary('b') } }],
		});

		expect(bench.simulator.accepted[0]?.input.image_urls).toEqual([image(), dataUri, dataUri]);
	});

	it(
		'keep the rules too',
		withRules([['file_size_mb<', 0.01, 'Too large.']], async () => {
			const execution = await bench.run(parameters([entry()]), { items: [{ json: {}, binary: binary() }] });
			expect(execution.error('RunComfy')?.context.details).toMatchObject({
				code: 'media_rejected',
				message: expect.stringContaining('Too large. (it is 0.02 MB)'),
			});
			expect(bench.simulator.calls('submit')).toHaveLength(0);
		}),
	);

	it('have the type that their first bytes show, where n8n knows none', async () => {
		const unknown = {
			data: { data: file.toString('base64'), mimeType: 'application/octet-stream', fileName: 'a' },
		};
		await bench.run(parameters([entry()]), { items: [{ json: {}, binary: unknown }] });

		expect(bench.simulator.accepted[0]?.input).toEqual({ prompt: 'x', image_urls: [dataUri] });
	});

	it.each([
		['a video', readMedia('video-720p-121.mp4').bytes, 'Image is a video, but the model accepts an image'],
		['a text', Buffer.from('hello'), "Image isn't an image in a known format, but the model accepts an image"],
	])('are refused when %s stands where an image belongs', async (_what, bytes, text) => {
		const wrong = { data: { data: bytes.toString('base64'), mimeType: 'image/png', fileName: 'a.png' } };
		const execution = await bench.run(parameters([entry()]), { items: [{ json: {}, binary: wrong }] });

		expect(execution.error('RunComfy')?.context.details).toMatchObject({
			code: 'media_rejected',
			message: `The model can't use a file: ${text}`,
		});
		expect(bench.simulator.calls('submit')).toHaveLength(0);
	});

	it('name a file that is not there', async () => {
		const details = await rejection(parameters([entry('image_urls', 'nothing')]));
		expect(details).toMatchObject({
			code: 'invalid_input',
			message: 'The item has no file in the binary field "nothing", which Binary Inputs needs',
		});
	});

	it.each([
		[
			'an input that takes no file',
			{ field: 'prompt', binaryPropertyName: 'data' },
			"Prompt doesn't accept a file",
		],
		[
			'an input that is not there',
			{ field: 'last_image', binaryPropertyName: 'data' },
			"last_image isn't an input of this model",
		],
		['an empty file', { field: 'image_urls', binaryPropertyName: 'empty' }, 'Image is an empty file'],
		['a web page', { field: 'image_urls', binaryPropertyName: 'page' }, 'Image is a web page'],
	])('are refused for %s', async (_what, wrong, text) => {
		const files = {
			...binary(),
			empty: { data: '', mimeType: 'image/png' },
			page: { data: Buffer.from('<!doctype html>').toString('base64'), mimeType: 'text/html' },
		};
		const execution = await bench.run(parameters([wrong], { image_urls: null }), {
			items: [{ json: {}, binary: files }],
		});

		expect(execution.error('RunComfy')?.message).toContain(text);
		expect(bench.simulator.calls('submit')).toHaveLength(0);
	});

	it('are bounded', async () => {
		const uri = `data:image/png;base64,${'A'.repeat(65 * 1024 * 1024)}`;
		const details = await rejection(
			jsonInput(bench.dreaminaInput({ image_urls: [uri] }), { options: { checkMedia: false } }),
		);
		expect(details).toMatchObject({ code: 'media_rejected', message: expect.stringContaining('64 MB') });
	});

	it('are offered for the media inputs of the chosen model', async () => {
		const { nodeType } = bench.engine;
		const context = bench.engine.loadOptions(
			{ model: { __rl: true, mode: 'id', value: DREAMINA } },
			bench.credential(),
		);
		const options = await nodeType.methods!.loadOptions!.getMediaInputs!.call(context);
		expect(options).toMatchObject([{ name: 'Image', value: 'image_urls' }]);
	});
});
