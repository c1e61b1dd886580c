import { describeModelInputs } from '../../nodes/RunComfy/schema/modelInputs';
import { Validation } from '../../nodes/RunComfy/schema/validation';
import { ACCEPTED, UNSURE, type Verdict } from '../../nodes/RunComfy/schema/verdict';

/* The bounds on the work with schemas, which come from outside. They are counted, and not timed. */
describe('the check of a value', () => {
	const accept = () => ACCEPTED;

	it('is left to the service after some millions of steps', () => {
		const validation = new Validation({}, accept);
		let steps = 0;
		while (steps < 10_000_000 && validation.oneDeeper(accept) === ACCEPTED) steps += 1;

		expect(steps).toBe(5_000_000);
		expect(validation.oneDeeper(accept)).toBe(UNSURE);
	});

	it('goes so deep and no deeper, and up again', () => {
		const validation = new Validation({}, accept);
		let deepest = 0;
		const down = (depth: number): Verdict => {
			deepest = depth;
			return depth < 2_000 ? validation.oneDeeper(() => down(depth + 1)) : ACCEPTED;
		};

		expect(down(0)).toBe(UNSURE);
		expect(deepest).toBe(500);
		expect(validation.oneDeeper(accept)).toBe(ACCEPTED);
	});
});

describe('the form of a model', () => {
	/** So many inputs that lead in circles, and how often what they refer to was looked up. */
	function looksAt(count: number): number {
		let looks = 0;
		const circle = { anyOf: [{ type: 'array' }, ...Array.from({ length: 6 }, () => ({ $ref: '#/$defs/circle' }))] };
		const $defs = Object.defineProperty({}, 'circle', {
			enumerable: true,
			get: () => {
				looks += 1;
				return circle;
			},
		});
		const properties = Object.fromEntries(
			Array.from({ length: count }, (_, index) => [`input_${index}`, { $ref: '#/$defs/circle' }]),
		);
		expect(describeModelInputs({ properties, $defs })?.inputs).toHaveLength(count);
		return looks;
	}

	it('takes a bounded number of schemas for one input, and for all of them together', () => {
		expect(looksAt(1)).toBeLessThanOrEqual(5_000);
		expect(looksAt(20)).toBeLessThanOrEqual(50_000);
	});
});
