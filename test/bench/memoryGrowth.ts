const MB = 1_048_576;

/**
 * Collects garbage, then samples the resident memory of this process.
 *
 * @returns ends the sampling and tells the peak above the value at the start, in MB
 */
export function watchMemoryGrowth(sampleMs: number): () => number {
	(globalThis.gc as () => void)();
	const before = process.memoryUsage.rss();
	let peak = before;
	const sample = () => {
		peak = Math.max(peak, process.memoryUsage.rss());
	};
	const timer = setInterval(sample, sampleMs);
	return () => {
		clearInterval(timer);
		sample();
		return (peak - before) / MB;
	};
}
