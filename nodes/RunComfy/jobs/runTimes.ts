/** How many run times are kept per target, and for how many targets. */
const MAX_TIMES = 8;
const MAX_TARGETS = 200;

/** Times that differ by more than this factor predict nothing. */
const MAX_RATIO = 1.5;

/** Lives as long as the process. Keys include the account, so that none sees what another one runs. */
const times = new Map<string, number[]>();

/** Remembers how long a request ran, not counting its time in the queue. Milliseconds. */
export function rememberRunTime(account: string, target: string, ms: number): void {
	const key = `${account} ${target}`;
	const recent = [...(times.get(key) ?? []), ms].slice(-MAX_TIMES);
	times.delete(key);
	times.set(key, recent);
	if (times.size > MAX_TARGETS) times.delete(times.keys().next().value ?? '');
}

/** How long a target usually runs, in milliseconds; undefined when that is unknown or the times differ too much. */
export function usualRunTime(account: string, target: string): number | undefined {
	const recent = [...(times.get(`${account} ${target}`) ?? [])].sort((a, b) => a - b);
	const [shortest] = recent;
	const longest = recent.at(-1);
	if (shortest === undefined || longest === undefined || longest > shortest * MAX_RATIO) return undefined;
	return recent[Math.floor(recent.length / 2)];
}
