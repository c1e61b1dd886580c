/** So many requests of a model that nothing is known of are read as if they were alone. */
const MAX_SCOUTS = 5;
/** When the others are read for the first time: early enough for a failure right after the start. Milliseconds. */
const FIRST_READ_MS = 2_500;
const MAX_PAUSE_MS = 30_000;

/** A request's place in the first wave of its model. */
export interface WaveSeat {
	/** Whether it waits for what others teach. */
	readonly isFollower: boolean;
	/** How long it pauses before its next read, where it would pause for `planned` alone. Milliseconds. */
	pauseMs(planned: number, isFirst: boolean): number;
	/** Its end was seen; a success teaches the others. */
	leave(hasSucceeded: boolean): void;
}

/**
 * The requests of one node run whose models nothing is known of. Where many of one model start together, a few are read
 * and the others wait for what those teach: all reads together would only fill the rate that the service allows.
 */
export class FirstWave {
	private readonly members = new Map<string, Set<WaveSeat>>();

	private readonly taught = new Set<string>();

	join(target: string): WaveSeat {
		const members = this.members.get(target) ?? new Set();
		this.members.set(target, members);
		const isFollower = () => !this.taught.has(target) && !isAmongFirst(members, seat);
		const seat: WaveSeat = {
			get isFollower() {
				return isFollower();
			},
			pauseMs: (planned, isFirst) => {
				if (!isFollower()) return planned;
				return isFirst
					? FIRST_READ_MS
					: Math.min(MAX_PAUSE_MS, planned * Math.max(1, members.size / MAX_SCOUTS));
			},
			leave: (hasSucceeded) => {
				members.delete(seat);
				if (hasSucceeded) this.taught.add(target);
			},
		};
		members.add(seat);
		return seat;
	}
}

function isAmongFirst(members: Set<WaveSeat>, seat: WaveSeat): boolean {
	let place = 0;
	for (const member of members) {
		if (place >= MAX_SCOUTS) return false;
		if (member === seat) return true;
		place += 1;
	}
	return false;
}
