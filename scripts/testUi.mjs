/** Drives the editor of a real n8n with Chromium: picks models, fills their forms, runs them, takes screenshots. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { ensureN8n } from './lib/n8nInstall.mjs';
import { prepareProject, runTool } from './lib/project.mjs';
import { fail } from './lib/run.mjs';

/** Uses the editor of n8n 1.123, which is installed as well then. */
const ON_N8N_1 = '--n8n1';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];
const PATHS = [
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'C:/Program Files/Google/Chrome/Application/chrome.exe',
];

function findBrowser() {
	if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
	const finder = process.platform === 'win32' ? 'where' : 'which';
	for (const name of NAMES) {
		const { stdout, status } = spawnSync(finder, [name], { encoding: 'utf8' });
		if (status === 0 && stdout.trim()) return stdout.trim().split('\n')[0];
	}
	const installed = PATHS.find(existsSync);
	if (installed) return installed;
	throw new Error(
		'Chromium is missing. On Debian: apt-get install chromium. On other systems, set CHROMIUM_PATH to Chrome or Chromium.',
	);
}

try {
	const browser = findBrowser();
	const args = process.argv.slice(2).filter((argument) => argument !== ON_N8N_1);
	await prepareProject();
	const n8n = await ensureN8n(process.argv.includes(ON_N8N_1) ? 1 : 2);
	await runTool('jest/bin/jest.js', ['--config', 'jest.ui.config.mjs', ...args], {
		RUNCOMFY_N8N: JSON.stringify(n8n),
		RUNCOMFY_BROWSER: browser,
	});
} catch (error) {
	fail(error);
}
