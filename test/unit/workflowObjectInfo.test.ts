import { ObjectInfoExtractor } from '../../nodes/RunComfy/workflow/objectInfo';
import { numbers } from '../support/numbers';
import { counted } from '../support/steps';
import { generatedObjectInfo, objectInfoText } from '../support/workflows';

const classic = JSON.parse(objectInfoText('classic')) as Record<string, unknown>;
const KSAMPLER = classic.KSampler;

function extract(pieces: Iterable<string | Uint8Array>, wanted: string[]) {
	const extractor = new ObjectInfoExtractor(wanted);
	let steps = 0;
	for (const piece of pieces) steps += counted(extractor.read(piece)).count;
	return { ...extractor.end(), steps };
}

/** JSON in which a seed of the class keeps its digits. */
const plain = (value: unknown) =>
	JSON.parse(
		JSON.stringify(value, (_name, entry: unknown) => (typeof entry === 'bigint' ? Number(entry) : entry)),
	) as unknown;

describe('object_info', () => {
	it.each(['classic', 'new'] as const)('gives the wanted classes alone, in the %s form', (form) => {
		const { classes, problem } = extract([objectInfoText(form)], ['KSampler', 'ShowText|pysssss', 'Missing']);
		expect([...classes.keys()]).toEqual(['KSampler', 'ShowText|pysssss']);
		expect(plain(classes.get('KSampler'))).toEqual(
			(JSON.parse(objectInfoText(form)) as Record<string, unknown>).KSampler,
		);
		expect(problem).toBeUndefined();
	});

	it('may be cut anywhere: in texts, escapes and characters', () => {
		const text = '\ufeff{ "Ü\\u0062🎨": {"a": "}\\"\\\\", "b": [1, {"c": "{"}]}, "x": 3 , "🎬": {"d": "é🎨"} }\n';
		const bytes = Buffer.from(text);
		for (let at = 0; at <= bytes.length; at += 1) {
			const { classes, problem } = extract([bytes.subarray(0, at), bytes.subarray(at)], ['Üb🎨', '🎬', 'none']);
			expect(Object.fromEntries(classes)).toEqual({
				'Üb🎨': { a: '}"\\', b: [1, { c: '{' }] },
				'🎬': { d: 'é🎨' },
			});
			expect(problem).toBeUndefined();
		}
		for (let at = 0; at <= text.length; at += 1)
			expect(extract([text.slice(0, at), text.slice(at)], ['Üb🎨', '🎬', 'none']).classes.size).toBe(2);
		const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
		expect(extract(single, ['Üb🎨', '🎬', 'none']).classes.size).toBe(2);
	});

	it('keeps nothing of a buffer that is used again', () => {
		const shared = Buffer.alloc(7);
		const bytes = Buffer.from('{"A": {"name": "first class"}, "B": {"name": "second"}}');
		const extractor = new ObjectInfoExtractor(['A', 'B']);
		for (let at = 0; at < bytes.length; at += shared.length) {
			const length = bytes.copy(shared, 0, at, at + shared.length);
			counted(extractor.read(shared.subarray(0, length)));
			shared.fill(0);
		}
		expect(Object.fromEntries(extractor.end().classes)).toEqual({
			A: { name: 'first class' },
			B: { name: 'second' },
		});
	});

	it.each([
		['<!DOCTYPE html><html></html>', /web page/],
		['', /empty/],
		['[{"KSampler": {}}]', /isn't a JSON object/],
		['NaN', /isn't a JSON object/],
		['{"A": {"b": 1}', /ends too early/],
		['{"A": {"b": 1}} trailing', /follows its end/],
		['{"A": {"b": 1}, "Bad": {"c": ]}, "Z": {}}', /isn't valid JSON/],
		['{"A": {"b": 1}, nonsense}', /isn't valid JSON/],
		['{"A": {"b": 1} "B": {}}', /isn't valid JSON/],
		['{"A": {"b": 1}, "Broken": {"c": oops}, "Z": {}}', /"Broken" isn't valid JSON/],
		[`{"A": {"b": 1}, "Deep": ${'['.repeat(2_000)}`, /nested too deep/],
	])('says what is wrong with %.50s, and keeps what was found', (text, problem) => {
		const result = extract([text], ['A', 'Broken', 'none']);
		expect(result.problem).toMatch(problem);
		expect([...result.classes.keys()]).toEqual(text.startsWith('{') ? ['A'] : []);
	});

	it('reads on after a class that is broken inside, and reads NaN', () => {
		const { classes, problem } = extract(
			['{"A": {"b": oops}, "C": {"max": Infinity, "min": -Infinity, "d": NaN, "e": "NaN"}}'],
			['A', 'C'],
		);
		expect(classes.get('C')).toEqual({ max: null, min: null, d: null, e: 'NaN' });
		expect(problem).toContain('"A"');
	});

	it('passes over members that are no classes, and keeps the digits of limits', () => {
		const { classes } = extract(
			['{"A": "text", "B": 3, "C": null, "D": {"max": 18446744073709551615}, "E": [1]}'],
			['A', 'B', 'C', 'D', 'E'],
		);
		expect([...classes]).toEqual([['D', { max: 18446744073709551615n }]]);
	});

	it('takes the prototype for a name', () => {
		expect(
			extract(['{"__proto__": {"a": 1}, "constructor": {"b": 2}}'], ['__proto__', 'constructor']).classes.size,
		).toBe(2);
		expect(extract(['{"A": {}}'], ['constructor', 'toString']).classes.size).toBe(0);
	});

	it('does not keep a class that is too large', () => {
		const huge = {
			input: {
				required: {
					file: [
						Array.from(
							{ length: 40_000 },
							(_, at) => `a rather long name of a file ${at} that takes room.png`,
						),
					],
				},
			},
		};
		const { classes, problem } = extract([JSON.stringify({ Huge: huge, A: { b: 1 } })], ['Huge', 'A']);
		expect([...classes.keys()]).toEqual(['A']);
		expect(problem).toContain('too large');
	});

	it('is read no further than the last class that is wanted', () => {
		const extractor = new ObjectInfoExtractor(['A']);
		counted(extractor.read('{"A": {"b": 1}, '));
		expect(extractor.isComplete).toBe(true);
		expect(counted(extractor.read('no JSON at all')).count).toBe(0);
		expect(extractor.end().problem).toBeUndefined();
		expect(new ObjectInfoExtractor([]).isComplete).toBe(true);
	});

	it.each([4, 30])('of %d MB is read in more steps than it has blocks of 256 KB', (megabytes) => {
		const bytes = megabytes * 1024 * 1024;
		let length = 0;
		function* pieces() {
			for (const piece of generatedObjectInfo(bytes, { KSampler: KSAMPLER })) {
				length += piece.length;
				yield piece;
			}
		}
		const { classes, problem, steps } = extract(pieces(), ['KSampler', 'Generated 7', 'Missing']);
		expect(length).toBeGreaterThan(bytes);
		expect([...classes.keys()]).toEqual(['Generated 7', 'KSampler']);
		expect(problem).toBeUndefined();
		expect(steps).toBeGreaterThan(bytes / (256 * 1024));
	});

	it('in one piece is read in steps of 256 KB', () => {
		const text = [...generatedObjectInfo(4 * 1024 * 1024)].join('');
		const { steps } = extract([text], ['Missing']);
		expect(steps).toBe(Math.ceil(Buffer.byteLength(text) / (256 * 1024)));
	});

	it('gives the same classes wherever it is cut', () => {
		const random = numbers(7);
		const bytes = Buffer.from(objectInfoText('new'));
		const wanted = Object.keys(JSON.parse(objectInfoText('new')) as object);
		const whole = [...extract([bytes], wanted).classes];
		expect(whole).toHaveLength(wanted.length);
		for (let round = 0; round < 20; round += 1) {
			const pieces: Buffer[] = [];
			for (let at = 0; at < bytes.length; at += pieces.at(-1)?.length ?? 1)
				pieces.push(bytes.subarray(at, at + 1 + Math.floor(random() * 3_000)));
			expect([...extract(pieces, wanted).classes]).toEqual(whole);
		}
	});
});
