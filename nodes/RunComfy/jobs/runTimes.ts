/** Recent run times of a model, and how many models are remembered. */
const MAX_TIMES = 8;
const MAX_MODELS = 200;

/** Times that differ by more than this tell nothing about the next one. */
const MAX_RATIO = 1.5;

/** Lives as long as the process. The key holds the account, so that none sees what another runs. */
const times = new Map<string, number[]>();

/** Remembers how long a request ran, queue not included. Milliseconds. */
export function rememberRunTime(account: string, target: string, ms: number): void {
	const key = `${account} ${target}`;
	const recent = [...(times.get(key) ?? []), ms].slice(-MAX_TIMES);
	times.delete(key);
	times.set(key, recent);
	if (times.size > MAX_MODELS) times.delete(times.keys().next().value ?? '');
}

/** How long a model usually runs, in milliseconds; undefined when nothing is known or its times differ too much. */
export function usualRunTime(account: string, target: string): number | undefined {
	const recent = [...(times.get(`${account} ${target}`) ?? [])].sort((a, b) => a - b);
	const [shortest] = recent;
	const longest = recent.at(-1);
	if (shortest === undefined || longest === undefined || longest > shortest * MAX_RATIO) return undefined;
	return recent[Math.floor(recent.length / 2)];
}
