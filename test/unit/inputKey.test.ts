import { hasRandomSeed, inputKey } from '../../nodes/RunComfy/actions/steps/inputKey';
import type { BinaryInput } from '../../nodes/RunComfy/actions/steps/binaryInputs';
import { systemClock } from '../../nodes/RunComfy/shared/clock';

const TARGET = { family: 'model' as const, targetId: 'a/b' };

const keyOf = async (body: Record<string, unknown>, areSeedsRandom = false, files: BinaryInput[] = []) =>
	await inputKey(systemClock, TARGET, { body, files }, areSeedsRandom);

const fileOf = (content: string): BinaryInput => ({
	field: 'image',
	placeholder: 'data:image/png;base64,file-0',
	probe: { kind: 'unusable', reason: '' } as never,
	fileName: 'a.png',
	mimeType: 'image/png',
	bytes: content.length,
	prefix: 'data:image/png;base64,',
	base64: async function* () {
		yield await Promise.resolve(content);
	},
});

describe('inputKey', () => {
	it.each([
		[
			{ a: 1, b: 2 },
			{ b: 2, a: 1 },
		],
		[{ a: { x: 1, y: [1, { p: 1, q: 2 }] } }, { a: { y: [1, { q: 2, p: 1 }], x: 1 } }],
		[{ prompt: 'x', seed: -1 }, { prompt: 'x' }],
		[
			{ prompt: 'x', seed: '-1' },
			{ prompt: 'x', seed: null },
		],
		[{ 25: { inputs: { noise_seed: -1 } } }, { 25: { inputs: {} } }],
		[{ '25.seed': -1 }, {}],
	])('is the same for %j and %j', async (one, other) => expect(await keyOf(one)).toBe(await keyOf(other)));

	it.each([
		[{ a: 1 }, { a: '1' }],
		[{ a: [1, 2] }, { a: [2, 1] }],
		[{ seed: 0 }, {}],
		[{ seedling: -1 }, {}],
		[{ a: 1n }, { a: 2n }],
		[{ a: 'b', c: 'd' }, { a: 'b,"c":"d' }],
	])('is another one for %j and %j', async (one, other) => expect(await keyOf(one)).not.toBe(await keyOf(other)));

	it('leaves out seeds that are random', async () => {
		expect(await keyOf({ seed: 7, a: { noise_seed: 8n } }, true)).toBe(await keyOf({ a: {} }));
	});

	it('yields to other work before it has read all of a large input', async () => {
		let time = 0;
		let last = '';
		const reads: string[] = [];
		const body = {
			list: Array.from({ length: 50 }, (_, at) => ({
				get name() {
					return (last = `entry ${at}`);
				},
			})),
		};
		const clock = {
			now: () => (time += 100),
			date: () => 0,
			sleep: async () => {
				await Promise.resolve(reads.push(last));
			},
		};
		await inputKey(clock, TARGET, { body, files: [] }, false);

		expect(reads[0]).not.toBe('entry 49');
		expect(reads).toContain('entry 20');
	});

	it('takes a seed that is no plain value as it is', async () => {
		const odd = { seed: { toString: 1, valueOf: 1 } };

		expect(await keyOf(odd)).not.toBe(await keyOf({}));
	});

	it('depends on the target and on the contents of files', async () => {
		const body = { image: 'data:image/png;base64,file-0' };
		const other = await inputKey(systemClock, { ...TARGET, targetId: 'a/c' }, { body, files: [] }, false);

		expect(other).not.toBe(await keyOf(body));
		expect(await keyOf(body, false, [fileOf('AAAA')])).toBe(await keyOf(body, false, [fileOf('AAAA')]));
		expect(await keyOf(body, false, [fileOf('AAAA')])).not.toBe(await keyOf(body, false, [fileOf('AAAB')]));
	});
});

describe('hasRandomSeed', () => {
	it.each([
		[{ modelInput: { value: { seed: '={{ Math.floor(Math.random() * 9) }}' } } }, true],
		[{ workflowInput: { value: { '3.noise_seed': '={{ $now.toMillis() }}' } } }, true],
		[{ inputJson: '={ "prompt": "x", "seed": {{ Math.random() }} }' }, true],
		[{ options: { additionalInputs: '={{ { seed: Math.random() } }}' } }, true],
		[{ inputJson: '={{ { seed: Math.max(1, Math.floor(Math.random() * 9)), prompt: "x" } }}' }, true],
		[{ inputJson: '={ "seed": {{ $max(1, Math.random()) }}, "prompt": "x" }' }, true],
		[{ modelInput: { value: { seed: '={{ [1, 2].randomItem() }}' } } }, true],
		[{ modelInput: { value: { seed: '={{ $json.randomize ? -1 : 7 }}' } } }, false],
		[{ inputJson: '={{ { seed: $json.seed, at: Math.random() } }}' }, false],
		[{ inputJson: '={{ [{ a: { seed: $json.seed } }, Math.random()] }}' }, false],
		[{ modelInput: { value: { seed: '={{ $json.seed }}' } } }, false],
		[{ modelInput: { value: { prompt: '={{ Math.random() }}', seed: 7 } } }, false],
		[{ inputJson: '={ "seed": {{ $json.seed }}, "prompt": "{{ Math.random() }}" }' }, false],
		[{ inputJson: '{ "seed": 7, "prompt": "random" }' }, false],
	])('of %j is %s', (parameters, isRandom) => expect(hasRandomSeed(parameters)).toBe(isRandom));
});
