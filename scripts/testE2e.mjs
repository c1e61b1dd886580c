/** Runs the end-to-end tests in a real n8n with the packed package installed. */
import { ensureN8n } from './lib/n8nInstall.mjs';
import { prepareProject, runTool } from './lib/project.mjs';
import { fail } from './lib/run.mjs';

/** Runs them in n8n 1.123, which is installed as well then. */
const ON_N8N_1 = '--n8n1';

try {
	await prepareProject();
	const args = process.argv.slice(2).filter((argument) => argument !== ON_N8N_1);
	const n8n = await ensureN8n(process.argv.includes(ON_N8N_1) ? 1 : 2);
	console.log(`End-to-end tests in n8n ${n8n.version}`);
	await runTool('jest/bin/jest.js', ['--config', 'jest.e2e.config.mjs', ...args], {
		RUNCOMFY_N8N: JSON.stringify(n8n),
	});
} catch (error) {
	fail(error);
}
