import { hasOutput, outputOf, resultStatus } from '../../nodes/RunComfy/jobs/jobResult';

const FILE = { url: 'https://a/b.png', filename: 'b.png', subfolder: '', type: 'output' };

describe('the outputs of a workflow', () => {
	it.each<[unknown, boolean]>([
		[{ '9': { images: [FILE] } }, true],
		[{ '38:42': { gifs: [FILE] } }, true],
		[{ '4': { text: [['a street']] } }, true],
		[{ '4': { text: 'a street' } }, true],
		[{ '9': { images: [] }, '10': { images: [FILE] } }, true],
		[{ '9': [FILE] }, true],
		[[FILE], true],
		[{}, false],
		[{ '9': {} }, false],
		[{ '9': { images: [] } }, false],
		[{ '9': null }, false],
		[[], false],
		['', false],
	])('%j hold something: %s', (outputs, expected) => {
		expect(hasOutput({ outputs })).toBe(expected);
		expect(resultStatus({ status: 'succeeded', outputs })).toBe('succeeded');
	});

	it.each<[Record<string, unknown>, unknown]>([
		[{ outputs: null, output: 'x' }, 'x'],
		[{ outputs: { '9': {} }, output: 'x' }, { '9': {} }],
		[{ output: { video: 'v' } }, { video: 'v' }],
		[{}, undefined],
	])('of %j are %j', (result, expected) => {
		expect(outputOf(result)).toEqual(expected);
	});

	it('tell where the status does not', () => {
		expect(resultStatus({ outputs: { '9': { images: [FILE] } } })).toBe('succeeded');
		expect(resultStatus({ status: 'completed', error: { message: 'no' }, outputs: {} })).toBe('failed');
		expect(resultStatus({ status: 'completed', error: 'a warning', outputs: { '9': { images: [FILE] } } })).toBe(
			'succeeded',
		);
	});
});
