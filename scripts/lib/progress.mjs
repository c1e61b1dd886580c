import { existsSync, readdirSync } from 'node:fs';

/**
 * npm says nothing while it installs, so the growing folder is what there is to show.
 *
 * @param {string} modulesFolder the node_modules that grows
 * @param {number} expected how many folders there will be, about
 * @param {number} everyMs how often to show it
 * @returns {() => void} ends it
 */
export function showProgress(modulesFolder, expected, everyMs) {
	const started = Date.now();
	const timer = setInterval(() => {
		const seconds = Math.round((Date.now() - started) / 1000);
		const folders = existsSync(modulesFolder) ? readdirSync(modulesFolder).length : 0;
		// The last part of an installation runs scripts and adds no folders.
		const state =
			folders < expected * 0.95 ? `${folders} of about ${expected} folders` : 'finishing the installation';
		console.log(`  ${seconds} s, ${state}`);
	}, everyMs);
	return () => clearInterval(timer);
}
