/** So many requests of a model that nothing is known of are read as if they were alone. */
const MAX_LEADERS = 5;
/** When the others are read for the first time: early enough for a failure right after the start. Milliseconds. */
const FIRST_READ_MS = 2_500;
const MAX_PAUSE_MS = 30_000;

/** A request's place in the first wave of its model. */
export interface WaveMember {
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
	private readonly members = new Map<string, Set<WaveMember>>();

	private readonly known = new Set<string>();

	join(target: string): WaveMember {
		const members = this.members.get(target) ?? new Set();
		this.members.set(target, members);
		const isFollower = () => !this.known.has(target) && !isAmongFirst(members, member);
		const member: WaveMember = {
			get isFollower() {
				return isFollower();
			},
			pauseMs: (planned, isFirst) => {
				if (!isFollower()) return planned;
				return isFirst
					? FIRST_READ_MS
					: Math.min(MAX_PAUSE_MS, planned * Math.max(1, members.size / MAX_LEADERS));
			},
			leave: (hasSucceeded) => {
				members.delete(member);
				if (hasSucceeded) this.known.add(target);
			},
		};
		members.add(member);
		return member;
	}
}

function isAmongFirst(members: Set<WaveMember>, seat: WaveMember): boolean {
	let place = 0;
	for (const member of members) {
		if (place >= MAX_LEADERS) return false;
		if (member === seat) return true;
		place += 1;
	}
	return false;
}
