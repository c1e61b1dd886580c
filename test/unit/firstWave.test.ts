import { FirstWave } from '../../nodes/RunComfy/jobs/firstWave';

describe('the first wave of a model', () => {
	const joined = (count: number, wave = new FirstWave()) => Array.from({ length: count }, () => wave.join('a/b'));
	const followers = (seats: ReturnType<typeof joined>) => seats.filter(({ isFollower }) => isFollower).length;

	it('has five that are read, and the others wait', () => {
		const seats = joined(12);

		expect(seats.map(({ isFollower }) => isFollower)).toEqual([
			...Array<boolean>(5).fill(false),
			...Array<boolean>(7).fill(true),
		]);
		expect(seats[0]!.pauseMs(1_000, true)).toBe(1_000);
		expect(seats[11]!.pauseMs(1_000, true)).toBe(2_500);
		expect(seats[11]!.pauseMs(1_000, false)).toBe(2_400);
		expect(seats[11]!.pauseMs(20_000, false)).toBe(30_000);
	});

	it('teaches all others by one success, those that join later too', () => {
		const wave = new FirstWave();
		const seats = joined(12, wave);
		seats[0]!.leave(true);

		expect(followers([...seats.slice(1), ...joined(8, wave)])).toBe(0);
	});

	it('teaches nothing by a failure: another one moves up', () => {
		const [failed, ...others] = joined(12);
		failed!.leave(false);

		expect(followers(others)).toBe(6);
	});

	it('is one a model', () => {
		const wave = new FirstWave();
		joined(5, wave);
		expect(wave.join('c/d').isFollower).toBe(false);
	});
});
