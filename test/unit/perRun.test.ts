import type { ItemContext } from '../../nodes/RunComfy/execution/itemContext';
import { perRun } from '../../nodes/RunComfy/execution/perRun';
import type { Run } from '../../nodes/RunComfy/execution/run';

describe('perRun', () => {
	const itemOf = (run: object) => ({ run }) as unknown as ItemContext;

	it('creates a value once for all items of a run, and another one for another run', () => {
		let created = 0;
		const valueOf = perRun(() => ({ number: ++created }));
		const run = {};

		expect(valueOf(itemOf(run))).toBe(valueOf(itemOf(run)));
		expect(valueOf(itemOf({}))).toEqual({ number: 2 });
	});

	it('tries again for the next item after a failure', () => {
		const tries: Run[] = [];
		const valueOf = perRun((run) => {
			if (tries.push(run) === 1) throw new Error('not yet');
			return 'value';
		});
		const run = {};

		expect(() => valueOf(itemOf(run))).toThrow('not yet');
		expect(valueOf(itemOf(run))).toBe('value');
	});
});
