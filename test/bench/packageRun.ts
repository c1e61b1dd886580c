/** Loads the installed package as n8n does when it starts, in a process that has n8n-core loaded already. */
import 'reflect-metadata';

import { PackageDirectoryLoader } from 'n8n-core';

import { printFigures } from './childRun';

/** The folder of the installed package. */
export interface PackageRunSettings {
	folder: string;
}

/** What it took. */
export interface PackageRunFigures {
	loadMs: number;
	/** Memory in use after it, garbage aside, above that before it. */
	growthMb: number;
}

const MB = 1_048_576;

function heldBytes(): number {
	(globalThis.gc as () => void)();
	return process.memoryUsage().heapUsed;
}

printFigures(async ({ folder }: PackageRunSettings): Promise<PackageRunFigures> => {
	const before = heldBytes();
	const startedAt = performance.now();
	const loader = new PackageDirectoryLoader(folder);
	await loader.loadAll();
	const loadMs = performance.now() - startedAt;
	if (loader.loadedNodes.length !== 2) throw new Error(`${loader.loadedNodes.length} nodes were loaded, and not 2`);
	return { loadMs, growthMb: (heldBytes() - before) / MB };
});
