import { ExecutionStopped } from '../shared/failure';
import { isDataUri, probeDataUri } from './probeDataUri';
import { probeMedia, type ProbeOptions } from './probeMedia';
import { ProbeLimits } from './probeLimits';
import type { MediaProbe } from './mediaProbe';

/** How many URLs a run remembers, newest first; signed URLs are shorter than this. */
const MAX_KNOWN = 2_000;
const MAX_KNOWN_LENGTH = 4_096;

/** Probes a URL once, however many items of a run use it. @throws ExecutionStopped */
export type MediaProber = (url: string, needsDimensions: boolean) => Promise<MediaProbe>;

interface Known {
	needsDimensions: boolean;
	probe: Promise<MediaProbe>;
}

/** The prober of one run, which remembers what it found. */
export function mediaProber(options: Omit<ProbeOptions, 'needsDimensions' | 'limitMs'>): MediaProber {
	const limits = new ProbeLimits(options.signal);
	const known = new Map<string, Known>();
	let lastInline: Promise<unknown> = Promise.resolve();

	const probeUrl = async (url: string, needsDimensions: boolean): Promise<MediaProbe> =>
		await limits.run(
			new URL(url).host,
			async (limitMs) => await probeMedia(url, { ...options, needsDimensions, limitMs }),
		);

	/** One at a time, because several would block n8n for as long as they all take. */
	const probeInline = async (uri: string): Promise<MediaProbe> => {
		const probe = lastInline.then(async () => {
			if (options.signal?.aborted) throw new ExecutionStopped();
			return await probeDataUri(uri, options.clock);
		});
		lastInline = probe.catch(() => {});
		return await probe;
	};

	return async (url, needsDimensions) => {
		// It is already in the item, and far too long for a key.
		if (isDataUri(url)) return await probeInline(url);
		const before = known.get(url);
		if (before && (before.needsDimensions || !needsDimensions)) return await before.probe;
		const probe = before
			? before.probe.then(async (probed) => (isEnough(probed) ? probed : await probeUrl(url, true)))
			: probeUrl(url, needsDimensions);
		if (url.length <= MAX_KNOWN_LENGTH) known.set(url, { needsDimensions, probe });
		for (const oldest of known.keys()) {
			if (known.size <= MAX_KNOWN) break;
			known.delete(oldest);
		}
		return await probe;
	};
}

/** Whether a probe that didn't need dimensions also satisfies one that does. */
function isEnough(probed: MediaProbe): boolean {
	return probed.kind !== 'inspected' || probed.facts.width !== undefined;
}
