import { ExecutionStopped } from '../shared/failure';
import { isDataUri, probeDataUri } from './probeDataUri';
import { probeMedia, type ProbeOptions } from './probeMedia';
import { ProbeLimits } from './probeLimits';
import type { MediaProbe } from './mediaProbe';

/** What a run remembers: so many addresses, the newest ones, and none that is longer than any signature makes it. */
const MAX_KNOWN = 2_000;
const MAX_KNOWN_LENGTH = 4_096;

/** Looks at a URL once, however many items of a run use it. @throws ExecutionStopped */
export type MediaProber = (url: string, needsDimensions: boolean) => Promise<MediaProbe>;

interface Known {
	needsDimensions: boolean;
	probe: Promise<MediaProbe>;
}

/** The looker of one run, which remembers what it saw. */
export function mediaProber(options: Omit<ProbeOptions, 'needsDimensions' | 'limitMs'>): MediaProber {
	const limits = new ProbeLimits(options.signal);
	const known = new Map<string, Known>();
	let lastInline: Promise<unknown> = Promise.resolve();

	const probeUrl = async (url: string, needsDimensions: boolean): Promise<MediaProbe> =>
		await limits.run(
			new URL(url).host,
			async (limitMs) => await probeMedia(url, { ...options, needsDimensions, limitMs }),
		);

	/** Several at a time would block n8n for as long as all of them take. */
	const probeInline = async (uri: string): Promise<MediaProbe> => {
		const probe = lastInline.then(async () => {
			if (options.signal?.aborted) throw new ExecutionStopped();
			return await probeDataUri(uri, options.clock);
		});
		lastInline = probe.catch(() => {});
		return await probe;
	};

	return async (url, needsDimensions) => {
		// It is in the item already, and far too long for a key.
		if (isDataUri(url)) return await probeInline(url);
		const before = known.get(url);
		if (before && (before.needsDimensions || !needsDimensions)) return await before.probe;
		const probe = before
			? before.probe.then(async (seen) => (isEnough(seen) ? seen : await probeUrl(url, true)))
			: probeUrl(url, needsDimensions);
		if (url.length <= MAX_KNOWN_LENGTH) known.set(url, { needsDimensions, probe });
		for (const oldest of known.keys()) {
			if (known.size <= MAX_KNOWN) break;
			known.delete(oldest);
		}
		return await probe;
	};
}

/** Whether a look that did not care for the sides of a picture tells all the same what one would that does. */
function isEnough(seen: MediaProbe): boolean {
	return seen.kind !== 'inspected' || seen.facts.width !== undefined;
}
