import { minutesOf, peersGroups, peersOptions } from '../bench/peersPlan';
import { figuresOfCalls, groupRows, PEERS_HEAD, type PeerFigures } from '../bench/peersTable';
import { mean, median, mostWithin } from '../bench/statistics';

describe('the figures of several runs', () => {
	it.each([
		[[3, 1, 2], 2],
		[[10, 9, 100, 1], 9.5],
		[[7], 7],
		[[], NaN],
	])('the median of %j is %d', (values, middle) => expect(median(values)).toBe(middle));

	it('does not reorder what it is given', () => {
		const values = [3, 1, 2];
		median(values);
		mostWithin(1, values);
		expect(values).toEqual([3, 1, 2]);
	});

	it('has the mean', () => expect(mean([1, 2, 6])).toBe(3));

	it('counts the most calls of any second, whose end is not part of it', () => {
		expect(mostWithin(1000, [2500, 0, 999, 1000, 1998])).toBe(3);
		expect(mostWithin(1000, [0, 1000, 2000])).toBe(1);
		expect(mostWithin(1000, [])).toBe(0);
	});
});

describe('what the simulator received', () => {
	const requests = [
		{ id: 'one', submittedAt: 10_000 },
		{ id: 'two', submittedAt: 11_000 },
	];
	const call = (endpoint: string, path: string, at: number) => ({ endpoint, path, at });
	const received = [
		call('submit', '/v1/models/m', 10_000),
		call('submit', '/v1/models/m', 11_000),
		call('result', '/v1/requests/one/result', 12_000),
		call('status', '/v1/requests/one/status', 13_000),
		call('result', '/v1/requests/one/result', 13_000),
		call('file', '/files/one/video.mp4', 13_000),
		call('result', '/v1/requests/two/result', 16_000),
	];

	it('tells how late the last read of each result was, and counts all calls but those for files', () => {
		expect(figuresOfCalls(received, requests, 2)).toEqual({ lateSeconds: 2, calls: 6, mostInASecond: 2 });
	});

	it('has no lateness when a result was never read', () => {
		expect(figuresOfCalls(received.slice(0, 3), requests, 2).lateSeconds).toBeNaN();
	});
});

describe('the table', () => {
	const figures = (change: Partial<PeerFigures>): PeerFigures => ({
		overSeconds: 2,
		lateSeconds: 1,
		calls: 4,
		mostInASecond: 2,
		growthMb: 3,
		load: 0.5,
		...change,
	});

	it('shows medians, the highest load, and the best of each column in bold, whoever it is', () => {
		const rows = groupRows('1 x 2 s', [
			{
				name: 'a loop',
				runs: [{ overSeconds: 9 }, { overSeconds: 3 }, { overSeconds: 4, load: 1.7 }].map(figures),
			},
			{ name: 'this node', runs: [figures({ overSeconds: 0.54, calls: 9, growthMb: 3.4 })] },
		]);
		expect(rows).toEqual([
			['1 x 2 s', 'a loop', '4.0', '**1.0**', '**4**', '**2**', '**3**', '1.7'],
			['1 x 2 s', 'this node', '**0.5**', '**1.0**', '9', '**2**', '**3**', '0.5'],
		]);
		expect(rows.map((row) => row.length)).toEqual([PEERS_HEAD.length, PEERS_HEAD.length]);
	});
});

describe('the plan', () => {
	it('takes less than 45 minutes by default, with each number of requests and each render time', () => {
		const options = peersOptions([]);
		const groups = peersGroups(options);
		expect(options).toEqual({ times: 3, requests: [1, 5, 50], seconds: [2, 7.3, 65], fileMb: 200 });
		expect(groups.map(({ requests, seconds, fileMb }) => [requests, seconds, fileMb])).toEqual([
			[1, 2, 0],
			[5, 2, 0],
			[50, 2, 0],
			[1, 7.3, 0],
			[5, 7.3, 0],
			[50, 7.3, 0],
			[1, 65, 0],
			[5, 65, 0],
			[50, 65, 0],
			[1, 2, 200],
		]);
		expect(minutesOf(groups, options.times)).toBeLessThan(45);
	});

	it('measures one request after another only where that is over within a minute', () => {
		const groups = peersGroups(peersOptions(['--requests', '1,5,50', '--file-mb', '0']));
		const sequential = groups.filter(({ peers }) => peers.includes('sequential2'));
		expect(sequential.map(({ requests, seconds }) => [requests, seconds])).toEqual([
			[5, 2],
			[5, 7.3],
		]);
	});

	it('can be short', () => {
		const args = ['--times', '1', '--requests', '1', '--seconds', '2', '--file-mb', '0'];
		const groups = peersGroups(peersOptions(args));
		expect([groups.length, minutesOf(groups, 1)]).toEqual([1, 1]);
	});

	it.each([
		[['--times', '0'], '--times must be a whole number from 1, not "0"'],
		[['--requests', '1,,5'], '--requests must be whole numbers from 1, not "1,,5"'],
		[['--requests', '1.5'], '--requests must be whole numbers from 1, not "1.5"'],
		[['--seconds', 'soon'], '--seconds must be seconds above 0, not "soon"'],
		[['--file-mb', '-1'], "Option '--file-mb' argument is ambiguous"],
		[['--time', '3'], "Unknown option '--time'"],
	])('%j is refused', (args, message) => expect(() => peersOptions(args)).toThrow(message));
});
