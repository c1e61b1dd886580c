/** How many requests of a target with unknown run time are polled as if they were alone. */
const MAX_LEADERS = 5;
/** When the others are first read: early enough to notice a failure right after the start. Milliseconds. */
const FIRST_READ_MS = 2_500;
const MAX_PAUSE_MS = 30_000;

/** A request's membership in the first wave of its target. */
export interface WaveMember {
	/** Whether it waits for what the leaders teach. */
	readonly isFollower: boolean;
	/** How long to pause before its next read; `planned` is the pause of a request on its own. Milliseconds. */
	pauseMs(planned: number, isFirst: boolean): number;
	/** It has ended. A success makes the run time known to the others. */
	leave(hasSucceeded: boolean): void;
}

/**
 * The requests of one node run whose run time is unknown. When many requests of one target start together, a few
 * leaders are polled normally and the others wait for what they teach: polling all of them would only use up the
 * allowed rate.
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
	let position = 0;
	for (const member of members) {
		if (position >= MAX_LEADERS) return false;
		if (member === seat) return true;
		position += 1;
	}
	return false;
}
