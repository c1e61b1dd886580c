/** Builds anew whenever a source changes, and brings the build to where it is used. */
import { cpSync, watch } from 'node:fs';
import { join } from 'node:path';
import { ensureBuild, projectFolder } from './project.mjs';

const SOURCES = ['nodes', 'credentials', 'vendor'];
/** Editors write a file in several steps. Milliseconds. */
const SETTLE_MS = 200;

/**
 * @param {string} target a folder that gets what was built
 * @returns {() => void} ends it
 */
export function watchBuild(target) {
	let timer;
	let last = Promise.resolve();
	const build = async () => {
		try {
			if (!(await ensureBuild())) return;
			cpSync(join(projectFolder, 'dist'), target, { recursive: true });
			console.log('Built. n8n reloads the node; reload the editor page to see changes to the form.');
		} catch (error) {
			// What is wrong was told; the next change may correct it.
			console.error(error instanceof Error ? error.message : error);
		}
	};
	const onChange = () => {
		clearTimeout(timer);
		timer = setTimeout(() => {
			last = last.then(build);
		}, SETTLE_MS);
	};
	const watchers = SOURCES.map((folder) => watch(join(projectFolder, folder), { recursive: true }, onChange));
	return () => {
		clearTimeout(timer);
		for (const watcher of watchers) watcher.close();
	};
}
